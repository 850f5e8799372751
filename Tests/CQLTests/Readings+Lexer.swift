extension Reading {
  /// The rules of Lexer.g.
  static let lexer: [Reading] = [
    Reading("Lexer.g K_SELECT", "sElEcT * fRoM T wHeRe A = 1", "SELECT * FROM t WHERE a = 1"),
    Reading("Lexer.g IDENT", "USE abc_1X", "USE abc_1x"),
    Reading("Lexer.g IDENT", "USE _a", "line 1:4 no viable alternative at character '_'"),
    Reading("Lexer.g IDENT", "USE 1a", "line 1:4 no viable alternative at input '1' (USE [1]...)"),
    Reading("Lexer.g IDENT", "USE é", "line 1:4 no viable alternative at character 'é'"),
    Reading("Lexer.g QUOTED_NAME", #"USE "aBc""#),
    Reading("Lexer.g QUOTED_NAME", #"USE "a""b""#),
    Reading("Lexer.g QUOTED_NAME", #"USE "select""#),
    Reading(
      "Lexer.g EMPTY_QUOTED_NAME", #"USE """#,
      #"line 1:4 no viable alternative at input '""' (USE [""])"#),
    Reading("Lexer.g EMPTY_QUOTED_NAME", #"SELECT * FROM t WHERE "" = 1"#),
    Reading("Lexer.g EMPTY_QUOTED_NAME", #"INSERT INTO t ("", a) VALUES (1, 2)"#),
    Reading(
      "Lexer.g EMPTY_QUOTED_NAME", #"CREATE TABLE t ("" int PRIMARY KEY)"#,
      #"line 1:16 no viable alternative at input '""' (CREATE TABLE t ([""]...)"#),
    Reading(
      "Lexer.g EMPTY_QUOTED_NAME", #"SELECT "" FROM t"#,
      #"line 1:7 no viable alternative at input '""' (SELECT [""]...)"#),
    Reading("Lexer.g STRING_LITERAL", "INSERT INTO t (a) VALUES ('')"),
    Reading("Lexer.g STRING_LITERAL", "INSERT INTO t (a) VALUES ('a''b')"),
    Reading("Lexer.g STRING_LITERAL", "INSERT INTO t (a) VALUES ('a\nb')"),
    Reading("Lexer.g STRING_LITERAL", #"INSERT INTO t (a) VALUES ('\n')"#),
    Reading(
      "Lexer.g STRING_LITERAL", "INSERT INTO t (a) VALUES ($$$$)", "INSERT INTO t (a) VALUES ('')"),
    Reading(
      "Lexer.g STRING_LITERAL", #"INSERT INTO t (a) VALUES ($$a'b"c$d$$)"#,
      #"INSERT INTO t (a) VALUES ('a''b"c$d')"#),
    Reading(
      "Lexer.g STRING_LITERAL", "INSERT INTO t (a) VALUES ($$a$$$)",
      "line 1:31 no viable alternative at character '$'"),
    Reading(
      "Lexer.g STRING_LITERAL", "INSERT INTO t (a) VALUES ($a$)",
      "line 1:26 no viable alternative at character '$'"),
    Reading(
      "Lexer.g STRING_LITERAL", "INSERT INTO t (a) VALUES ('abc",
      "line 1:30 mismatched character '<EOF>' expecting '''"),
    Reading(
      "Lexer.g STRING_LITERAL", "INSERT INTO t (a)\nVALUES ('abc",
      "line 2:12 mismatched character '<EOF>' expecting '''"),
    Reading(
      "Lexer.g STRING_LITERAL", "INSERT INTO t (a) VALUES ($$abc$",
      "line 1:32 mismatched character '<EOF>' expecting '$'"),
    Reading(
      "Lexer.g QUOTED_NAME", #"USE "abc"#, #"line 1:8 mismatched character '<EOF>' expecting '"'"#),
    Reading("Lexer.g INTEGER", "INSERT INTO t (a) VALUES (0, -0, 007, -12)"),
    Reading("Lexer.g INTEGER", "INSERT INTO t (a) VALUES (123456789012345678901234567890)"),
    Reading(
      "Lexer.g INTEGER", "INSERT INTO t (a) VALUES (+1)",
      "line 1:26 no viable alternative at input '+' (... t (a) VALUES ([+]...)"),
    Reading(
      "Lexer.g INTEGER", "INSERT INTO t (a) VALUES (1 -1)",
      "line 1:28 mismatched input '-1' expecting ')' (... (a) VALUES (1 [-1]...)"),
    Reading("Lexer.g INTEGER", "INSERT INTO t (a) VALUES (1 - 1)"),
    Reading("Lexer.g INTEGER", "INSERT INTO t (a) VALUES (- 1)"),
    Reading("Lexer.g INTEGER", "INSERT INTO t (a) VALUES (- -1)"),
    Reading("Lexer.g FLOAT", "INSERT INTO t (a) VALUES (1., 1.5, -1.5e3, 1e10, 1E-7, 2.e+3)"),
    Reading(
      "Lexer.g FLOAT", "INSERT INTO t (a) VALUES (.5)",
      "line 1:26 no viable alternative at input '.' (... t (a) VALUES ([.]...)"),
    Reading(
      "Lexer.g FLOAT", "INSERT INTO t (a) VALUES (1e)",
      "line 1:27 mismatched input 'e' expecting ')' (...t (a) VALUES (1[e]...)"),
    Reading(
      "Lexer.g FLOAT", "INSERT INTO t (a) VALUES (1.5.5)",
      "line 1:29 mismatched input '.' expecting ')' (...t (a) VALUES (1.5[.]...)"),
    Reading(
      "Lexer.g FLOAT", "SELECT c[1..2], c[1...2], c[1. .. 2], c[-1..-2] FROM t",
      "SELECT c[1..2], c[1...2], c[1...2], c[-1..-2] FROM t"),
    Reading("Lexer.g RANGE", "SELECT c[1..], c[..2] FROM t"),
    Reading(
      "Lexer.g RANGE", "SELECT c[..] FROM t",
      "line 1:11 no viable alternative at input ']' (SELECT c[..[]]...)"),
    Reading(
      "Lexer.g BOOLEAN", "INSERT INTO t (a) VALUES (true, FALSE, True)",
      "INSERT INTO t (a) VALUES (true, false, true)"),
    Reading("Lexer.g BOOLEAN", "SELECT true FROM t"),
    Reading(
      "Lexer.g BOOLEAN", "USE true", "line 1:4 no viable alternative at input 'true' (USE [true])"),
    Reading(
      "Lexer.g K_POSITIVE_NAN",
      "INSERT INTO t (a) VALUES (NaN, nan, -NAN, Infinity, -infinity, INFINITY)",
      "INSERT INTO t (a) VALUES (NaN, NaN, NaN, Infinity, -Infinity, Infinity)"),
    Reading("Lexer.g K_POSITIVE_NAN", "INSERT INTO t (a) VALUES (- NaN)"),
    Reading(
      "Lexer.g K_POSITIVE_NAN", "USE nan",
      "line 1:4 no viable alternative at input 'nan' (USE [nan])"),
    Reading("Lexer.g K_NEGATIVE_NAN", "SELECT a -nano FROM t", "SELECT a - nano FROM t"),
    Reading(
      "Lexer.g HEXNUMBER", "INSERT INTO t (a) VALUES (0x, 0X00, 0xDEADbeef)",
      "INSERT INTO t (a) VALUES (0x, 0x00, 0xdeadbeef)"),
    Reading(
      "Lexer.g HEXNUMBER", "INSERT INTO t (a) VALUES (0xabc)",
      "cannot parse 'abc' as hex bytes"),
    Reading(
      "Lexer.g HEXNUMBER", "INSERT INTO t (a) VALUES (0xag)",
      "cannot parse 'a' as hex bytes"),
    Reading("Lexer.g UUID", "INSERT INTO t (a) VALUES (123e4567-e89b-12d3-a456-426614174000)"),
    Reading("Lexer.g UUID", "INSERT INTO t (a) VALUES (ABCDEF01-e89b-12d3-a456-426614174000)"),
    Reading(
      "Lexer.g UUID", "INSERT INTO t (a) VALUES (123e4567-e89b-12d3-a456-42661417400)",
      "line 1:39 no viable alternative at input '-12' (... (a) VALUES (123e4567-[e89b]-12...)"),
    Reading("Lexer.g UUID", "INSERT INTO t (a) VALUES ('123e4567-e89b-12d3-a456-426614174000')"),
    Reading("Lexer.g DURATION", "INSERT INTO t (a) VALUES (1y2mo3w4d5h6m7s8ms9us10ns, -1D, 3µs)"),
    Reading(
      "Lexer.g DURATION",
      "INSERT INTO t (a) VALUES (P1Y2M3DT4H5M6S, PT1H, P3D, P2W, -P1M, P0001-02-03T04:05:06)"),
    Reading(
      "Lexer.g DURATION", "INSERT INTO t (a) VALUES (p1d)",
      "line 1:29 no viable alternative at input ')' (... t (a) VALUES ([p1d]))"),
    Reading(
      "Lexer.g DURATION", "INSERT INTO t (a) VALUES (1x)",
      "line 1:27 mismatched input 'x' expecting ')' (...t (a) VALUES (1[x]...)"),
    Reading("Lexer.g DURATION", "SELECT p1d FROM t"),
    Reading("Lexer.g DURATION", "SELECT P FROM t", "SELECT p FROM t"),
    Reading("Lexer.g WS", "\t USE\r\n\tk", "USE k"),
    Reading("Lexer.g COMMENT", "USE k -- comment", "USE k"),
    Reading("Lexer.g COMMENT", "USE -- 'x\nk // \"y\n;", "USE k"),
    Reading("Lexer.g COMMENT", "-- a\rUSE k", "USE k"),
    Reading("Lexer.g COMMENT", "INSERT INTO t (a) VALUES (1--1\n)", "INSERT INTO t (a) VALUES (1)"),
    Reading(
      "Lexer.g COMMENT", "INSERT INTO t (a) VALUES (1 // 2\n)", "INSERT INTO t (a) VALUES (1)"),
    Reading("Lexer.g MULTILINE_COMMENT", #"USE /* ; ' " $$ */ k /**/"#, "USE k"),
    Reading("Lexer.g MULTILINE_COMMENT", "USE /* /* */ k", "USE k"),
    Reading(
      "Lexer.g MULTILINE_COMMENT", "USE k /* abc",
      "line 1:12 mismatched character '<EOF>' expecting '*'"),
    Reading("Lexer.g", "USE k #", "line 1:6 no viable alternative at character '#'"),
    Reading("Lexer.g", "USE k @x", "line 1:6 no viable alternative at character '@'"),
    Reading("Lexer.g", "USE k & j", "line 1:6 no viable alternative at character '&'"),
    Reading(
      "Lexer.g QMARK", "USE ?",
      "Bind variables cannot be used for keyspace names"),
    Reading("Lexer.g", "SELECT a ! b FROM t", "line 1:9 no viable alternative at character '!'"),
    Reading(
      "Lexer.g", "SELECT a <> b FROM t",
      "line 1:9 no viable alternative at input '<' (SELECT [a] <...)"),
  ]
}
