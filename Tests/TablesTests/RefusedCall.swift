#if os(Linux)
  import Glibc

  /// Has the kernel fail a thread's calls with EIO, as a disk does that is breaking: a filter of
  /// system calls (seccomp), which needs no rights and goes with the thread.
  enum RefusedCall: Sendable, CaseIterable {
    /// Every `fdatasync`.
    case dataSync
    /// Every write to LMDB's first two pages, which hold its roots.
    case rootWrite

    private struct Instruction {
      var code: UInt16
      var ifTrue: UInt8 = 0
      var ifFalse: UInt8 = 0
      var operand: UInt32
    }

    private struct Program {
      var count: UInt16
      var instructions: UnsafeMutablePointer<Instruction>?
    }

    #if arch(x86_64)
      private static let numbers = (dataSync: UInt32(75), write: UInt32(18))
    #else
      private static let numbers = (dataSync: UInt32(83), write: UInt32(68))
    #endif

    private var filter: [Instruction] {
      let number = Instruction(code: 0x20, operand: 0)
      let allow = Instruction(code: 0x06, operand: 0x7FFF_0000)
      let fail = Instruction(code: 0x06, operand: 0x0005_0000 | UInt32(EIO))
      switch self {
      case .dataSync:
        return [
          number, Instruction(code: 0x15, ifFalse: 1, operand: Self.numbers.dataSync), fail, allow,
        ]
      case .rootWrite:
        // The fourth argument is the place in the file.
        let place = Instruction(code: 0x20, operand: 16 + 3 * 8)
        return [
          number, Instruction(code: 0x15, ifFalse: 3, operand: Self.numbers.write), place,
          Instruction(code: 0x35, ifTrue: 1, operand: 8_192), fail, allow,
        ]
      }
    }

    /// Refuses the calling thread's calls from now on; false where the kernel has no such filters.
    func begin() -> Bool {
      typealias Control = @convention(c) (CInt, UInt, UInt, UInt, UInt) -> CInt
      // Swift does not see it: it takes a varying number of arguments.
      guard let found = dlsym(nil, "prctl") else { return false }
      let control = unsafeBitCast(found, to: Control.self)
      var instructions = filter
      return instructions.withUnsafeMutableBufferPointer { instructions in
        var program = Program(
          count: UInt16(instructions.count), instructions: instructions.baseAddress)
        return withUnsafePointer(to: &program) { program in
          control(38, 1, 0, 0, 0) == 0 && control(22, 2, UInt(bitPattern: program), 0, 0) == 0
        }
      }
    }
  }
#endif
