/** A limit for a read of many rows. */
import type { Span } from "../../base/span.js";
import { ts } from "../../syntax/typescript.js";
import type { Fix, FixSources, TextEdit } from "../fix.js";
import { addProperty } from "../load/keyed-read.js";
import { nodeAt } from "../nodes.js";
import { limitSql } from "./limit-sql.js";
import { sizeInOffset, sizeInSight } from "./page-size.js";

export interface ListToLimit {
  readonly path: string;
  readonly dialect: string;
  readonly method: string;
  /** The call that names the operation. */
  readonly call: Span;
  /** Rows of a page where nothing in the code says; undefined: only a limit that the code's own offset tells. */
  readonly otherwise: number | undefined;
}

/** Where each library's limit stands: a property of the options, or a step of the chain. */
const OPTIONS: Readonly<Record<string, string>> = {
  prisma: "take",
  typeorm: "take",
  "mikro-orm": "limit",
  sequelize: "limit",
};
const STEPS: ReadonlySet<string> = new Set(["knex", "drizzle", "kysely", "mongoose"]);
const READS = /^(findMany|find|findAll|select|selectAll|findBy)$/;

export function limitList(sources: FixSources, list: ListToLimit): readonly Fix[] {
  const tree = sources.treeOf(list.path);
  const call = tree === undefined ? undefined : nodeAt(tree, list.call, ts.isCallExpression);
  // `db.query.users.findMany` takes options where Drizzle's other reads are chains.
  const property = list.dialect === "drizzle" && list.method === "findMany" ? "limit" : OPTIONS[list.dialect];
  const built =
    call === undefined
      ? undefined
      : property === undefined
        ? limitedChain(call, list)
        : limitedOptions(call, property, list);
  const limited = built === undefined ? limitSql(sources, list) : { ...built, edits: [built.edit] };
  if (limited === undefined) return [];
  const { size, edits, own } = limited;
  return [
    {
      id: "limit-list",
      title: own ? `Read no more than a page: \`${size}\` rows` : `Read at most ${size} rows`,
      safety: "review",
      edits: [{ path: list.path, edits }],
      note: own
        ? "Callers get one page where they got all rows, or all that remained."
        : "Rows beyond it are no longer given: whoever needs them must ask for the next page.",
    },
  ];
}

interface Limited {
  readonly edit: TextEdit;
  readonly size: string;
  /** The code names the size itself. */
  readonly own: boolean;
}

function limitedOptions(
  call: ts.CallExpression,
  property: string,
  { method, otherwise }: ListToLimit,
): Limited | undefined {
  if (!READS.test(method) || method === "findBy") return undefined;
  const position = method === "find" && property === "limit" ? 1 : 0;
  const options = call.arguments[position];
  const inSight = otherwise === undefined ? undefined : sizeInSight(call);
  if (options === undefined) {
    if (otherwise === undefined || call.arguments.length < position) return undefined;
    const comma = position === 0 ? "" : ", ";
    const rows = inSight ?? String(otherwise);
    const text = property === rows ? property : `${property}: ${rows}`;
    return { edit: insert(call.end - 1, `${comma}{ ${text} }`), size: rows, own: inSight !== undefined };
  }
  if (!ts.isObjectLiteralExpression(options) || options.properties.some(ts.isSpreadAssignment)) return undefined;
  const skip = options.properties.find((one) => /^(skip|offset)$/.test(one.name?.getText() ?? ""));
  const size =
    skip === undefined ? inSight : sizeInOffset(ts.isPropertyAssignment(skip) ? skip.initializer : undefined);
  const chosen = size ?? otherwise?.toString();
  if (chosen === undefined) return undefined;
  return {
    edit: addProperty(options, property === chosen ? property : `${property}: ${chosen}`),
    size: chosen,
    own: size !== undefined,
  };
}

function limitedChain(call: ts.CallExpression, { dialect, otherwise }: ListToLimit): Limited | undefined {
  if (!STEPS.has(dialect)) return undefined;
  const skip = steps(call).find((one) => /^(offset|skip)$/.test(nameOf(one)));
  const size =
    skip !== undefined ? sizeInOffset(skip.arguments[0]) : otherwise === undefined ? undefined : sizeInSight(call);
  const chosen = size ?? otherwise?.toString();
  // Kysely's chain ends with the call that runs it; what is asked for must stand before it.
  const end = steps(call).find((one) => /^(execute|exec|toArray|lean)$/.test(nameOf(one)));
  const before = end === undefined ? call : (end.expression as ts.PropertyAccessExpression).expression;
  if (chosen === undefined) return undefined;
  const gap = end === undefined ? lineGap(call) : lineGap(end);
  return { edit: insert(before.end, `${gap}.limit(${chosen})`), size: chosen, own: size !== undefined };
}

/** The calls of a chain, the last first. */
function steps(call: ts.CallExpression): ts.CallExpression[] {
  const found: ts.CallExpression[] = [];
  for (let at: ts.Expression = call; ;) {
    if (ts.isCallExpression(at)) found.push(at);
    if (!ts.isCallExpression(at) && !ts.isPropertyAccessExpression(at)) return found;
    at = at.expression;
  }
}

function nameOf({ expression }: ts.CallExpression): string {
  return ts.isPropertyAccessExpression(expression) ? expression.name.text : "";
}

/** Chains written one step a line stay so. */
function lineGap({ expression }: ts.CallExpression): string {
  if (!ts.isPropertyAccessExpression(expression)) return "";
  const between = expression.getSourceFile().text.slice(expression.expression.end, expression.name.getStart());
  return /\r?\n[ \t]*/.exec(between)?.[0] ?? "";
}

function insert(at: number, newText: string): TextEdit {
  return { start: at, end: at, newText };
}
