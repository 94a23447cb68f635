import express from "express";
import { config } from "@/lib/config";
import { requestLog } from "@/middleware/request-log";
import { authRouter } from "@/routes/auth";
import { catalogRouter } from "@/routes/catalog";
import { ordersRouter } from "@/routes/orders";
import { receiptsRouter } from "@/routes/receipts";

const app = express();
app.use(express.json());
app.use(requestLog);
app.use("/auth", authRouter);
app.use("/catalog", catalogRouter);
app.use("/orders", ordersRouter);
app.use("/receipts", receiptsRouter);
app.listen(3000, () => console.log(`serving in ${config.currency}`));
