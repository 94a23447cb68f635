import { pool } from "../db.js";

export interface Category {
  id: number;
  name: string;
  children: Category[];
}

/** How deep the tree is, only the database knows. */
export async function tree(parentId: number): Promise<Category[]> {
  const { rows } = await pool.query("select id, name from categories where parent_id = $1", [parentId]);
  const result: Category[] = [];
  for (const row of rows) result.push({ ...row, children: await tree(row.id) });
  return result;
}
