internal import CCurl

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// Whose certificates are believed: the system's, or those that the environment names. libcurl's
/// command reads these variables; the library does not.
enum Authorities {
  // Read once: the environment may be changed by other threads while it is read.
  private static let file = text("CURL_CA_BUNDLE") ?? text("SSL_CERT_FILE")
  private static let folder = text("SSL_CERT_DIR")

  static func set(on handle: UnsafeMutableRawPointer) {
    if let file { _ = grouse_curl_set_text(handle, CURLOPT_CAINFO, file) }
    if let folder { _ = grouse_curl_set_text(handle, CURLOPT_CAPATH, folder) }
  }

  private static func text(_ name: String) -> String? {
    guard let value = getenv(name), value.pointee != 0 else { return nil }
    return String(cString: value)
  }
}
