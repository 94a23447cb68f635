CREATE TABLE customers (
  id serial PRIMARY KEY,
  name text NOT NULL,
  email text
);

CREATE TABLE products (
  id serial PRIMARY KEY,
  name text NOT NULL
);

CREATE TABLE orders (
  id serial PRIMARY KEY,
  customer_id integer REFERENCES customers (id),
  product_id integer NOT NULL,
  total integer NOT NULL
);
