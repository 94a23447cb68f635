/** SQL text: statements told apart without a grammar, trees with UTF-16 places, and expressions as comparable text. */
import { beforeAll, describe, expect, test } from "vitest";
import { loadPostgres, parsePostgres, type SqlNode } from "../server/src/syntax/postgres.js";
import { renderSqlExpression } from "../server/src/syntax/sql-expression.js";
import { splitStatements } from "../server/src/syntax/sql-statements.js";
import { tokensOf } from "../server/src/syntax/sql-tokens.js";

beforeAll(loadPostgres);

function split(text: string, options = {}): string[] {
  return splitStatements(text, options).map(({ start, end }) => text.slice(start, end));
}

describe("statements", () => {
  test("end at semicolons outside strings, names, comments and dollar quotes", () => {
    expect(split(`a ';' ";" ; -- ;\n b /* ; /* ; */ ; */ $$;$$ $x$ ; $$ ; $x$ ; c`)).toEqual([
      `a ';' ";"`,
      `b /* ; /* ; */ ; */ $$;$$ $x$ ; $$ ; $x$`,
      "c",
    ]);
  });

  test("bodies of routines stay whole", () => {
    const trigger =
      "CREATE TRIGGER t AFTER INSERT ON a BEGIN UPDATE b SET c = CASE WHEN 1 THEN 2 END; DELETE FROM d; END";
    expect(split(`${trigger}; SELECT 1`)).toEqual([trigger, "SELECT 1"]);
  });

  test("DELIMITER, COPY data and psql commands are known", () => {
    expect(split("DELIMITER //\nCREATE PROCEDURE p() BEGIN a; b; END//\nDELIMITER ;\nx;")).toEqual([
      "CREATE PROCEDURE p() BEGIN a; b; END",
      "x",
    ]);
    expect(split("\\connect db\nCOPY t (a) FROM stdin;\n1;2'\n\\.\nx;")).toEqual(["COPY t (a) FROM stdin", "x"]);
  });

  test("backslashes and hashes mean what MySQL says only there", () => {
    expect(split("a 'x\\'; y' # it's\n; b", { backslashEscapes: true, hashComments: true })).toEqual([
      "a 'x\\'; y' # it's",
      "b",
    ]);
    expect(split("a 'x\\'; b")).toEqual(["a 'x\\'", "b"]);
  });

  test("a string without an end costs its own statement", () => {
    const statements = splitStatements("a 'x;\n\nCREATE TABLE t (id int);");
    expect(statements.map(({ verb, unterminated }) => [verb, unterminated])).toEqual([
      ["A", true],
      ["CREATE", undefined],
    ]);
  });

  test("ten megabytes of data take less than a second", () => {
    const text = "INSERT INTO t VALUES (1, 'it''s; $1', 2);\n".repeat(250_000);
    const started = performance.now();
    expect(splitStatements(text)).toHaveLength(250_000);
    expect(performance.now() - started).toBeLessThan(3000);
  });
});

test("tokens resolve quotes of every engine", () => {
  const text = "`a``b` \"c\"\"d\" [e f] 'g''h' $t$i$t$ 1.5 ::";
  expect(tokensOf(text, 0, text.length).map(({ kind, text }) => [kind, text])).toEqual([
    ["name", "a`b"],
    ["name", 'c"d'],
    ["name", "e f"],
    ["string", "g'h"],
    ["string", "i"],
    ["number", "1.5"],
    ["symbol", "::"],
  ]);
});

describe("PostgreSQL's grammar", () => {
  test("places are UTF-16 offsets", () => {
    const text = "SELECT 'ü€😀', name FROM t";
    const parsed = parsePostgres(text);
    if (parsed.kind !== "tree") throw new Error(parsed.kind);
    const [select] = parsed.nodes;
    const target = select !== undefined && "SelectStmt" in select ? select.SelectStmt.targetList?.[1] : undefined;
    const location = target !== undefined && "ResTarget" in target ? target.ResTarget.location : undefined;
    expect(parsed.offsetOf(location ?? -1)).toBe(text.indexOf("name"));
  });

  test("errors have a place", () => {
    const text = "SELECT '😀' FROM WHERE x";
    expect(parsePostgres(text)).toEqual({
      kind: "error",
      message: 'syntax error at or near "WHERE"',
      offset: text.indexOf("WHERE"),
    });
    expect(parsePostgres("SELECT 'ü' FROM")).toMatchObject({ message: "syntax error at end of input", offset: 15 });
  });

  test("nesting beyond any stack is an error, and the next statement parses", () => {
    expect(parsePostgres(`SELECT ${"(".repeat(100_000)}1${")".repeat(100_000)}`).kind).toBe("error");
    expect(parsePostgres("SELECT 1").kind).toBe("tree");
  });

  test("lone surrogates and zero characters do not matter", () => {
    expect(parsePostgres("SELECT '\ud800' \0, 1").kind).toBe("tree");
  });
});

function condition(text: string): string {
  const parsed = parsePostgres(`SELECT 1 FROM t WHERE ${text}`);
  const select: SqlNode | undefined = parsed.kind === "tree" ? parsed.nodes[0] : undefined;
  return select !== undefined && "SelectStmt" in select ? renderSqlExpression(select.SelectStmt.whereClause) : "?";
}

test.each([
  ["(((deleted_at IS NULL)))", "deleted_at is null"],
  ["t.status = 'a'::text AND (Not x)", "status = 'a' and (not x)"],
  ["LOWER(t.email) = $1", "lower(email) = $1"],
  ["status IN ('a','b')", "status in ('a', 'b')"],
  ["status = ANY (ARRAY['a'::text, 'b'])", "status = any(array['a', 'b'])"],
  ["a OR b AND c", "a or (b and c)"],
  ["a > 1 and (b = 2 or c)", "a > 1 and (b = 2 or c)"],
  ["name NOT LIKE '%x'", "name not like '%x'"],
  ["x BETWEEN 1 AND 2", "x between 1 and 2"],
  ["active = true and n = 0", "active = true and n = 0"],
  ["(data->>'k')::int = 1", "(data ->> 'k')::int4 = 1"],
  ["a + b * 2 > 3", "(a + (b * 2)) > 3"],
])("%s is written %s", (text, expected) => {
  expect(condition(text)).toBe(expected);
});
