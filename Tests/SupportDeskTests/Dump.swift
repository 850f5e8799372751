/// Small invented samples in the forms of the dumps that people have.
enum Dump {
  /// Customer Support on Twitter: quoted line breaks, brands as authors, several answers.
  static let twcs = """
    tweet_id,author_id,inbound,created_at,text,response_tweet_id,in_response_to_tweet_id
    119237,105834,True,Wed Oct 11 06:55:44 +0000 2017,"@ShopHelp why is my order, ""the big one"",
    not here yet?",119236,
    119236,ShopHelp,False,Wed Oct 11 13:25:49 +0000 2017,@105834 sorry to hear! DM us &amp; we look,"119238,119239",119237
    119238,105834,True,Wed Oct 11 13:34:06 +0000 2017,@ShopHelp angry still,,119236.0

    """

  /// Airline Tweets with its own dates, the newest first, and ids that a spreadsheet has touched.
  static let airline = """
    tweet_id,airline_sentiment,airline_sentiment_confidence,negativereason,negativereason_confidence,airline,airline_sentiment_gold,name,negativereason_gold,retweet_count,text,tweet_coord,tweet_created,tweet_location,user_timezone
    570306133677760513,neutral,1.0,,,AcmeAir,,cairdin,,0,@AcmeAir What a day.,,2015-02-24 11:35:52 -0800,,Eastern Time (US & Canada)
    570301130888122368.0,negative,0.3486,Late Flight,0.0,AcmeAir,,jnardino,,0,@AcmeAir angry &amp; late,,2015-02-24 11:15:59 -0800,,Pacific Time (US & Canada)
    570301083672813571,positive,0.6837,,,AcmeAir,,yvonna,,0,"@AcmeAir lovely crew,
    thanks",,2/24/2015 11:15,Lets Play,Central Time (US & Canada)
    5.70301E+17,negative,1.0,Bad Flight,0.7033,AcmeAir,,jnardino,,0,@AcmeAir angry again,,2/24/2015 9:05,,Pacific Time (US & Canada)

    """

  /// Sentiment140: no header, Latin-1.
  static let sentiment140: [UInt8] =
    Array(
      "\"0\",\"1467810369\",\"Mon Apr 06 22:19:45 PDT 2009\",\"NO_QUERY\",\"_One_\",\"no caf".utf8)
    + [0xE9]
    + Array(" &amp; no parcel\"\n".utf8)
    + Array(
      """
      "4","1467810672","Mon Apr 06 22:19:49 PDT 2009","NO_QUERY","scott","so happy"
      "2","3","Mon May 11 03:17:40 UTC 2009","kindle2","tpryan","just ok"

      """.utf8)

  /// The streaming API of v1.1, with its lines that are no posts.
  static let status = [
    #"{"created_at":"Wed Oct 10 20:19:24 +0000 2018","id":1050118621198921728,"#
      + #""id_str":"1050118621198921728","text":"angry, cut off \u2026","truncated":true,"#
      + #""extended_tweet":{"full_text":"angry, all of it"},"#
      + #""user":{"id_str":"6253282","screen_name":"one"},"lang":"en"}"#,
    "",
    #"{"delete":{"status":{"id":1234,"id_str":"1234","user_id":3,"user_id_str":"3"}}}"#,
    #"{"limit":{"track":1234}}"#,
    #"{"created_at":"Wed Oct 10 20:20:24 +0000 2018","id_str":"1050118621198921729","#
      + #""text":"RT @one: angry, cut","user":{"id_str":"7","screen_name":"two"},"lang":"en","#
      + #""retweeted_status":{"id_str":"1050118621198921728","full_text":"angry, all of it"}}"#,
    #"{"warning":{"code":"FALLING_BEHIND","message":"m","percent_full":60}}"#,
    #"{"scrub_geo":{"user_id":14090452,"up_to_status_id":23260136625}}"#,
    #"{"status_withheld":{"id":1,"user_id":2,"withheld_in_countries":["DE"]}}"#,
    #"{"disconnect":{"code":4,"stream_name":"s","reason":"r"}}"#,
    "",
  ].joined(separator: "\r\n")
}
