/** What is said of the queries at a place, in two steps: everything but the plans, with what a planner is to be asked; then the whole. */
import type {
  ExplainedPlace,
  ExplainedQuery,
  ExplainedTable,
  QueryExplanation,
} from "../../../../protocol/src/query-explanation.js";
import { bindQuery, type BoundQuery } from "../../advisor/bind.js";
import { candidateSql } from "../../advisor/candidate.js";
import { confirms, type Proof, type ProofRequest } from "../../advisor/proof.js";
import { standInName } from "../../advisor/proof-request.js";
import type { FilePath, Location } from "../../project/model.js";
import { type FileQuery, queriesOf } from "../../queries/queries-of.js";
import type { Inspection } from "../inspection.js";
import { toRange } from "../positions.js";
import { explanationMarkdown } from "./explanation-markdown.js";
import { planFor } from "./plan-words.js";
import { queriesAt, type QueryPlace } from "./queries-at.js";
import { layOut, planStatement, writeSql } from "./query-sql.js";
import { planRequest, sizeOf } from "./sizes.js";
import { type TableVerdict, verdictsOf } from "./table-verdict.js";

export interface ExplanationDraft {
  /** What the planner is to be asked, each once. */
  readonly requests: readonly ProofRequest[];
  /** @param answers By key of the request. */
  readonly finish: (answers: ReadonlyMap<string, Proof>) => QueryExplanation;
}

interface DraftedTable {
  readonly bound: BoundQuery;
  readonly verdict: TableVerdict;
  readonly request: ProofRequest | undefined;
}

/** Undefined where there is no query. */
export function draftExplanation(
  inspection: Inspection,
  path: FilePath,
  place: QueryPlace,
): ExplanationDraft | undefined {
  const view = inspection.viewOf(path);
  const found = view === undefined ? [] : queriesAt(view, place);
  const [first] = found;
  if (first === undefined) return undefined;
  const drafts = found.map((one) => ({ one, tables: draftTables(inspection, path, one) }));
  const requests = new Map(
    drafts.flatMap(({ tables }) =>
      tables.flatMap(({ request }) => (request === undefined ? [] : [[request.key, request]])),
    ),
  );
  return {
    requests: [...requests.values()],
    finish: (answers) => {
      const queries = drafts.map(({ one, tables }) => explainQuery(inspection, one, tables, answers));
      const { query } = first;
      const whole = {
        title: `${query.tables[0]?.name ?? query.dialect}.${query.method}`,
        place: placeOf(inspection, { file: path, span: query.span }),
        queries,
      };
      return { ...whole, markdown: explanationMarkdown(whole) };
    },
  };
}

/** All lines of a file on which queries begin, 1-based: for somebody who asked where there is none. */
export function linesWithQueries(inspection: Inspection, path: FilePath): readonly number[] {
  const view = inspection.viewOf(path);
  if (view === undefined) return [];
  const lines = queriesOf(view).map(({ query }) => toRange(view.facts, query.span).start.line);
  return [...new Set(lines)].sort((a, b) => a - b);
}

function draftTables(inspection: Inspection, path: FilePath, { query }: FileQuery): readonly DraftedTable[] {
  const { schema } = inspection;
  const bound = bindQuery(inspection.catalog, query, path);
  const statement = planStatement(bound, standInName);
  return verdictsOf(bound, schema, path).map((verdict) => {
    const isKnown = verdict.access !== "unclear";
    const own = verdict.index === 0 ? statement : undefined;
    const request = isKnown ? planRequest(bound, verdict.asked, verdict.advice, own, schema) : undefined;
    return { bound, verdict, request };
  });
}

function explainQuery(
  inspection: Inspection,
  { query, site }: FileQuery,
  tables: readonly DraftedTable[],
  answers: ReadonlyMap<string, Proof>,
): ExplainedQuery {
  const bound = tables[0]?.bound ?? bindQuery(inspection.catalog, query, "");
  const unknown = query.tables.flatMap((asked, index): ExplainedTable[] => {
    if (bound.tables[index] !== undefined) return [];
    const verdict = "the schema Hotpath knows has no such table";
    return [{ name: asked.name, access: "unclear", verdict, create: [], plan: { kind: "none", reason: verdict } }];
  });
  const known = tables.map((one) => explainTable(inspection, one, answers));
  return {
    sql: query.sql === undefined ? writeSql(bound) : layOut(query.sql),
    sqlNote:
      query.sql === undefined
        ? `What \`${site.operation?.dialect ?? query.dialect}\`'s \`${query.method}\` amounts to; the library may spell it differently`
        : "As the code has it, with values put in at run time as `$1`, `$2`",
    unknown: query.unknown,
    tables: [...known, ...unknown],
  };
}

function explainTable(
  inspection: Inspection,
  { verdict, request }: DraftedTable,
  answers: ReadonlyMap<string, Proof>,
): ExplainedTable {
  const { table, advice } = verdict;
  const proof = request === undefined ? undefined : answers.get(request.key);
  const isRefuted = advice !== undefined && proof?.kind === "plans" && !confirms(proof);
  const access = isRefuted ? "unneeded" : verdict.access;
  const { rows, from } = sizeOf(inspection.schema, table);
  const isPlanned = proof?.kind === "plans";
  return {
    name: table.name,
    declared: placeOf(inspection, table.location),
    ...(isPlanned ? { rows, rowsFrom: from } : {}),
    access,
    verdict:
      isRefuted && verdict.access !== "unneeded"
        ? `${verdict.text}; at this size the planner would not use it`
        : verdict.text,
    create: access === "missing" ? (advice?.candidates ?? []).map((candidate) => `${candidateSql(candidate)};`) : [],
    plan: planFor(verdict, request, proof),
  };
}

/** A place as a person names it: relative to the folder that is open. */
export function placeOf({ roots, factsOf }: Inspection, { file, span }: Location): ExplainedPlace {
  const { line, column } = toRange(factsOf(file), span).start;
  const root = roots.find((one) => file.startsWith(`${one}/`));
  const name = root === undefined ? file : file.slice(root.length + 1);
  return { file, line, column, label: `${name}:${line}` };
}
