/** *Explain Query*: from the place in the code to SQL, verdicts, what the planner is asked, and the text of the answer. */
import { describe, expect, test } from "vitest";
import { queryPage } from "../client/src/query-page.js";
import { drawPlan } from "../client/src/plan-picture.js";
import type { Plan, Proof } from "../server/src/advisor/proof.js";
import { draftExplanation, linesWithQueries } from "../server/src/analysis/explain-query/draft-explanation.js";
import { queryLenses } from "../server/src/analysis/explain-query/query-lenses.js";
import { layOut } from "../server/src/analysis/explain-query/query-sql.js";
import { analyzeFiles, ROOT } from "./harness/check-case.js";

const SQL = `CREATE TABLE customers (id bigserial PRIMARY KEY, email text NOT NULL UNIQUE);
CREATE TABLE orders (
  id bigserial PRIMARY KEY,
  customer_id bigint NOT NULL REFERENCES customers (id),
  status text NOT NULL,
  created_at timestamptz NOT NULL
);
`;
const CODE = `import express from "express";
import { Pool } from "pg";
const pool = new Pool();
const app = express();
app.get("/orders", async (req, res) => {
  res.json(await pool.query(
    "select * from orders where customer_id = $1 and status = 'open' order by created_at desc limit 20",
    [req.query.id],
  ));
});
app.get("/customers", async (req, res) => {
  res.json(await pool.query("select * from customers where email = $1", [req.query.email]));
});
`;
const FILES = { "migrations/001_init.sql": SQL, "src/app.ts": CODE };

const scan: Plan = {
  cost: 1501,
  nodes: "Seq Scan on orders",
  indexes: [],
  tree: {
    name: "Seq Scan",
    relation: "orders",
    cost: 1501,
    rows: 10,
    details: ["filter: (customer_id = $1)"],
    children: [],
  },
};
const search: Plan = {
  cost: 9,
  nodes: "Index Scan",
  indexes: ["hotpath_candidate_1"],
  tree: { name: "Index Scan", index: "hotpath_candidate_1", cost: 9, rows: 10, details: [], children: [] },
};

function explain(line: number, files: Readonly<Record<string, string>> = FILES, proof?: Proof, path = "src/app.ts") {
  const draft = draftExplanation(analyzeFiles(files).inspect(), `${ROOT}/${path}`, { line: line - 1 });
  if (draft === undefined) throw new Error("there is no query");
  const answers = new Map(
    draft.requests.map(({ key }) => [key, proof ?? { kind: "unavailable", reason: "off" }] as const),
  );
  return { requests: draft.requests, explanation: draft.finish(answers as ReadonlyMap<string, Proof>) };
}

test("SQL of the code is laid out, the missing index named, both plans told", () => {
  const { requests, explanation } = explain(7, FILES, { kind: "plans", before: scan, after: search });
  expect(requests).toHaveLength(1);
  expect(requests[0]).toMatchObject({ detailed: true, rows: 100_000 });
  expect(requests[0]?.indexes[0]).toContain('INDEX "hotpath_index_1" ON "orders"');
  expect(explanation.markdown).toMatchInlineSnapshot(`
    "# orders.query

    At \`src/app.ts:6\`.

    \`\`\`sql
    select *
    from orders
    where customer_id = $1 and status = 'open'
    order by created_at desc
    limit 20
    \`\`\`

    As the code has it, with values put in at run time as \`$1\`, \`$2\`.

    ## orders

    No index serves it; \`orders (customer_id, created_at desc)\` would.  
    Declared at \`migrations/001_init.sql:2\`.  
    Planned for 100,000 rows (assumed).

    The index it lacks:

    \`\`\`sql
    CREATE INDEX ON "orders" ("customer_id", "created_at" DESC);
    \`\`\`

    ### Plan now, cost 1,501

    \`\`\`text
    Seq Scan on orders  (cost 1,501, 10 rows)
      filter: customer_id = $1
    \`\`\`

    ### Plan with the index, cost 9.0

    \`\`\`text
    Index Scan on the new index on orders (customer_id, created_at desc)  (cost 9.0, 10 rows)
    \`\`\`
    "
  `);
});

test("a planner that would not use the index changes the verdict", () => {
  const { explanation } = explain(7, FILES, { kind: "plans", before: scan, after: scan });
  const [table] = explanation.queries[0]?.tables ?? [];
  expect(table).toMatchObject({ access: "unneeded", create: [] });
  expect(table?.verdict).toContain("at this size the planner would not use it");
});

test("served queries are planned as they are; without a planner the reason stands there", () => {
  const { requests, explanation } = explain(12);
  expect(requests[0]).toMatchObject({ candidates: [], query: 'SELECT * FROM "customers" WHERE "email" = $1' });
  expect(explanation.queries[0]?.tables[0]).toMatchObject({
    access: "served",
    plan: { kind: "none", reason: "off" },
  });
});

test("the place: any line of the call, else nothing, and the lines where queries are", () => {
  const inspection = analyzeFiles(FILES).inspect();
  const at = (line: number, character?: number) =>
    draftExplanation(inspection, `${ROOT}/src/app.ts`, {
      line: line - 1,
      ...(character === undefined ? {} : { character }),
    })?.finish(new Map()).title;
  expect([at(6), at(7), at(8), at(12), at(1), at(12, 20)]).toEqual([
    "orders.query",
    "orders.query",
    "orders.query",
    "customers.query",
    undefined,
    "customers.query",
  ]);
  expect(linesWithQueries(inspection, `${ROOT}/src/app.ts`)).toEqual([6, 12]);
  expect(draftExplanation(inspection, `${ROOT}/src/gone.ts`, { line: 0 })).toBeUndefined();
});

