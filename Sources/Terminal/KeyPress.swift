#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

extension StandardInput {
  /// The key that is pressed on a terminal, without a Return behind it and without being shown; nil
  /// at Ctrl-D, where the terminal has gone, or once `isInterrupted`. Keys that are no character
  /// give an empty text.
  ///
  /// The terminal is as it was whenever nothing is waited for, so that whatever ends the program
  /// leaves it in order.
  package static func key(unless isInterrupted: () -> Bool) -> String? {
    var usual = termios()
    guard tcgetattr(0, &usual) == 0 else { return nil }
    var raw = usual
    raw.c_lflag &= ~tcflag_t(ICANON | ECHO)
    tcsetattr(0, TCSANOW, &raw)
    defer { tcsetattr(0, TCSANOW, &usual) }
    var bytes: [UInt8] = []
    while !isInterrupted() {
      guard wait(milliseconds: 100) else {
        // Stopped by Ctrl-Z and called back, it finds the terminal as the shell had it.
        tcsetattr(0, TCSANOW, &raw)
        continue
      }
      guard let byte = byte(), byte != 0x04 || !bytes.isEmpty else { return nil }
      bytes.append(byte)
      if byte == 0x1B {
        // An arrow or the like: what belongs to it comes at once.
        while wait(milliseconds: 20), Self.byte() != nil {}
        return ""
      }
      if let text = String(validating: bytes, as: UTF8.self) { return text }
      if bytes.count >= 4 { return "" }
    }
    return nil
  }

  private static func wait(milliseconds: Int32) -> Bool {
    var waiting = pollfd(fd: 0, events: Int16(POLLIN), revents: 0)
    return poll(&waiting, 1, milliseconds) > 0
  }

  private static func byte() -> UInt8? {
    var byte: UInt8 = 0
    return read(0, &byte, 1) == 1 ? byte : nil
  }
}
