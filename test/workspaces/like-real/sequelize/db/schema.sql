CREATE TABLE customers (id serial PRIMARY KEY, name text NOT NULL, city text, joined date, score numeric NOT NULL, seen_at timestamptz);
CREATE TABLE orders (id serial PRIMARY KEY, customer_id integer NOT NULL REFERENCES customers (id), total integer NOT NULL, note text, big bigint NOT NULL);
