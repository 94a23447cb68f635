import { pool } from "../db.js";

export interface Customer {
  id: number;
  name: string;
  country: string;
  password: string;
}

export class CustomerRepository {
  async all(): Promise<Customer[]> {
    const result = await pool.query("select * from customers order by id");
    return result.rows;
  }

  async find(id: number): Promise<Customer | undefined> {
    const result = await pool.query("select * from customers where id = $1", [id]);
    return result.rows[0];
  }

  async findMany(ids: number[]): Promise<Customer[]> {
    const result = await pool.query("select * from customers where id = any($1)", [ids]);
    return result.rows;
  }

  async countIn(country: string): Promise<number> {
    const result = await pool.query("select count(*)::int as count from customers where country = $1", [country]);
    return result.rows[0].count;
  }
}

export const customers = new CustomerRepository();
