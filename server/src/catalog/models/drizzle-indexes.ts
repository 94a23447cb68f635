/** What the last argument of a Drizzle table adds: indexes, unique constraints, composite keys. */
import type { ExprId } from "../../facts/model.js";
import { parsePostgres } from "../../syntax/postgres.js";
import { renderSqlExpression } from "../../syntax/sql-expression.js";
import {
  chainOf,
  elementsOf,
  exprOf,
  placeOf,
  propOf,
  resolved,
  returned,
  sqlText,
  stepOf,
  stringAt,
  type CallChain,
  type FactReader,
} from "../fact-reader.js";
import type { ForeignKey, Index, IndexPart, Key, ReferentialAction } from "../model.js";
import { methodOf } from "../postgres-changes.js";
import { columnRef } from "./drizzle-columns.js";
import { UNKNOWN_CONDITION } from "../lookup.js";

export interface Extras {
  primaryKey?: Key;
  readonly uniques: Key[];
  readonly indexes: Index[];
  readonly foreignKeys: ForeignKey[];
  incomplete?: string;
}

export function readExtras(
  reader: FactReader,
  id: ExprId | undefined,
  fields: Readonly<Record<string, string>>,
): Extras {
  const extras: Extras = { uniques: [], indexes: [], foreignKeys: [] };
  if (id === undefined) return extras;
  const body = returned(reader, id) ?? (exprOf(reader, id, "function") === undefined ? id : undefined);
  const object = exprOf(reader, body, "object");
  const array = exprOf(reader, body, "array");
  const entries = object?.props.map(({ value }) => value) ?? array?.elements ?? [];
  if (object === undefined && array === undefined)
    extras.incomplete = "its indexes are made by code that cannot be read";
  for (const entry of entries) readExtra(reader, entry, fields, extras);
  return extras;
}

function readExtra(reader: FactReader, id: ExprId, fields: Readonly<Record<string, string>>, into: Extras): void {
  const spread = reader.facts.exprs[id];
  const chain = chainOf(reader, spread?.kind === "spread" ? spread.value : resolved(reader, id));
  const location = placeOf(reader, id);
  const name = stringAt(reader, chain?.args[0]) ?? stringAt(reader, propOf(reader, chain?.args[0], "name"));
  const named = name === undefined ? {} : { name };
  switch (chain?.name) {
    case "index":
    case "uniqueIndex":
      into.indexes.push({
        ...named,
        ...indexOf(reader, chain, fields),
        unique: chain.name === "uniqueIndex",
        location,
        sources: ["drizzle"],
      });
      return;
    case "unique":
      into.uniques.push({
        ...named,
        columns: columnsOf(reader, stepOf(chain, "on")?.args ?? [], fields),
        location,
        source: "drizzle",
      });
      return;
    case "primaryKey": {
      const listed = elementsOf(reader, propOf(reader, chain.args[0], "columns"));
      into.primaryKey = {
        ...named,
        columns: columnsOf(reader, listed.length > 0 ? listed : chain.args, fields),
        location,
        source: "drizzle",
      };
      return;
    }
    case "foreignKey": {
      const key = foreignKeyOf(reader, chain, fields);
      if (key !== undefined) into.foreignKeys.push({ ...named, ...key, location });
      return;
    }
    case "check":
    case "pgPolicy":
      return;
    default:
      // Policies and checks made by helpers are no indexes.
      if (/polic|check|rls/i.test(chain?.name ?? "")) return;
      into.incomplete = "some of its indexes are made by code that cannot be read";
  }
}

