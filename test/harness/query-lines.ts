/** The queries of one file held in memory, one line each, as `renderQuery` prints them. */
import { emptyCatalog } from "../../server/src/catalog/lookup.js";
import { extractFacts } from "../../server/src/facts/extract.js";
import { buildFileView } from "../../server/src/project/build-file-view.js";
import { createCallGraph } from "../../server/src/project/call-graph.js";
import { createLinker } from "../../server/src/project/linker.js";
import { queriesOf } from "../../server/src/queries/queries-of.js";
import { renderQuery } from "../../server/src/queries/render-query.js";

const MANIFEST = JSON.stringify({
  dependencies: Object.fromEntries(
    [
      "@prisma/client",
      "typeorm",
      "drizzle-orm",
      "knex",
      "kysely",
      "sequelize",
      "mongoose",
      "mongodb",
      "@mikro-orm/core",
      "@supabase/supabase-js",
      "objection",
      "pg",
      "mysql2",
    ].map((name) => [name, "*"]),
  ),
});

/** @param others Further files by path, for what the text imports. */
export function queryLines(text: string, others: Readonly<Record<string, string>> = {}): readonly string[] {
  const linker = createLinker();
  const graph = createCallGraph();
  linker.setManifests([{ path: "/case/package.json", text: MANIFEST }]);
  const files = { ...others, "main.ts": text };
  for (const [name, content] of Object.entries(files)) {
    linker.setFile(`/case/${name}`, extractFacts(`/case/${name}`, content));
  }
  const path = "/case/main.ts";
  const facts = extractFacts(path, text);
  const calls = linker.link(path);
  graph.setFile(path, facts, calls);
  const view = buildFileView({
    path,
    role: "source",
    signature: "",
    calls,
    entries: [],
    graph,
    reachability: new Map(),
    valueOf: (expr) => linker.valueOf(path, expr),
    options: { smallLoopBound: 10 },
    catalog: () => emptyCatalog,
    tableWriters: () => ({ of: () => [], unknown: [], tableCount: 0 }),
  });
  return view === undefined ? [] : queriesOf(view).map(({ query }) => renderQuery(query));
}
