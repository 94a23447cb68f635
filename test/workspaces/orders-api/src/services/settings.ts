import { pool } from "../db.js";

const cache = new Map<string, string>();

export async function setting(name: string): Promise<string> {
  const cached = cache.get(name);
  if (cached !== undefined) return cached;
  const { rows } = await pool.query("select value from settings where name = $1", [name]);
  const value = rows[0]?.value ?? "";
  cache.set(name, value);
  return value;
}
