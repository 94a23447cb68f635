/**
 * Collects sentence → function pairs from npm packages: the first paragraph of a function's JSDoc, and the function without it. Held out from everything:
 * nothing is trained on them.
 *
 *     npx tsx scripts/model/build-pairs.ts [FOLDER_OF_NODE_MODULES …] > build/pairs.jsonl
 *
 * One line per pair, in a fixed order: `{ package, name, text, code }`. Copies are left out, by code and by sentence, and a package gives so many at most.
 */
import { createHash } from "node:crypto";
import path from "node:path";
import { normalized, packagesIn, pairsOf, sourcesOf } from "./code-pairs.js";

const PER_PACKAGE = 80;

function main(folders: readonly string[]): void {
  const seen = new Set<string>();
  const given = folders.length > 0 ? folders : [path.resolve(__dirname, "../../node_modules")];
  for (const [name, folder] of [...packagesIn(given)].sort()) {
    const pairs = [...sourcesOf(folder)].flatMap((file) => pairsOf(name, file));
    const fresh = pairs.filter(({ code, text }) => {
      const keys = [normalized(code), normalized(text)].map((one) => createHash("sha1").update(one).digest("hex"));
      const isNew = keys.every((key) => !seen.has(key));
      for (const key of keys) seen.add(key);
      return isNew;
    });
    // Spread over the package, not its first file.
    const wanted = Math.min(fresh.length, PER_PACKAGE);
    for (let i = 0; i < wanted; i++)
      process.stdout.write(`${JSON.stringify(fresh[Math.floor((i * fresh.length) / wanted)])}\n`);
  }
}

main(process.argv.slice(2));
