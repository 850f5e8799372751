internal import CPlatform

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// The machine's own disk.
package struct LocalDisk: FileSystem {
  package init() {}

  package func open(_ path: String, _ mode: OpenMode) throws(IOFailure) -> any File {
    let flags =
      switch mode {
      case .read: O_RDONLY | O_CLOEXEC
      // Opening a pipe waits for its other end otherwise.
      case .readPlain: O_RDONLY | O_CLOEXEC | O_NONBLOCK
      case .readWrite: O_RDWR | O_CREAT | O_CLOEXEC
      }
    let descriptor = systemOpen(path, flags)
    guard descriptor >= 0 else { throw IOFailure("open", path) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else {
      let failure = IOFailure("look at", path)
      close(descriptor)
      throw failure
    }
    let kind = status.st_mode & S_IFMT
    if kind == S_IFDIR || mode == .readPlain && kind != S_IFREG {
      close(descriptor)
      throw IOFailure("read", path, code: kind == S_IFDIR ? EISDIR : ESPIPE)
    }
    return LocalFile(path: path, descriptor: descriptor)
  }

  package func list(_ directory: String) throws(IOFailure) -> [String] {
    guard let stream = opendir(directory) else { throw IOFailure("list", directory) }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) { tuple in
        tuple.withMemoryRebound(to: CChar.self, capacity: MemoryLayout.size(ofValue: tuple.pointee))
        {
          String(cString: $0)
        }
      }
      if name != "." && name != ".." { names.append(name) }
    }
    return names.sorted()
  }

  package func createDirectory(_ path: String) throws(IOFailure) {
    if mkdir(path, 0o700) == 0 { return }
    switch errno {
    case EEXIST:
      if !isDirectory(path) { throw IOFailure("create directory", path, code: ENOTDIR) }
    case ENOENT where Path.parent(of: path) != path:
      try createDirectory(Path.parent(of: path))
      if mkdir(path, 0o700) != 0 && errno != EEXIST { throw IOFailure("create directory", path) }
    default:
      throw IOFailure("create directory", path)
    }
  }

  package func exists(_ path: String) -> Bool {
    // What may not be seen is there: whoever opens it says why not.
    access(path, F_OK) == 0 || errno == EACCES
  }

  package func isDirectory(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }

  /// Whether there is a file that is no directory, pipe or device.
  package func isPlainFile(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
  }

  /// The path without links, `.` and `..`, as far as it exists.
  package func resolved(_ path: String) -> String {
    if let found = realpath(path, nil) {
      defer { free(found) }
      return String(cString: found)
    }
    let parent = Path.parent(of: path)
    return parent == path ? path : Path.join(resolved(parent), Path.name(of: path))
  }

  package func rename(_ from: String, to: String) throws(IOFailure) {
    if systemRename(from, to) != 0 { throw IOFailure("rename", from) }
  }

  package func remove(_ path: String) throws(IOFailure) {
    var status = stat()
    guard lstat(path, &status) == 0 else { throw IOFailure("remove", path) }
    if status.st_mode & S_IFMT == S_IFDIR {
      for name in try list(path) { try remove(Path.join(path, name)) }
      if rmdir(path) != 0 { throw IOFailure("remove", path) }
    } else if unlink(path) != 0 {
      throw IOFailure("remove", path)
    }
  }

  package func syncDirectory(_ path: String) throws(IOFailure) {
    let descriptor = systemOpen(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw IOFailure("open", path) }
    defer { close(descriptor) }
    if fsync(descriptor) != 0 { throw IOFailure("sync", path) }
  }
}

private func systemOpen(_ path: String, _ flags: Int32) -> Int32 {
  open(path, flags, 0o600)
}

private func systemRead(_ descriptor: Int32, _ buffer: UnsafeMutableRawBufferPointer) -> Int {
  read(descriptor, buffer.baseAddress, buffer.count)
}

private func systemRename(_ from: String, _ to: String) -> Int32 { rename(from, to) }

/// A file descriptor; the system makes positioned reads and writes on it safe from any thread.
private final class LocalFile: File {
  let path: String
  private let number: Int32
  var descriptor: Int32? { number }

  init(path: String, descriptor: Int32) {
    self.path = path
    number = descriptor
  }

  deinit { close(number) }

  func size() throws(IOFailure) -> Int64 {
    var status = stat()
    guard fstat(number, &status) == 0 else { throw IOFailure("look at", path) }
    return Int64(status.st_size)
  }

  func read(
    into buffer: UnsafeMutableRawBufferPointer, at position: Int64
  ) throws(IOFailure) -> Int {
    var done = 0
    while done < buffer.count {
      let count = pread(
        number, buffer.baseAddress.map { $0 + done }, buffer.count - done,
        off_t(position) + off_t(done))
      if count == 0 { break }
      if count < 0 {
        if errno == EINTR { continue }
        if errno == ESPIPE { return try readOn(into: buffer) }
        throw IOFailure("read", path)
      }
      done += count
    }
    return done
  }

  /// Reads what a named pipe has next: it knows no positions.
  private func readOn(into buffer: UnsafeMutableRawBufferPointer) throws(IOFailure) -> Int {
    while true {
      let count = systemRead(number, buffer)
      if count >= 0 { return count }
      if errno != EINTR { throw IOFailure("read", path) }
    }
  }

  func write(_ bytes: UnsafeRawBufferPointer, at position: Int64) throws(IOFailure) {
    var done = 0
    while done < bytes.count {
      let count = pwrite(
        number, bytes.baseAddress.map { $0 + done }, bytes.count - done,
        off_t(position) + off_t(done))
      if count < 0 {
        if errno == EINTR { continue }
        throw IOFailure("write", path)
      }
      done += count
    }
  }

  func truncate(to size: Int64) throws(IOFailure) {
    if ftruncate(number, off_t(size)) != 0 { throw IOFailure("truncate", path) }
  }

  func reserve(_ bytes: Int64, at position: Int64) {
    _ = grouse_reserve(number, position, bytes)
  }

  func sync() throws(IOFailure) {
    #if canImport(Darwin)
      if fcntl(number, F_FULLFSYNC) != 0 { throw IOFailure("sync", path) }
    #else
      if fdatasync(number) != 0 { throw IOFailure("sync", path) }
    #endif
  }
}
