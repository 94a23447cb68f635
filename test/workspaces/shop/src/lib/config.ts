import { existsSync, readFileSync } from "node:fs";

interface Config {
  currency: string;
  regions: string[];
}

/** Read once, while the program starts. */
export const config: Config = JSON.parse(readFileSync("config.json", "utf8"));

let terms: string | undefined;

/** Read on first use and kept. */
export function termsOfService(): string {
  if (terms === undefined) {
    terms = existsSync("terms.txt") ? readFileSync("terms.txt", "utf8") : "";
  }
  return terms;
}
