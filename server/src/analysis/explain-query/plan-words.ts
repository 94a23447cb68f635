/** A planner's answer in the words of an explanation: indexes under the names people know, not those the planner's stand-ins have. */
import type { ExplainedPlan, PlanNode } from "../../../../protocol/src/query-explanation.js";
import { candidateText } from "../../advisor/candidate.js";
import { pathsOf } from "../../advisor/paths.js";
import { candidateName, type PlanTree, type Proof, type ProofRequest } from "../../advisor/proof.js";
import type { Table } from "../../catalog/model.js";
import { indexName } from "./sizes.js";
import type { TableVerdict } from "./table-verdict.js";

export function planFor(
  verdict: TableVerdict,
  request: ProofRequest | undefined,
  proof: Proof | undefined,
): ExplainedPlan {
  if (request === undefined) return { kind: "none", reason: whyNoPlan(verdict) };
  if (proof === undefined) return { kind: "none", reason: "the planner was not asked" };
  if (proof.kind === "unavailable") return { kind: "none", reason: proof.reason };
  const { before, after } = proof;
  if (before.tree === undefined) return { kind: "none", reason: "the planner gave no plan" };
  const names = namesFor(verdict, request);
  const statement = request.query;
  const now = nodeOf(before.tree, names);
  if (verdict.advice === undefined || after.tree === undefined) return { kind: "plans", statement, now };
  return { kind: "plans", statement, now, withIndex: nodeOf(after.tree, names) };
}

const ENGINES: Readonly<Record<string, string>> = {
  mysql: "MySQL's planner cannot be asked",
  sqlite: "SQLite's planner is not asked",
  mongodb: "MongoDB's planner cannot be asked",
  unknown: "the database's engine is not known, so no planner is asked",
};

function whyNoPlan({ access, table }: TableVerdict): string {
  const engine = ENGINES[table.engine];
  if (engine !== undefined) return engine;
  return access === "unclear"
    ? "not enough of the query is known to plan it"
    : "PostgreSQL's planner is not asked about this kind of index";
}

/** What each index of the request is called in the explanation. */
function namesFor({ table, advice }: TableVerdict, request: ProofRequest): ReadonlyMap<string, string> {
  const existing = request.indexes.map((sql, i) => [`${indexName}${i + 1}`, nameOfExisting(table, sql)] as const);
  const wanted = (advice?.candidates ?? []).map(
    (candidate, i) => [`${candidateName}${i + 1}`, `the new index on ${candidateText(candidate)}`] as const,
  );
  return new Map([...existing, ...wanted]);
}

/** The statement holds the columns, and the catalog the name of the index that has them. */
function nameOfExisting(table: Table, sql: string): string {
  const columns = /USING \w+ \((.*?)\)(?: WHERE |$)/.exec(sql)?.[1] ?? "";
  const names = columns.split(", ").map((text) => /^"((?:[^"]|"")*)"/.exec(text)?.[1]?.replaceAll('""', '"'));
  const path = pathsOf(table).find(
    ({ parts }) => parts.length === names.length && parts.every(({ column }, i) => column === names[i]),
  );
  if (path?.constraint === "primary-key") return `the primary key (${names.join(", ")})`;
  return path?.name ?? `the index on (${names.join(", ")})`;
}

function nodeOf(
  { name, relation, index, cost, rows, details, children }: PlanTree,
  names: ReadonlyMap<string, string>,
): PlanNode {
  const target = index === undefined ? relation : (names.get(index) ?? index);
  return {
    name,
    ...(target === undefined ? {} : { target }),
    cost,
    rows,
    details: details.map(withoutNoise),
    children: children.map((child) => nodeOf(child, names)),
  };
}

/** `(user_id = $1)` → `user_id = $1`; casts that PostgreSQL writes for itself are left out. */
function withoutNoise(detail: string): string {
  const [, label = "", text = detail] = /^([a-z ]+: )?(.*)$/s.exec(detail) ?? [];
  const plain = text.replaceAll(/::(?:text|character varying|bpchar)\b(?:\[\])?/g, "");
  const inner = /^\(([^()]*)\)$/.exec(plain)?.[1];
  return `${label}${inner ?? plain}`;
}
