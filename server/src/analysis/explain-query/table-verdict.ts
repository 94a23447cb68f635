/** How a query finds the rows of each of its tables: by which index, by none though one would help, or by reading them all. Shared by hover, lenses and pages. */
import type { TableAccess } from "../../../../protocol/src/query-explanation.js";
import { type Advice, advise } from "../../advisor/advise.js";
import type { BoundQuery } from "../../advisor/bind.js";
import { type Candidate, candidateText } from "../../advisor/candidate.js";
import { isLoad, withDerived } from "../../advisor/derived.js";
import { pathsOf } from "../../advisor/paths.js";
import { confirms, type Proof } from "../../advisor/proof.js";
import { bestService, servingPath } from "../../advisor/served.js";
import { type TableNeeds, tableNeeds } from "../../advisor/table-needs.js";
import type { Index, Table } from "../../catalog/model.js";
import type { FilePath } from "../../project/model.js";
import type { SchemaView } from "../../rules/define-rule.js";
import { proofFor } from "./sizes.js";

export interface TableVerdict {
  /** Index into the query's tables. */
  readonly index: number;
  readonly table: Table;
  readonly access: TableAccess;
  /** What follows the query's name: `served by …`, `no index serves it; … would`. */
  readonly text: string;
  /** What the query asks of the table. */
  readonly asked: TableNeeds;
  readonly advice?: Advice;
  /** The planner's word on the advice, when it is known. */
  readonly proof?: Proof;
}

/**
 * One for each table the catalog knows, in the query's order.
 *
 * @param file Where the query stands: an index that was chosen for the whole workspace goes before the one that would serve this query alone.
 */
export function verdictsOf(bound: BoundQuery, schema: SchemaView, file: FilePath): readonly TableVerdict[] {
  const advice = advise(bound, { rowsOf: (table) => schema.statisticsOf(table)?.rows });
  const asked = tableNeeds(bound);
  // Joins are judged as they will be: what is advised is taken to be there.
  const derived = withDerived(bound, asked, new Set(advice.map(({ index }) => index)));
  return derived.map((one) => {
    const own = advice.filter(({ index }) => index === one.index).map((each) => chosen(each, bound, schema, file))[0];
    return own === undefined
      ? { ...known(one), ...verdictWithout(bound, one) }
      : adviceVerdict(bound, one, own, schema);
  });
}

/** The advice with the index the workspace would make. */
function chosen(advice: Advice, { query }: BoundQuery, schema: SchemaView, file: FilePath): Advice {
  const lacked = schema.lackedIn(file).find(({ demand }) => {
    const { index, table } = demand.advice;
    return demand.at.span.start === query.span.start && index === advice.index && table.id === advice.table.id;
  });
  return lacked === undefined ? advice : { ...advice, candidates: lacked.candidates };
}

function known(asked: TableNeeds): Pick<TableVerdict, "index" | "table" | "asked"> {
  return { index: asked.index, table: asked.table, asked };
}

function adviceVerdict(bound: BoundQuery, asked: TableNeeds, advice: Advice, schema: SchemaView): TableVerdict {
  const proof = proofFor(advice, bound.query, schema);
  const base = { ...known(asked), advice, ...(proof === undefined ? {} : { proof }) };
  const names = advice.candidates.map((candidate) => `\`${candidateText(candidate)}\``).join(" and ");
  if (proof?.kind === "plans" && !confirms(proof))
    return { ...base, access: "unneeded", text: `an index on ${names} would not help at this size` };
  return { ...base, access: "missing", text: `no index serves it; ${names} would` };
}

function verdictWithout(bound: BoundQuery, asked: TableNeeds): Pick<TableVerdict, "access" | "text"> {
  const { table, needs, choices, open } = asked;
  const path = servingPath(pathsOf(table), needs);
  const service = bestService(pathsOf(table), needs);
  if (path !== undefined && service !== "weak")
    return { access: "served", text: `served by ${indexText(table, path)}` };
  const serving = choices.flatMap((choice) => choice.map((branch) => servingPath(pathsOf(table), branch)));
  const [first] = serving;
  if (first !== undefined && serving.every((one) => one !== undefined))
    return { access: "served", text: `each alternative is served, the first by ${indexText(table, first)}` };
  if (open) return { access: "unclear", text: notUnderstood(bound) };
  if (needs.length === 0 && choices.length === 0) return { access: "whole", text: wholeText(bound, asked.index) };
  if (table.incomplete !== undefined)
    return { access: "unclear", text: `its indexes are not all known: ${table.incomplete}` };
  return { access: "whole", text: `no index narrows it enough: ${reasonFor(asked)}` };
}

function notUnderstood({ query }: BoundQuery): string {
  return query.unknown.length === 0
    ? "not all of it was understood"
    : `not all of it was understood (${query.unknown.join(", ")})`;
}

function wholeText(bound: BoundQuery, index: number): string {
  if (index !== 0 && !isLoad(bound)) return "nothing narrows its rows";
  return bound.query.limit === undefined || bound.query.aggregate === true
    ? "it reads all rows"
    : "it reads the first rows of the whole table";
}

function reasonFor({ needs, choices }: TableNeeds): string {
  const columns = [...new Set([...needs, ...choices.flat(2)].map(({ column }) => `\`${column.name}\``))];
  return `${columns.join(", ")} ${columns.length === 1 ? "leaves" : "leave"} a good part of the table, as far as the code shows`;
}

/** `the primary key (id) of orders`, as Markdown. */
export function indexText(table: Table, { name, constraint, parts }: Index): string {
  const columns = parts.map((part) => part.column ?? part.expression ?? "").join(", ");
  const unnamed = constraint === "unique" ? "a unique key" : "an index";
  const what = constraint === "primary-key" ? "the primary key" : name === undefined ? unnamed : `\`${name}\``;
  return `${what} (\`${columns}\`) of \`${table.name}\``;
}

/** Indexes that would serve all tables of a query. */
export function missingOf(verdicts: readonly TableVerdict[]): readonly Candidate[] {
  return verdicts.flatMap(({ access, advice }) => (access === "missing" ? (advice?.candidates ?? []) : []));
}