describe("what a library's calls amount to", () => {
  const schema = `datasource db {
  provider = "postgresql"
}
model User {
  id    Int    @id
  email String @unique
  posts Post[]
}
model Post {
  id       Int      @id
  authorId Int
  author   User     @relation(fields: [authorId], references: [id])
  title    String
  draft    Boolean?
  at       DateTime
}
`;
  const sqlOf = (call: string): readonly string[] => {
    const code = `import { PrismaClient } from "@prisma/client";
const prisma = new PrismaClient();
export async function load(id: number, titles: string[], flag: boolean) {
  return ${call};
}
`;
    return explain(
      4,
      { "prisma/schema.prisma": schema, "src/load.ts": code },
      undefined,
      "src/load.ts",
    ).explanation.queries.map(({ sql }) => sql);
  };
  test.each([
    [
      "prisma.post.findMany({ where: { authorId: id, title: { in: titles } }, orderBy: { at: 'desc' }, take: 10 })",
      ['SELECT *\nFROM "Post"\nWHERE "authorId" = $1\n  AND title IN ($2, …)\nORDER BY at DESC\nLIMIT 10'],
    ],
    [
      "prisma.post.findMany({ where: { OR: [{ title: 'a' }, { draft: null }], ...(flag ? { authorId: id } : {}) } })",
      [
        'SELECT *\nFROM "Post"\nWHERE (title = \'a\' OR draft IS NULL)\n  AND "authorId" = $1 -- only under a condition of the code',
      ],
    ],
    [
      "prisma.user.findMany({ where: { posts: { some: { title: { contains: titles[0] } } } } })",
      [
        'SELECT *\nFROM "User"\nWHERE EXISTS (SELECT 1 FROM "Post" WHERE "Post"."authorId" = "User".id AND "Post".title LIKE $1 /* %… */)',
      ],
    ],
    [
      "prisma.user.findUnique({ where: { id }, include: { posts: true } })",
      ['SELECT *\nFROM "User"\nWHERE id = $1', 'SELECT *\nFROM "Post"\nWHERE "authorId" IN ($1, …)'],
    ],
    ["prisma.post.deleteMany({ where: { authorId: id } })", ['DELETE FROM "Post"\nWHERE "authorId" = $1']],
  ])("%s", (call, expected) => {
    expect(sqlOf(call)).toEqual(expected);
  });
});

test("statements are broken before clauses, not inside strings, comments and brackets", () => {
  expect(
    layOut("select a,  (select max(b) from t where c = 1) from x -- from here\n where y = 'a from b' limit 1;"),
  ).toBe("select a, (select max(b) from t where c = 1)\nfrom x -- from here\nwhere y = 'a from b'\nlimit 1");
});

describe("lines above queries", () => {
  const lenses = (scope: "missing" | "all", noPlanner?: string) =>
    queryLenses(
      analyzeFiles(FILES, noPlanner === undefined ? {} : { noPlanner }).inspect(),
      `${ROOT}/src/app.ts`,
      scope,
    ).map(({ at, title }) => `${at.line} ${title}`);

  test("only where an index is missing and the planner has spoken, or cannot", () => {
    expect(lenses("missing")).toEqual([]);
    expect(lenses("missing", "it is switched off")).toEqual([
      "6 no index: orders (customer_id, created_at desc) would serve it",
    ]);
  });
  test("everywhere, when that is wanted", () => {
    expect(lenses("all", "off")).toEqual([
      "6 no index: orders (customer_id, created_at desc) would serve it",
      "12 served by the index on customers (email)",
    ]);
  });
});

describe("the page", () => {
  const { explanation } = explain(7, FILES, { kind: "plans", before: scan, after: search });

  test("runs nothing, allows its own style alone, and escapes what code says", () => {
    const evil = { ...explanation, title: `<img src=x onerror="alert(1)">` };
    const html = queryPage(evil, "n0nce");
    expect(html).toContain(`content="default-src 'none'; style-src 'nonce-n0nce'"`);
    expect(html).not.toMatch(/<script|<img|\son\w+="(?!alert)|\sstyle="/);
    expect(html).toContain("&lt;img src=x onerror=&quot;alert(1)&quot;&gt;");
  });
  test("every step can be reached by key and says what the picture shows", () => {
    const html = queryPage(explanation, "n");
    expect(html.match(/class="step" tabindex="0" role="img"/g)).toHaveLength(2);
    expect(html).toContain(
      'aria-label="Step 1 of 1: Seq Scan on orders; cost 1,501, 100 % of it here; gives 10 rows; filter: customer_id = $1"',
    );
    expect(html).toContain("the new index on orders (customer_id, created_at desc)");
  });
});

test("children stand side by side under the middle of their parent", () => {
  const leaf = { name: "Seq Scan", cost: 1, rows: 1, details: [], children: [] };
  const svg = drawPlan({ name: "Hash Join", cost: 5, rows: 2, details: [], children: [leaf, leaf] }, "Plan");
  const xs = [...svg.matchAll(/<rect class="box" x="(\d+)"/g)].map(([, x]) => Number(x));
  expect(xs).toHaveLength(3);
  expect(xs[0]).toBe(((xs[1] ?? 0) + (xs[2] ?? 0)) / 2);
  expect((xs[2] ?? 0) - (xs[1] ?? 0)).toBeGreaterThan(264);
});
