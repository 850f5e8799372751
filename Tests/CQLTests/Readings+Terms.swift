extension Reading {
  /// The rules of Parser.g for terms.
  static let terms: [Reading] = [
    Reading(
      "collectionLiteral",
      "INSERT INTO t (a) VALUES ({}, {1}, {1, 2}, {1: 2}, {'a': {1}, ?: ?}, [], [1, [2]])"),
    Reading(
      "collectionLiteral", "INSERT INTO t (a) VALUES ({1, 2: 3})",
      "line 1:31 mismatched input ':' expecting '}' (...) VALUES ({1, 2[:]...)"),
    Reading(
      "collectionLiteral", "INSERT INTO t (a) VALUES ({1: 2, 3})",
      "line 1:34 mismatched input '}' expecting ':' (... ({1: 2, 3[}]...)"),
    Reading(
      "collectionLiteral", "INSERT INTO t (a) VALUES ([1,])",
      "line 1:29 no viable alternative at input ']' (...(a) VALUES ([1,[]]...)"),
    Reading(
      "collectionLiteral", "INSERT INTO t (a) VALUES ({:a::b})",
      "INSERT INTO t (a) VALUES ({:a: :b})"),
    Reading(
      "usertypeLiteral",
      #"INSERT INTO t (a) VALUES ({street: 'x', "Zip": 1, type: null, b: {c: 2}})"#),
    Reading(
      "usertypeLiteral", "INSERT INTO t (a) VALUES ({a::b})", "INSERT INTO t (a) VALUES ({a: :b})"),
    Reading(
      "usertypeLiteral", "INSERT INTO t (a) VALUES ({a: 1, 'b': 2})",
      "line 1:33 no viable alternative at input 'b' (...VALUES ({a: 1, [']...)"),
    Reading(
      "usertypeLiteral", "INSERT INTO t (a) VALUES ({select: 1})",
      "line 1:27 no viable alternative at input 'select' (... t (a) VALUES ([{]select...)"),
    Reading("tupleLiteral", "INSERT INTO t (a) VALUES ((1), (1, 'x'), ((1, 2), 3), (?))"),
    Reading(
      "tupleLiteral", "INSERT INTO t (a) VALUES (())",
      "line 1:27 no viable alternative at input ')' (... t (a) VALUES ([(])...)"),
    Reading(
      "simpleTerm",
      "INSERT INTO t (a) VALUES ((int)1, (k.u){a: 1}, (list<int>)[1], ((text)?), (set<int>){})"
    ),
    Reading("simpleTerm", "INSERT INTO t (a) VALUES ((int)(text)1)"),
    Reading(
      "simpleTerm", "INSERT INTO t (a) VALUES ((int))",
      "line 1:30 no viable alternative at input ')' (...t (a) VALUES (([int])...)"),
    Reading("simpleTerm", "INSERT INTO t (a) VALUES (('x'), ('x')1, ('x') + 1)"),
    Reading("simpleTerm", "INSERT INTO t (a) VALUES ({('x'): 1, ('y'): f(1), ('z'): :m})"),
    Reading(
      "function",
      #"INSERT INTO t (a) VALUES (now(), k.f(1), token(1), count(1), "F"(1), toDate(now()), as(1))"#,
      #"INSERT INTO t (a) VALUES (now(), k.f(1), token(1), count(1), "F"(1), todate(now()), as(1))"#
    ),
    Reading(
      "function", "INSERT INTO t (a) VALUES (ttl(1))",
      "line 1:29 no viable alternative at input '(' (... t (a) VALUES ([ttl](...)"),
    Reading(
      "function", "INSERT INTO t (a) VALUES (f(1,))",
      "line 1:30 no viable alternative at input ')' (...a) VALUES (f(1,[)]...)"),
    Reading(
      "function", "INSERT INTO t (a) VALUES (f(b))",
      "line 1:29 no viable alternative at input ')' (... (a) VALUES (f([b])...)"),
    Reading("function", "INSERT INTO t (a) VALUES (f())"),
    Reading(
      "function", "INSERT INTO t (a) VALUES (a.b.c(1))",
      "line 1:29 no viable alternative at input '.' (... t (a) VALUES ([a].b...)"),
    Reading(
      "termAddition",
      "INSERT INTO t (a) VALUES (1 + 2 - 3, 1 * 2 / 3 % 4, 1 + 2 * 3, (1 + 2) * 3, - f(1), -1 - -1)"
    ),
    Reading(
      "termAddition", "INSERT INTO t (a) VALUES (1 +)",
      "line 1:29 no viable alternative at input ')' (...(a) VALUES (1 +[)])"),
    Reading(
      "termAddition", "INSERT INTO t (a) VALUES (1 + b)",
      "line 1:28 mismatched input '+' expecting ')' (... (a) VALUES (1 [+]...)"),
    Reading(
      "termAddition", "INSERT INTO t (a) VALUES (- - 1)",
      "line 1:28 no viable alternative at input '-' (... (a) VALUES (- [-]...)"),
    Reading(
      "marker", #"INSERT INTO t (a) VALUES (?, :a, :"B", : c, :values)"#,
      #"INSERT INTO t (a) VALUES (?, :a, :"B", :c, :values)"#),
    Reading(
      "marker", "INSERT INTO t (a) VALUES (:select)",
      "line 1:27 no viable alternative at input 'select' (...t (a) VALUES (:[select]...)"),
    Reading(
      "marker", "INSERT INTO t (a) VALUES (:1)",
      "line 1:27 no viable alternative at input '1' (...t (a) VALUES (:[1]...)"),
    Reading(
      "marker", "INSERT INTO t (a) VALUES (:)",
      "line 1:27 no viable alternative at input ')' (...t (a) VALUES (:[)])"),
    Reading(
      "marker", "INSERT INTO t (a) VALUES (?a)",
      "line 1:27 mismatched input 'a' expecting ')' (...t (a) VALUES (?[a]...)"),
  ]
}
