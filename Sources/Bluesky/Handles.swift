internal import Bytes
internal import Curl
internal import Machine

/// Finds out by which handles people go, as the stream names them by their ids alone. What has been
/// found is remembered a day; what cannot be found is asked for again after a while.
///
/// It blocks its thread, and belongs to one at a time.
package final class Handles {
  private struct Known {
    var handle: String?
    var until: Double
  }

  private let directory: HTTPClient
  private var known: [String: Known] = [:]
  /// Until when nothing is asked, as the directory does not answer.
  private var restsUntil = 0.0

  /// A finder that asks the directory of `did:plc` at `url`. Nil: libcurl is out of memory.
  package init?(directory url: String) {
    var patience = HTTPPatience()
    patience.connecting = 1_000
    patience.whole = 1_500
    guard let client = HTTPClient(.url(url), patience: patience) else { return nil }
    directory = client
  }

  /// Somebody's handle; nil where it is not known, or is not to be had now.
  package func handle(of did: String, isCancelled: () -> Bool) -> String? {
    let now = Clock.monotonicSeconds()
    if let entry = known[did], entry.until > now { return entry.handle }
    guard now >= restsUntil, Self.isListed(did), !isCancelled() else { return nil }
    if known.count >= Limits.handles { known.removeAll() }
    do throws(CurlError) {
      let answer = try directory.send(
        HTTPRequest("GET", "/\(did)"), limit: Limits.identityBytes,
        isCancelled: isCancelled)
      let handle = answer.isSuccess ? Self.handle(in: answer.body) : nil
      // A server in trouble says nothing of who this is.
      if answer.status >= 500 || answer.status == 429 {
        restsUntil = now + 60
        return nil
      }
      known[did] = Known(handle: handle, until: now + (handle == nil ? 3_600 : 86_400))
      return handle
    } catch {
      restsUntil = now + 60
      return nil
    }
  }

  private static func isListed(_ did: String) -> Bool {
    did.hasPrefix("did:plc:") && did.utf8.count <= 64
      && did.utf8.dropFirst(8).allSatisfy {
        (0x30...0x39).contains($0) || (0x61...0x7A).contains($0)
      }
  }

  /// The handle that a DID document names first: `at://NAME` in `alsoKnownAs`.
  static func handle(in document: [UInt8]) -> String? {
    guard let names = (try? JSON(parsing: document))?["alsoKnownAs"]?.elements else { return nil }
    for name in names.compactMap(\.text) where name.hasPrefix("at://") {
      let handle = name.dropFirst(5)
      let isName = handle.utf8.allSatisfy { byte in
        (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte | 0x20)
          || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "-")
      }
      if !handle.isEmpty, handle.utf8.count <= 253, isName { return String(handle) }
    }
    return nil
  }
}
