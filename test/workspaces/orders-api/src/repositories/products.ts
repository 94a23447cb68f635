import { pool } from "../db.js";

export async function findProduct(id: number): Promise<{ id: number; name: string; price: number } | undefined> {
  const { rows } = await pool.query("select id, name, price from products where id = $1", [id]);
  return rows[0];
}

export async function saveProduct(product: { id: number; name: string; price: number }): Promise<void> {
  const known = await findProduct(product.id);
  if (known === undefined) {
    await pool.query("insert into products (id, name, price, stock) values ($1, $2, $3, 0)", [product.id, product.name, product.price]);
  } else {
    await pool.query("update products set name = $2, price = $3 where id = $1", [product.id, product.name, product.price]);
  }
}
