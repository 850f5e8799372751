extension Reading {
  /// The rules of Parser.g for SELECT and WHERE.
  static let select: [Reading] = [
    Reading(
      "relation", "SELECT * FROM t WHERE (a, b) IN (1, 2)",
      "line 1:33 no viable alternative at input '1' (... (a, b) IN [(]1...)"),
    Reading(
      "relation", "SELECT * FROM t WHERE a NOT IN (1)",
      "line 1:24 no viable alternative at input 'NOT' (SELECT * FROM t WHERE [a] NOT...)"),
    Reading(
      "selectClause", "SELECT DISTINCT a b FROM t",
      "line 1:16 no viable alternative at input 'a' (SELECT [DISTINCT] a...)"),
    Reading(
      "whereClause",
      "SELECT * FROM t WHERE a = 1 AND b < 2 AND c <= 3 AND d > 4 AND e >= 5 AND f != 6"),
    Reading(
      "relation",
      "SELECT * FROM t WHERE a IN (1, 2) AND b IN () AND c IN ? AND d IN :d AND e IN (?, :x)"),
    Reading(
      "relation", "SELECT * FROM t WHERE a NOT IN (1)",
      "line 1:24 no viable alternative at input 'NOT' (SELECT * FROM t WHERE [a] NOT...)"),
    Reading(
      "relation", "SELECT * FROM t WHERE a BETWEEN 1 AND 2",
      "line 1:24 no viable alternative at input 'BETWEEN' (SELECT * FROM t WHERE [a] BETWEEN...)"),
    Reading(
      "relation", "SELECT * FROM t WHERE a CONTAINS 1 AND b CONTAINS KEY 'x' AND c CONTAINS ?"),
    Reading("relation", "SELECT * FROM t WHERE a LIKE '%x%'"),
    Reading("relation", "SELECT * FROM t WHERE a IS NOT NULL"),
    Reading(
      "relation", "SELECT * FROM t WHERE a IS NULL",
      "line 1:27 mismatched input 'NULL' expecting K_NOT (...FROM t WHERE a IS [NULL])"),
    Reading("relation", "SELECT * FROM t WHERE m['k'] = 1 AND m[?] > :v"),
    Reading(
      "relation", "SELECT * FROM t WHERE m['k'] IN (1)",
      "line 1:29 no viable alternative at input 'IN' (... t WHERE m['k'] [IN]...)"),
    Reading(
      "relation", "SELECT * FROM t WHERE u.f = 1",
      "line 1:23 no viable alternative at input '.' (SELECT * FROM t WHERE [u]....)"),
    Reading(
      "relation", "SELECT * FROM t WHERE token(a, b) > token(1, 2) AND TOKEN(a) <= ?",
      "SELECT * FROM t WHERE token(a, b) > token(1, 2) AND token(a) <= ?"),
    Reading(
      "relation", "SELECT * FROM t WHERE token(a) IN (1)",
      "line 1:31 no viable alternative at input 'IN' (... t WHERE token(a) [IN]...)"),
    Reading(
      "relation", "SELECT * FROM t WHERE token() > 1",
      "line 1:28 no viable alternative at input ')' (...* FROM t WHERE token([)]...)"),
    Reading(
      "relation", "SELECT * FROM t WHERE token > 1",
      "line 1:28 mismatched input '>' expecting '(' (...* FROM t WHERE token [>]...)"),
    Reading("relation", "SELECT * FROM t WHERE (a, b) > (1, 2) AND (c) = ? AND (d, e) != :x"),
    Reading(
      "relation", "SELECT * FROM t WHERE (a, b) > 1",
      "line 1:31 no viable alternative at input '1' (... WHERE (a, b) [>] 1)"),
    Reading(
      "relation",
      "SELECT * FROM t WHERE (a, b) IN ((1, 2), (3, 4)) AND (c, d) IN ? AND (e, f) IN (?, :x) AND (g, h) IN ()"
    ),
    Reading(
      "relation", "SELECT * FROM t WHERE (r1, r2) IN ((?,?))",
      "SELECT * FROM t WHERE (r1, r2) IN ((?, ?))"),
    Reading(
      "relation", "SELECT * FROM t WHERE (a, b) IN ((1, 2), ?)",
      "line 1:41 mismatched input '?' expecting '(' (... ((1, 2), [?]...)"),
    Reading(
      "relation", "SELECT * FROM t WHERE (a = 1) AND ((b > 2))",
      "SELECT * FROM t WHERE a = 1 AND b > 2"),
    Reading(
      "relation", "SELECT * FROM t WHERE (a = 1 AND b = 2)",
      "line 1:29 mismatched input 'AND' expecting ')' (... WHERE (a = 1 [AND]...)"),
    Reading(
      "relation", "SELECT * FROM t WHERE a = 1 OR b = 2",
      "line 1:28 mismatched input 'OR' expecting EOF (...t WHERE a = 1 [OR]...)"),
    Reading(
      "relation", "SELECT * FROM t WHERE a == 1",
      "line 1:25 no viable alternative at input '=' (... FROM t WHERE a =[=]...)"),
    Reading(
      "relation", "SELECT * FROM t WHERE a <> 1",
      "line 1:25 no viable alternative at input '>' (... FROM t WHERE a <[>]...)"),
    Reading(
      "relation", "SELECT * FROM t WHERE a",
      "line 0:-1 no viable alternative at input '<EOF>'"),
    Reading(
      "relation", "SELECT * FROM t WHERE 1 = a",
      "line 1:22 no viable alternative at input '1' (SELECT * FROM t WHERE [1]...)"),
    Reading(
      "relation", "SELECT * FROM t WHERE a = b",
      "line 0:-1 no viable alternative at input '<EOF>'"),
    Reading(
      "relation",
      "SELECT * FROM t WHERE a = (1, 2) AND b = [1] AND c = {'x': 1} AND d = {f: 1} AND e = null"),
    Reading("relation", "SELECT * FROM t WHERE a = 1 + 2 * 3 - 4 / 5 % 6"),
    Reading("relation", "SELECT * FROM t WHERE key = 1 AND values = 2 AND exists = 3"),
    Reading("customIndexExpression", "SELECT * FROM t WHERE expr(i, 'x') AND a = 1"),
    Reading("customIndexExpression", "SELECT * FROM t WHERE expr = 1"),
    Reading(
      "customIndexExpression", "SELECT * FROM t WHERE expr (i, 'x')",
      "line 1:27 no viable alternative at input '(' (SELECT * FROM t WHERE [expr] (...)"),
    Reading("selectStatement", "SELECT * FROM k.t"),
    Reading(
      "selectStatement",
      "SELECT a FROM t WHERE a = 1 GROUP BY a, b ORDER BY c DESC, d ASC, e PER PARTITION LIMIT 2 LIMIT 3 ALLOW FILTERING",
      "SELECT a FROM t WHERE a = 1 GROUP BY a, b ORDER BY c DESC, d ASC, e ASC PER PARTITION LIMIT 2 LIMIT 3 ALLOW FILTERING"
    ),
    Reading("selectStatement", "SELECT a FROM t PER PARTITION LIMIT ? LIMIT :x"),
    Reading(
      "selectStatement", "SELECT a FROM t LIMIT 1 PER PARTITION LIMIT 2",
      "line 1:24 mismatched input 'PER' expecting EOF (...a FROM t LIMIT 1 [PER]...)"),
    Reading(
      "selectStatement", "SELECT a FROM t ORDER BY a GROUP BY a",
      "line 1:27 mismatched input 'GROUP' expecting EOF (...FROM t ORDER BY a [GROUP]...)"),
    Reading("selectStatement", "SELECT a FROM t LIMIT -1"),
    Reading(
      "selectStatement", "SELECT a FROM t LIMIT 1 + 1",
      "line 1:24 mismatched input '+' expecting EOF (...a FROM t LIMIT 1 [+]...)"),
    Reading(
      "selectStatement", "SELECT a FROM t LIMIT 'x'",
      "line 1:22 no viable alternative at input 'x' (SELECT a FROM t LIMIT [']...)"),
    Reading(
      "selectStatement", "SELECT a FROM t ALLOW",
      "line 0:-1 mismatched input '<EOF>' expecting K_FILTERING"),
    Reading(
      "selectStatement", "SELECT a FROM t WHERE",
      "line 0:-1 no viable alternative at input '<EOF>'"),
    Reading(
      "selectStatement", "SELECT a FROM ?",
      "Bind variables cannot be used for table names"),
    Reading(
      "selectStatement", "SELECT a FROM t ORDER BY f(a)",
      "line 1:26 mismatched input '(' expecting EOF (... FROM t ORDER BY f[(]...)"),
    Reading(
      "selectStatement", "SELECT a FROM t GROUP BY f(a)",
      "line 1:26 mismatched input '(' expecting EOF (... FROM t GROUP BY f[(]...)"),
    Reading(
      "selectStatement", "SELECT FROM t",
      "line 1:7 no viable alternative at input 'FROM' (SELECT [FROM]...)"),
    Reading(
      "selectStatement", "SELECT a, FROM t",
      "line 1:10 no viable alternative at input 'FROM' (SELECT a, [FROM]...)"),
    Reading(
      "selectStatement", "SELECT a b FROM t",
      "line 1:9 no viable alternative at input 'b' (SELECT [a] b...)"),
    Reading(
      "selectStatement", "SELECT *, a FROM t",
      "line 1:8 mismatched input ',' expecting K_FROM (SELECT *[,]...)"),
    Reading("selectClause", "SELECT JSON * FROM t"),
    Reading("selectClause", "SELECT JSON a, b FROM t"),
    Reading("selectClause", "SELECT json FROM t", #"SELECT "json" FROM t"#),
    Reading("selectClause", "SELECT json, a FROM t", #"SELECT "json", a FROM t"#),
    Reading("selectClause", "SELECT JSON json FROM t", #"SELECT JSON "json" FROM t"#),
    Reading("selectClause", "SELECT json AS a FROM t", #"SELECT "json" AS a FROM t"#),
    Reading("selectClause", "SELECT JSON as FROM t", #"SELECT JSON "as" FROM t"#),
    Reading("selectClause", "SELECT json.a FROM t", #"SELECT "json".a FROM t"#),
    Reading("selectClause", "SELECT json * 2 FROM t", #"SELECT "json" * 2 FROM t"#),
    Reading("selectClause", "SELECT json - 2 FROM t", "SELECT JSON - 2 FROM t"),
    Reading("selectClause", "SELECT DISTINCT a FROM t"),
    Reading("selectClause", "SELECT DISTINCT * FROM t"),
    Reading("selectClause", "SELECT distinct FROM t", #"SELECT "distinct" FROM t"#),
    Reading("selectClause", "SELECT distinct, a FROM t", #"SELECT "distinct", a FROM t"#),
    Reading("selectClause", "SELECT JSON DISTINCT a FROM t"),
    Reading(
      "selectClause", "SELECT DISTINCT JSON a FROM t",
      "line 1:16 no viable alternative at input 'JSON' (SELECT [DISTINCT] JSON...)"),
    Reading(
      "selectClause", "SELECT DISTINCT distinct FROM t", #"SELECT DISTINCT "distinct" FROM t"#),
    Reading(
      "selector", #"SELECT a AS b, "A" AS "B", c as as FROM t"#,
      #"SELECT a AS b, "A" AS "B", c AS as FROM t"#),
    Reading(
      "selector", "SELECT a AS select FROM t",
      "line 1:12 no viable alternative at input 'select' (SELECT a AS [select]...)"),
    Reading(
      "selector", "SELECT a AS 'b' FROM t",
      "line 1:12 no viable alternative at input 'b' (SELECT a AS [']...)"),
    Reading(
      "selectionFunction", "SELECT count(*), COUNT( * ) AS n FROM t",
      "SELECT count(*), count(*) AS n FROM t"),
    Reading(
      "selectionFunction", "SELECT count(1), count('x'), count(a), count(null), count(?) FROM t",
      "SELECT count(*), count(*), count(a), count(null), count(?) FROM t"),
    Reading(
      "selectionFunction", "SELECT count(*, 1) FROM t",
      "line 1:14 mismatched input ',' expecting ')' (SELECT count(*[,]...)"),
    Reading("selectionFunction", "SELECT count FROM t"),
    Reading(
      "selectionFunction", "SELECT sum(*) FROM t",
      "line 1:11 mismatched input '*' expecting ')' (SELECT sum([*]...)"),
    Reading(
      "selectionFunction", #"SELECT writetime(a), TTL(b), writetime("") FROM t"#,
      #"SELECT writetime(a), ttl(b), writetime("") FROM t"#),
    Reading(
      "selectionFunction", "SELECT writetime(1) FROM t",
      "line 1:17 no viable alternative at input '1' (SELECT writetime([1]...)"),
    Reading(
      "selectionFunction", "SELECT writetime(a.b) FROM t",
      "line 1:18 mismatched input '.' expecting ')' (SELECT writetime(a[.]...)"),
    Reading("selectionFunction", "SELECT writetime, ttl, cast, key FROM t"),
    Reading("selectionFunction", #"SELECT "ttl"(a) FROM t"#),
    Reading(
      "selectionFunction", "SELECT key(a) FROM t",
      "line 1:10 mismatched input '(' expecting K_FROM (SELECT key[(]...)"),
    Reading(
      "selectionFunction",
      "SELECT CAST(a AS text), cast(1.5 AS int), CAST(max(a) + 1 AS double) FROM t",
      "SELECT CAST(a AS text), CAST(1.5 AS int), CAST(max(a) + 1 AS double) FROM t"),
    Reading(
      "selectionFunction", "SELECT CAST(a AS list<int>) FROM t",
      "line 1:17 no viable alternative at input 'list' (SELECT CAST(a AS [list]...)"),
    Reading(
      "selectionFunction", "SELECT CAST(a AS foo) FROM t",
      "line 1:17 no viable alternative at input 'foo' (SELECT CAST(a AS [foo]...)"),
    Reading(
      "selectionFunction", "SELECT CAST(a, text) FROM t",
      "line 1:13 mismatched input ',' expecting K_AS (SELECT CAST(a[,]...)"),
    Reading("selectionFunction", "SELECT token(a, b), k.f(a), f(), f(g(h(1))), k.token(a) FROM t"),
    Reading(
      "selectionFunction", "SELECT toJson(a), now(), int(a), text(b) FROM t",
      "SELECT tojson(a), now(), int(a), text(b) FROM t"),
    Reading("selectionLiteral", "SELECT 1, -1, 1.5, 'x', true, null, 0xab, 1h, ?, :x, NaN FROM t"),
    Reading(
      "selectionTypeHint", "SELECT (int)1, (list<int>)[1], (text)?, (k.u)a, (a)b FROM t"),
    Reading("selectionTypeHint", "SELECT (a), (a) AS b, (a, b), (a.b), (1), ((int)1) FROM t"),
    Reading("selectionTypeHint", "SELECT (map<text, int>){'a': 1}, (frozen<set<int>>){1} FROM t"),
    Reading("selectionTypeHint", "SELECT (int)-1, (int) - 1 FROM t"),
    Reading("selectionTypeHint", "SELECT ('org.apache.cassandra.db.marshal.Int32Type')1 FROM t"),
    Reading("selectionList", "SELECT [], [a, 1, [b]], {a, b}, {}, {a: b, 'c': 1} FROM t"),
    Reading(
      "selectionMapOrSet", "SELECT {a: 1, b} FROM t",
      "line 1:15 mismatched input '}' expecting ':' (SELECT {a: 1, b[}]...)"),
    Reading(
      "selectionMapOrSet", "SELECT {a, b: 1} FROM t",
      "line 1:12 mismatched input ':' expecting '}' (SELECT {a, b[:]...)"),
    Reading("fieldSelectorModifier", #"SELECT u.f, u.f.g, u."F", f(a).b, (u).f FROM t"#),
    Reading(
      "fieldSelectorModifier", "SELECT u. FROM t",
      "line 1:10 no viable alternative at input 'FROM' (SELECT u. [FROM]...)"),
    Reading(
      "fieldSelectorModifier", "SELECT u.1 FROM t",
      "line 1:9 no viable alternative at input '1' (SELECT u.[1]...)"),
    Reading(
      "collectionSubSelection",
      "SELECT m['k'], m[?], s[1..2], s[1..], s[..2], m['a']['b'], u.f[1].g FROM t"),
    Reading(
      "collectionSubSelection", "SELECT m[] FROM t",
      "line 1:9 no viable alternative at input ']' (SELECT m[[]]...)"),
    Reading(
      "collectionSubSelection", "SELECT m[a] FROM t",
      "line 1:10 no viable alternative at input ']' (SELECT m[[a]]...)"),
    Reading(
      "collectionSubSelection", "SELECT m['a', 'b'] FROM t",
      "line 1:12 mismatched input ',' expecting ']' (SELECT m['a'[,]...)"),
    Reading("selectionAddition", "SELECT a + b * c - d / e % f FROM t"),
    Reading("selectionAddition", "SELECT (a + b) * c FROM t"),
    Reading(
      "selectionAddition", "SELECT -a, - 1, -a.b, - - a, -f(a) FROM t",
      "SELECT - a, - 1, - a.b, - - a, - f(a) FROM t"),
    Reading(
      "selectionAddition", "SELECT a -1 FROM t",
      "line 1:9 no viable alternative at input '-1' (SELECT [a] -1...)"),
    Reading("selectionAddition", "SELECT a - 1 FROM t"),
    Reading(
      "selectionAddition", "SELECT a + FROM t",
      "line 1:11 no viable alternative at input 'FROM' (SELECT a + [FROM]...)"),
    Reading(
      "selectionAddition", "SELECT a * * b FROM t",
      "line 1:11 no viable alternative at input '*' (SELECT a * [*]...)"),
    Reading(
      "selectionAddition", "SELECT *a FROM t",
      "line 1:8 mismatched input 'a' expecting K_FROM (SELECT *[a]...)"),
  ]
}
