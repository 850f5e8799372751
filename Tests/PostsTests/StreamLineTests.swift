import Posts
import Testing

@Suite struct StreamLineTests {
  private static func read(_ text: String) throws -> StreamLine {
    try Array(text.utf8).withUnsafeBytes { bytes in try StreamLine(bytes) }
  }

  @Test(arguments: [
    (#"{"data":{"id":"12","text":"a"},"matching_rules":[{"id":"1"}]}"#, StreamLine.post(id: 12)),
    (#"{"errors":[{"title":"t"}],"data":{"text":"é\n","id":"12"}}"#, .post(id: 12)),
    (#" {"data" : {"text":"" , "id" : "18446744073709551616"}} "#, .post(id: nil)),
    (#"{"data":{"id":"abc","text":"\u00e9"}}"#, .post(id: nil)),
    (#"{"data":{"id":"12"}}"#, .textless), (#"{"data":{"text":null,"id":"12"}}"#, .textless),
    (#"{"data":{"edit_history_tweet_ids":["12"],"id":"12","text":7}}"#, .textless),
    (#"{"errors":[{"title":"operational-disconnect"}]}"#, .notice),
    (#"{"data":{"delete":{"tweet":{"id":"1"}}}}"#, .removal),
    (#"{"delete":{"status":{"id":1}}}"#, .removal),
    (#"{"data":[{"id":"1"}]}"#, .unknown), (#"{"data":null}"#, .unknown), ("{}", .unknown),
    (#"{"id":"1","text":"flat"}"#, .unknown), (#"{"includes":{"data":{"id":"1"}}}"#, .unknown),
  ])
  func `lines are told apart`(_ text: String, _ line: StreamLine) throws {
    #expect(try Self.read(text) == line)
  }

  @Test(arguments: [
    "", "x", "[]", "{", #"{"data":{"id":"1"}"#, #"{"data":{"id":"1"}}}"#,
    "{\"data\":{\"id\":\"\u{1}\"}}",
    #"{"data":{"id":1.}}"#,
  ])
  func `what is no JSON object is thrown`(_ text: String) {
    #expect(throws: PostError.self) { try Self.read(text) }
  }
}
