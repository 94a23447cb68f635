/** Entry of the process that measures statements: wires the channel to `evaluation-io/sql/measure-sql.ts`. */
import { createSqlMeter, type SqlRequest } from "./evaluation-io/sql/measure-sql.js";

const meter = createSqlMeter();
process.on("message", (request: SqlRequest) => {
  void meter.measure(request).then((answer) => process.send?.(answer));
});
// Whoever asked is gone.
process.on("disconnect", () => process.exit(0));
