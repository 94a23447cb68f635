import { readFileSync } from "node:fs";
import path from "node:path";

/** Read again for every receipt. */
export function loadTemplate(name: string): string {
  return readFileSync(path.join("templates", `${name}.html`), "utf8");
}
