export const schema = `
  create table customers (id int primary key, name text not null, country text not null, password text not null);
  create table orders (id int primary key, customer_id int not null, status text not null, created_at timestamptz not null default now());
  create table items (order_id int not null, product_id int not null, quantity int not null);
  create table products (id int primary key, name text not null, price int not null, stock int not null);
  create table categories (id int primary key, parent_id int, name text not null);
  create table settings (name text primary key, value text not null);
`;
