/** Names the columns a query is to read, where it reads them all. */
import type { Span } from "../../base/span.js";
import { ts } from "../../syntax/typescript.js";
import type { Fix, FixSources, TextEdit } from "../fix.js";
import { addProperty } from "../load/keyed-read.js";
import { nodeAt } from "../nodes.js";
import { styleOf } from "../style.js";

export interface ColumnsToSelect {
  readonly path: string;
  readonly dialect: string;
  readonly method: string;
  /** The call that names the operation. */
  readonly call: Span;
  /** Properties of the rows that the code reads, as the code names them. */
  readonly names: readonly string[];
}

/** The option that names columns, how it is written, and which argument holds it. */
const OPTIONS: Readonly<
  Record<string, { readonly name: string; readonly form: "object" | "list"; readonly at: number }>
> = {
  prisma: { name: "select", form: "object", at: 0 },
  drizzle: { name: "columns", form: "object", at: 0 },
  typeorm: { name: "select", form: "object", at: 0 },
  sequelize: { name: "attributes", form: "list", at: 0 },
  "mikro-orm": { name: "fields", form: "list", at: 2 },
};
/** Options beside which columns cannot be named, or mean something else. */
const EXCLUDES = /^(select|include|omit|attributes|fields|exclude|columns|relations|populate|with|extras|group|raw)$/;

export function selectColumns(sources: FixSources, wanted: ColumnsToSelect): readonly Fix[] {
  const tree = sources.treeOf(wanted.path);
  const call = tree === undefined ? undefined : nodeAt(tree, wanted.call, ts.isCallExpression);
  if (tree === undefined || call === undefined || wanted.names.length === 0) return [];
  if (!wanted.names.every((name) => /^[A-Za-z_$][\w$]*$/.test(name))) return [];
  const quote = styleOf(tree).quote;
  const edit = inOptions(call, wanted, quote) ?? inChain(call, wanted, quote);
  if (edit === undefined) return [];
  return [
    {
      id: "select-columns",
      title: `Read only ${wanted.names.map((name) => `\`${name}\``).join(", ")}`,
      safety: "review",
      edits: [{ path: wanted.path, edits: [edit] }],
      note: "Every use of the rows in this file gets along with these; code that uses more of them later must name it here.",
    },
  ];
}

function inOptions(
  call: ts.CallExpression,
  { dialect, method, names }: ColumnsToSelect,
  quote: string,
): TextEdit | undefined {
  const option = Object.hasOwn(OPTIONS, dialect) ? OPTIONS[dialect] : undefined;
  if (option === undefined || !/^find(All|Many)?$/.test(method)) return undefined;
  const value =
    option.form === "object"
      ? `{ ${names.map((name) => `${name}: true`).join(", ")} }`
      : `[${names.map((name) => `${quote}${name}${quote}`).join(", ")}]`;
  const options = call.arguments[option.at];
  if (options === undefined) {
    if (call.arguments.length !== option.at) return undefined;
    const comma = option.at === 0 ? "" : ", ";
    return { start: call.end - 1, end: call.end - 1, newText: `${comma}{ ${option.name}: ${value} }` };
  }
  if (!ts.isObjectLiteralExpression(options)) return undefined;
  if (options.properties.some((one) => ts.isSpreadAssignment(one) || EXCLUDES.test(one.name.getText())))
    return undefined;
  return addProperty(options, `${option.name}: ${value}`);
}

/** Mongoose names columns in a step of the chain. */
function inChain(
  call: ts.CallExpression,
  { dialect, method, names }: ColumnsToSelect,
  quote: string,
): TextEdit | undefined {
  if (dialect !== "mongoose" || method !== "find") return undefined;
  return { start: call.end, end: call.end, newText: `.select(${quote}${names.join(" ")}${quote})` };
}
