/** What messages call one round trip. */
import type { Operation } from "../project/model.js";

/** `user` query, HTTP request, model call; no article, no plural. */
export function operationNoun(operation: Operation): string {
  const table = operation.table === undefined ? "" : `\`${operation.table}\` `;
  switch (operation.kind) {
    case "sql":
    case "document":
      return `${table}${operation.access === "write" ? "write" : "query"}`;
    case "cache":
      return "cache round trip";
    case "http":
      return "HTTP request";
    case "inference":
      return "model call";
    case "queue":
      return "queue round trip";
    case "rpc":
      return "remote call";
  }
}
