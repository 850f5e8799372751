import Foundation
import TestSupport
import Testing

/// A library that kills the process at its Nth call that changes the disk, before or behind it.
enum DeadlyLibrary {
  private static let source = """
    #define _GNU_SOURCE
    #include <dlfcn.h>
    #include <signal.h>
    #include <stdlib.h>
    #include <sys/uio.h>
    #include <unistd.h>
    static int calls;
    static void strike(int is_behind) {
      const char *at = getenv("DEADLY_CALL");
      int wanted = at ? atoi(at) : 0;
      if (!is_behind) __atomic_add_fetch(&calls, 1, __ATOMIC_SEQ_CST);
      if (calls * 2 + is_behind == wanted) { kill(getpid(), SIGKILL); pause(); }
    }
    #define CALL(result, name, types, names, condition)                           \\
      result name types {                                                         \\
        result (*real) types = (result (*) types)dlsym(RTLD_NEXT, #name);         \\
        if (!(condition)) return real names;                                      \\
        strike(0);                                                                \\
        result answer = real names;                                               \\
        strike(1);                                                                \\
        return answer;                                                            \\
      }
    CALL(ssize_t, pwrite, (int f, const void *b, size_t s, off_t a), (f, b, s, a), 1)
    CALL(ssize_t, pwrite64, (int f, const void *b, size_t s, off_t a), (f, b, s, a), 1)
    CALL(ssize_t, pwritev, (int f, const struct iovec *v, int c, off_t a), (f, v, c, a), 1)
    CALL(ssize_t, write, (int f, const void *b, size_t s), (f, b, s), f > 2)
    CALL(int, fdatasync, (int f), (f), 1)
    CALL(int, fsync, (int f), (f), 1)
    CALL(int, ftruncate, (int f, off_t s), (f, s), 1)
    CALL(int, rename, (const char *a, const char *b), (a, b), 1)
    CALL(int, unlink, (const char *a), (a), 1)
    CALL(int, mkdir, (const char *a, mode_t m), (a, m), 1)
    """

  /// Whether it can be made: on Linux, with a C compiler.
  static let canBeMade: Bool = {
    #if os(Linux)
      let process = try? RunningProgram(
        ["--version"], in: TemporaryDirectory(), program: "/usr/bin/cc")
      return process?.wait().code == 0
    #else
      return false
    #endif
  }()

  /// Makes it in the stage's folder.
  static func make(_ stage: Stage) throws {
    try stage.write("deadly.c", source)
    let built = try RunningProgram(
      ["-shared", "-fPIC", "-o", "deadly.so", "deadly.c", "-ldl"], in: stage.folder,
      program: "/usr/bin/cc"
    ).wait()
    try #require(built.code == 0, "\(built.errors)")
  }

  /// What a process needs that is to die: even moments lie before a call, odd ones behind it.
  static func environment(_ stage: Stage, dyingAt moment: Int) -> [String: String] {
    ["LD_PRELOAD": stage.folder("deadly.so"), "DEADLY_CALL": "\(moment)"]
  }
}
