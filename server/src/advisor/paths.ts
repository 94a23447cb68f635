/** The access paths of a table, put together once: they are asked for with every query on it. */
import { accessPathsOf } from "../catalog/lookup.js";
import type { Index, Table } from "../catalog/model.js";

const known = new WeakMap<Table, readonly Index[]>();

export function pathsOf(table: Table): readonly Index[] {
  let paths = known.get(table);
  if (paths === undefined) known.set(table, (paths = accessPathsOf(table)));
  return paths;
}
