import Bytes
import CZlib
import FakeX
import Testing

/// Compressed answers and streams, read with zlib part by part.
@Suite struct GzipTests {
  /// Inflates what comes, as far as it has come.
  private final class Inflater {
    private let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
    private(set) var isAtEnd = false

    init() {
      stream.initialize(to: z_stream())
      inflateInit2_(stream, 15 + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
    }

    deinit {
      inflateEnd(stream)
      stream.deallocate()
    }

    func read(_ bytes: [UInt8]) -> String {
      var room = [UInt8](repeating: 0, count: 1 << 20)
      let count = bytes.withUnsafeBufferPointer { input in
        stream.pointee.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
        stream.pointee.avail_in = UInt32(input.count)
        return room.withUnsafeMutableBufferPointer { output in
          stream.pointee.next_out = output.baseAddress
          stream.pointee.avail_out = UInt32(output.count)
          isAtEnd = inflate(stream, Z_SYNC_FLUSH) == Z_STREAM_END
          return output.count - Int(stream.pointee.avail_out)
        }
      }
      return String(decoding: room[..<count], as: UTF8.self)
    }
  }

  private func accepting(_ served: Served) -> Client {
    Client(
      address: served.address,
      authorization: "Bearer fake-bearer\r\nAccept-Encoding: gzip, deflate")
  }

  @Test func `a compressed stream can be read as it comes`() throws {
    let served = try Served { $0.gzips = true }
    let plain = try served.client.get("/2/tweets/search/stream/rules")
    #expect(plain.headers["content-encoding"] == nil)
    let answer = try accepting(served).get("/2/tweets/search/stream/rules")
    #expect(answer.headers["content-encoding"] == "gzip")
    #expect(Inflater().read(answer.body).contains("asos"))

    let stream = try StreamClient(
      served.address, authorization: accepting(served).authorization ?? "")
    #expect(stream.head.headers["content-encoding"] == "gzip")
    let inflater = Inflater()
    for id in UInt64(11)..<14 {
      served.fake.deliver(Sample.post(id))
      let text = inflater.read(try #require(stream.chunk()))
      #expect(text.hasSuffix("\r\n") && text.contains("\(id)"))
    }
    served.fake.sendKeepAlive()
    #expect(inflater.read(try #require(stream.chunk())) == "\r\n")
    served.fake.inject(.disconnect(.force))
    #expect(inflater.read(try #require(stream.chunk())).contains("ForceDisconnect"))
    #expect(inflater.isAtEnd && stream.chunk() == nil && stream.hasEnd)
  }
}
