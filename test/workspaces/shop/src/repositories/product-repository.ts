import { pool } from "@/lib/pool";

export interface Product {
  id: string;
  sku: string;
  name: string;
  priceCents: number;
}

export async function findProduct(id: string): Promise<Product | undefined> {
  const { rows } = await pool.query<Product>('select * from "Product" where id = $1', [id]);
  return rows[0];
}

export async function findProducts(ids: string[]): Promise<Product[]> {
  const { rows } = await pool.query<Product>('select * from "Product" where id = any($1)', [ids]);
  return rows;
}