function indexOf(
  reader: FactReader,
  chain: CallChain,
  fields: Readonly<Record<string, string>>,
): Pick<Index, "parts" | "method" | "where" | "concurrently"> {
  const using = stepOf(chain, "using");
  const on = stepOf(chain, "on") ?? stepOf(chain, "onOnly");
  const columns = on?.args ?? using?.args.slice(1) ?? [];
  const method = on === undefined || using === undefined ? stringAt(reader, using?.args[0]) : undefined;
  const where = sqlText(reader, stepOf(chain, "where")?.args[0], (hole) => fieldColumn(reader, hole, fields) ?? "?");
  return {
    parts: columns.map((column) => partOf(reader, column, fields)),
    method: methodOf(method),
    ...(stepOf(chain, "where") === undefined
      ? {}
      : { where: where === undefined ? UNKNOWN_CONDITION : normalised(where) }),
    ...(stepOf(chain, "concurrently") === undefined ? {} : { concurrently: true as const }),
  };
}

function partOf(reader: FactReader, id: ExprId, fields: Readonly<Record<string, string>>): IndexPart {
  const plain = fieldColumn(reader, id, fields);
  if (plain !== undefined) return { column: plain };
  const chain = chainOf(reader, id);
  const column = chain === undefined ? undefined : fieldColumn(reader, chain.receiver, fields);
  if (chain !== undefined && column !== undefined) {
    const steps = [chain, ...chain.steps];
    const operatorClass = stringAt(reader, steps.find(({ name }) => name === "op")?.args[0]);
    const has = (name: string): boolean => steps.some((step) => step.name === name);
    return {
      column,
      ...(has("desc") ? { descending: true as const } : {}),
      ...(has("nullsFirst") ? { nulls: "first" as const } : has("nullsLast") ? { nulls: "last" as const } : {}),
      ...(operatorClass === undefined ? {} : { operatorClass }),
    };
  }
  const text = sqlText(reader, id, (hole) => fieldColumn(reader, hole, fields) ?? "?");
  return { expression: text === undefined ? "an expression" : normalised(text) };
}

function columnsOf(
  reader: FactReader,
  ids: readonly ExprId[],
  fields: Readonly<Record<string, string>>,
): readonly string[] {
  return ids.flatMap((id) => fieldColumn(reader, id, fields) ?? []);
}

/** Column of `table.userId`, or of `userId` taken out of the parameter. */
function fieldColumn(reader: FactReader, id: ExprId, fields: Readonly<Record<string, string>>): string | undefined {
  const expr = reader.facts.exprs[id];
  if (expr?.kind === "member") return Object.hasOwn(fields, expr.name) ? fields[expr.name] : expr.name;
  const binding = expr?.kind === "ref" ? reader.facts.bindings[expr.binding] : undefined;
  const field = binding?.path?.at(-1);
  return field === undefined ? undefined : (fields[field] ?? field);
}

function foreignKeyOf(
  reader: FactReader,
  chain: CallChain,
  fields: Readonly<Record<string, string>>,
): Omit<ForeignKey, "location"> | undefined {
  const foreign = elementsOf(reader, propOf(reader, chain.args[0], "foreignColumns")).map((id) =>
    columnRef(reader, id),
  );
  const [first] = foreign;
  if (first === undefined) return undefined;
  const onDelete = stringAt(reader, stepOf(chain, "onDelete")?.args[0]);
  return {
    columns: columnsOf(reader, elementsOf(reader, propOf(reader, chain.args[0], "columns")), fields),
    references: { table: first.table, columns: foreign.flatMap((one) => one?.field ?? []) },
    ...(onDelete === undefined ? {} : { onDelete: onDelete as ReferentialAction }),
    enforced: true,
    sources: ["drizzle"],
  };
}

/** An expression or condition in the words of `renderSqlExpression`, where it can be parsed. */
function normalised(text: string): string {
  const parsed = parsePostgres(`SELECT ${text}`);
  const node = parsed.kind === "tree" ? parsed.nodes[0] : undefined;
  const target = node !== undefined && "SelectStmt" in node ? node.SelectStmt.targetList?.[0] : undefined;
  return target !== undefined && "ResTarget" in target ? renderSqlExpression(target.ResTarget.val) : text.trim();
}
