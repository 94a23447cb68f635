import express from "express";
import { customers } from "./routes/customers.js";
import { orders } from "./routes/orders.js";
import { products } from "./routes/products.js";
import { reports } from "./routes/reports.js";

const app = express();

app.use(express.json());
app.use(orders);
app.use(customers);
app.use(products);
app.use(reports);

app.listen(Number(process.env.PORT ?? 3000));
