/** SQL written in migration code: `queryRunner.query("…")`, `knex.raw`, `db.runSql`, `this.addSql`, `pgm.sql`, tagged templates. */
import type { ExprId } from "../../facts/model.js";
import type { SchemaChange } from "../change.js";
import { resolved, sqlText, stringAt, type FactReader } from "../fact-reader.js";
import type { Engine } from "../model.js";
import { engineOf, readSqlFile } from "../read-sql-file.js";
import type { MigrationCall } from "./scope.js";

const DDL =
  /\b(?:CREATE|ALTER|DROP|RENAME)\s+(?:UNIQUE\s+|TEMP(?:ORARY)?\s+|UNLOGGED\s+|MATERIALIZED\s+|FULLTEXT\s+|SPATIAL\s+)*(?:TABLE|INDEX|TYPE|VIEW)\b|^\s*DO\s+\$/i;

/** Changes of the SQL that is an argument of a call; `engine` is what the text or its surroundings tell. */
export function sqlChanges(
  reader: FactReader,
  call: MigrationCall,
): { readonly changes: readonly SchemaChange[]; readonly engine: Engine } | undefined {
  for (const arg of call.args.slice(0, 2)) {
    const text = sqlText(reader, arg, (hole) => holeText(reader, hole));
    if (text === undefined || !DDL.test(text)) continue;
    const engine = engineOf(text);
    const { changes } = readSqlFile(reader.path, text, { source: "code-migration", engine });
    return { changes: changes.map((change) => moved(change, reader, arg)), engine };
  }
  return undefined;
}

/** What a hole stands for: a constant, or for `isMySql ? "" : "IF NOT EXISTS"` the side that says something. */
function holeText(reader: FactReader, hole: ExprId): string {
  const expr = reader.facts.exprs[resolved(reader, hole)];
  if (expr?.kind !== "conditional") return stringAt(reader, hole) ?? "?";
  const sides = [stringAt(reader, expr.whenTrue), stringAt(reader, expr.whenFalse)];
  return sides.includes(undefined) ? "?" : (sides.find((side) => side !== "") ?? "");
}

/** Places in the text, as places in the file: exact where the text stands in it as it is, else the whole string. */
function moved(change: SchemaChange, reader: FactReader, arg: ExprId): SchemaChange {
  const expr = reader.facts.exprs[resolved(reader, arg)];
  if (expr === undefined) return change;
  const length =
    expr.kind === "literal" ? String(expr.value).length : expr.kind === "template" ? expr.parts.join("").length : -1;
  const isExact = expr.end - expr.start === length + 2 && (expr.kind !== "template" || expr.exprs.length === 0);
  const shift = expr.start + 1;
  const relocate = (key: string, value: unknown): unknown => {
    if (key !== "span" || typeof value !== "object" || value === null || !("start" in value) || !("end" in value))
      return value;
    const { start, end } = value as { readonly start: number; readonly end: number };
    return isExact ? { start: start + shift, end: end + shift } : { start: expr.start, end: expr.end };
  };
  return JSON.parse(JSON.stringify(change, relocate)) as SchemaChange;
}
