/** Columns of Drizzle tables, with the keys and references written on them. */
import type { ExprId } from "../../facts/model.js";
import {
  chainOf,
  elementsOf,
  exprOf,
  nameAt,
  placeOf,
  propOf,
  resolved,
  returned,
  stepOf,
  stringAt,
  type CallChain,
  type FactReader,
} from "../fact-reader.js";
import type { Column, ForeignKey, Key, ReferentialAction } from "../model.js";

export interface ReadColumns {
  readonly columns: readonly Column[];
  readonly primaryKey: Key | undefined;
  readonly uniques: readonly Key[];
  readonly foreignKeys: readonly ForeignKey[];
  readonly fields: Readonly<Record<string, string>>;
  readonly spreads: readonly string[];
}

export function readColumns(reader: FactReader, id: ExprId | undefined): ReadColumns {
  const columns: Column[] = [];
  const uniques: Key[] = [];
  const foreignKeys: ForeignKey[] = [];
  const fields: Record<string, string> = {};
  const spreads: string[] = [];
  let primaryKey: Key | undefined;
  for (const prop of exprOf(reader, id, "object")?.props ?? []) {
    if (prop.kind === "spread") {
      const call = exprOf(reader, prop.value, "call");
      spreads.push((call === undefined ? nameAt(reader, prop.value) : nameAt(reader, call.callee)) ?? "");
      continue;
    }
    const chain = chainOf(reader, resolved(reader, prop.value));
    if (prop.name === undefined || chain === undefined) continue;
    const name = stringAt(reader, chain.args[0]) ?? prop.name;
    const location = placeOf(reader, prop.value);
    const key: Key = { columns: [name], location, source: "drizzle" };
    fields[prop.name] = name;
    columns.push(columnOf(reader, chain, name));
    if (stepOf(chain, "primaryKey") !== undefined) primaryKey = key;
    if (stepOf(chain, "unique") !== undefined) uniques.push(key);
    foreignKeys.push(...referenceOf(reader, chain, name));
  }
  return { columns, primaryKey, uniques, foreignKeys, fields, spreads: spreads.filter((one) => one !== "") };
}

function columnOf(reader: FactReader, chain: CallChain, name: string): Column {
  const options = chain.args.find((arg) => exprOf(reader, arg, "object") !== undefined);
  const length = exprOf(reader, propOf(reader, options, "length"), "literal")?.value;
  const base = chain.name.replace(/([a-z])([A-Z])/g, "$1 $2").toLowerCase();
  const type = `${base}${typeof length === "number" ? `(${length})` : ""}${stepOf(chain, "array") === undefined ? "" : "[]"}`;
  const values = elementsOf(reader, propOf(reader, options, "enum")).flatMap((one) => stringAt(reader, one) ?? []);
  const isKey = stepOf(chain, "primaryKey") !== undefined || stepOf(chain, "notNull") !== undefined;
  return {
    name,
    type,
    nullable: !isKey,
    ...(values.length === 0 ? {} : { values }),
    location: placeOf(reader, chain.expr),
  };
}

function referenceOf(reader: FactReader, chain: CallChain, column: string): readonly ForeignKey[] {
  const step = stepOf(chain, "references");
  const target = columnRef(reader, returned(reader, step?.args[0]));
  if (step === undefined || target === undefined) return [];
  return [
    {
      columns: [column],
      references: { table: target.table, columns: [target.field] },
      ...actionsOf(reader, step.args[1]),
      enforced: true,
      location: placeOf(reader, chain.expr),
      sources: ["drizzle"],
    },
  ];
}

function actionsOf(
  reader: FactReader,
  options: ExprId | undefined,
): { readonly onDelete?: ReferentialAction; readonly onUpdate?: ReferentialAction } {
  const onDelete = stringAt(reader, propOf(reader, options, "onDelete"));
  const onUpdate = stringAt(reader, propOf(reader, options, "onUpdate"));
  return {
    ...(onDelete === undefined ? {} : { onDelete: onDelete as ReferentialAction }),
    ...(onUpdate === undefined ? {} : { onUpdate: onUpdate as ReferentialAction }),
  };
}

/** `users.id` as table variable and field; an empty name is the table itself, which a callback is given. */
export function columnRef(
  reader: FactReader,
  id: ExprId | undefined,
): { readonly table: string; readonly field: string } | undefined {
  const member = id === undefined ? undefined : reader.facts.exprs[id];
  if (member?.kind !== "member") return undefined;
  const object = reader.facts.exprs[member.object];
  const isParam = object?.kind === "ref" && reader.facts.bindings[object.binding]?.kind === "param";
  const table = isParam ? "" : nameAt(reader, member.object);
  return table === undefined ? undefined : { table, field: member.name };
}
