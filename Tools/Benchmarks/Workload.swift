import Bytes
import Machine
import Posts
import Records
import SupportDesk
import Tables

/// Posts made for measuring: X v2 stream lines of about 1 kB with the sample's texts, a new id,
/// author and number each, a hundred a second of their own time. The same numbers give the same
/// bytes.
struct Workload {
  private let texts: [String]

  init(samples: String) throws {
    texts = try Dataset(Path.join(samples, "sample-texts.csv"), .init(text: "text")).texts
  }

  /// The line of one post.
  func line(_ number: Int, into line: inout ByteBuffer) {
    let milliseconds: Int64 = 1_795_132_800_000 + Int64(number) * 10
    let id = (milliseconds - 1_288_834_974_657) << 22 | Int64(number & 0xFFF)
    let author = 1_700_000_000_000_000_000 + number &* 7_919 % 400_000
    let text = JSONString.quote("\(texts[number % texts.count]) \(number)")
    let seconds = milliseconds / 1_000
    let created = PostClock.iso(seconds: seconds)
    line.removeAll()
    line.append(
      utf8: """
        {"data":{"id":"\(id)","text":\(text),"author_id":"\(author)","created_at":"\(created)",\
        "lang":"en","conversation_id":"\(id)","edit_history_tweet_ids":["\(id)"],\
        "edit_controls":{"is_edit_eligible":true,"editable_until":"\(created)","edits_remaining":5},\
        "entities":{"mentions":[{"start":0,"end":5,"username":"ASOS","id":"90210001"}]},\
        "public_metrics":{"retweet_count":0,"reply_count":1,"like_count":2,"quote_count":0,\
        "bookmark_count":0,"impression_count":57},"possibly_sensitive":false,\
        "reply_settings":"everyone"},"includes":{"users":[{"id":"\(author)","name":"User \(author)",\
        "username":"user_\(author)","verified":false,"protected":false,"public_metrics":\
        {"followers_count":212,"following_count":340,"tweet_count":4021,"listed_count":1}},\
        {"id":"90210001","name":"ASOS","username":"ASOS","verified":true,"verified_type":"business"}]},\
        "matching_rules":[{"id":"2051000000000000001","tag":"brand:asos"}]}
        """)
  }

  /// Appends `count` posts to a topic in batches of a thousand; returns their bytes.
  func produce(_ count: Int, to topic: String, of log: any EventLog) throws -> Int {
    var builder = RecordBatchBuilder(capacity: 2 << 20)
    var line = ByteBuffer(capacity: 4_096)
    var bytes = 0
    for number in 0..<count {
      self.line(number, into: &line)
      bytes += line.count
      try line.withBytes { value throws(RecordError) in
        try builder.append(timestamp: 1_795_132_800_000, key: nil, value: value)
      }
      if builder.count == 1_000 || number == count - 1 {
        _ = try builder.finish { batch in try log.append(batch, to: TopicPartition(topic, 0)) }
        builder.reset()
      }
    }
    return bytes
  }
}

/// Times as X writes them.
enum PostClock {
  static func iso(seconds: Int64) -> String {
    let text = CalendarTime.format(milliseconds: seconds * 1_000, suffix: "Z")
    return text.replacing(" ", with: "T")
  }
}
