/** mysql2 and mysql: pools and connections, by callback or promise. */
import { defineDialect } from "./define-dialect.js";
import { calls, leads } from "./steps.js";

const query = { access: "unknown", rows: "many", when: "call", sql: 0 } as const;

export const mysql2 = defineDialect({
  id: "mysql2",
  title: "mysql2",
  kind: "sql",
  packages: ["mysql2", "mysql", "promise-mysql", "mariadb", "@planetscale/database"],
  instances: { Pool: { state: "client" }, Connection: { state: "client" }, PoolConnection: { state: "client" } },
  factories: {
    createPool: { state: "client" },
    createConnection: { state: "client" },
    createPoolPromise: { state: "client" },
    createPoolCluster: { state: "client" },
    connect: { state: "client" },
  },
  states: {
    client: {
      members: {
        ...calls("query execute", query),
        ...leads("promise getConnection of getConnectionPromise", "client"),
      },
    },
  },
  documentation: "mysql2 documentation: Queries, Prepared statements, Promise wrapper",
});
