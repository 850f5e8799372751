internal import CCurl

/// One exchange while it runs: what libcurl's callbacks write to.
final class Transfer {
  let limit: Int
  var isStreaming = false
  private(set) var head = AnswerHead()
  /// The answer's body; where lines are handed over, the beginning of the next one.
  private(set) var body: [UInt8] = []
  private(set) var isTooLarge = false
  private(set) var wasCancelled = false
  // Set while the exchange runs, for as long as the caller's closures live.
  var isCancelled: (() -> Bool)?
  var line: (([UInt8]) -> Bool)?

  init(limit: Int) { self.limit = limit }

  func forget() {
    isCancelled = nil
    line = nil
  }

  /// Takes a line of the answer's head.
  func takeHeader(_ bytes: UnsafeRawBufferPointer) { head.take(bytes) }

  /// Takes a piece of the body; false ends the exchange.
  func take(_ bytes: UnsafeRawBufferPointer) -> Bool {
    guard isStreaming, (200..<300).contains(head.status) else { return append(bytes) }
    var rest = bytes[...]
    while let end = rest.firstIndex(of: 0x0A) {
      guard append(UnsafeRawBufferPointer(rebasing: rest[..<end])) else { return false }
      if body.last == 0x0D { body.removeLast() }
      guard line?(body) ?? false else {
        wasCancelled = true
        return false
      }
      body.removeAll(keepingCapacity: true)
      rest = rest[(end + 1)...]
    }
    return append(UnsafeRawBufferPointer(rebasing: rest))
  }

  private func append(_ bytes: UnsafeRawBufferPointer) -> Bool {
    guard body.count + bytes.count <= limit else {
      isTooLarge = true
      return false
    }
    body.append(contentsOf: bytes)
    return true
  }

  /// Whether the exchange is to go on.
  func goesOn() -> Bool {
    if isCancelled?() ?? false { wasCancelled = true }
    return !wasCancelled
  }
}

/// libcurl's callbacks. Functions without a context of their own, so that no actor is theirs
/// whatever thread libcurl is used on.
enum Callbacks {
  static func install(on handle: UnsafeMutableRawPointer, _ context: UnsafeMutableRawPointer) {
    _ = grouse_curl_set_receive(handle, CURLOPT_WRITEFUNCTION, receiveBody)
    _ = grouse_curl_set_pointer(handle, CURLOPT_WRITEDATA, context)
    _ = grouse_curl_set_receive(handle, CURLOPT_HEADERFUNCTION, receiveHeader)
    _ = grouse_curl_set_pointer(handle, CURLOPT_HEADERDATA, context)
    _ = grouse_curl_set_progress(handle, watch)
    _ = grouse_curl_set_pointer(handle, CURLOPT_XFERINFODATA, context)
    _ = grouse_curl_set_number(handle, CURLOPT_NOPROGRESS, 0)
  }
}

private func transfer(_ context: UnsafeMutableRawPointer?) -> Transfer? {
  context.map { Unmanaged<Transfer>.fromOpaque($0).takeUnretainedValue() }
}

private func receiveBody(
  _ bytes: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int,
  _ context: UnsafeMutableRawPointer?
) -> Int {
  let bytes = UnsafeRawBufferPointer(start: bytes, count: size * count)
  // Fewer than there were makes libcurl end the exchange.
  return transfer(context)?.take(bytes) == true ? bytes.count : bytes.count == 0 ? 1 : 0
}

private func receiveHeader(
  _ bytes: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int,
  _ context: UnsafeMutableRawPointer?
) -> Int {
  transfer(context)?.takeHeader(UnsafeRawBufferPointer(start: bytes, count: size * count))
  return size * count
}

private func watch(
  _ context: UnsafeMutableRawPointer?, _ total: curl_off_t, _ now: curl_off_t,
  _ uploadTotal: curl_off_t, _ uploaded: curl_off_t
) -> Int32 {
  transfer(context)?.goesOn() == true ? 0 : 1
}
