/**
 * What stands for the running program in cache keys: hashes of the built files themselves, so that a rebuilt analyzer never takes an older one's
 * word, whether or not somebody remembered to raise a version.
 */
import { closeSync, openSync, readFileSync, readSync } from "node:fs";
import { dirname, join } from "node:path";
import { bytesHash, contentHash } from "../base/content-hash.js";

/** Bundle that holds the extractor and little else. */
const EXTRACTOR_BUNDLE = "analysis-worker.js";
/** Bundle of the parser; its version stands in its first line. */
const PARSER_BUNDLE = "typescript.js";

/** Stands for everything that makes facts of a text; undefined when run from sources. */
export function extractorIdentity(): string | undefined {
  const folder = bundleFolder();
  if (folder === undefined) return undefined;
  const extractor = hashOf(join(folder, EXTRACTOR_BUNDLE));
  return extractor === undefined ? undefined : contentHash(`${extractor} ${headOf(join(folder, PARSER_BUNDLE))}`);
}

/** Bundles that analyze. All are built from the same sources at once, so each of them stands for what any of them would find. */
const ANALYZING_BUNDLES = ["cli-main.js", "workspace-worker.js"];

/** Stands for the whole program, whichever of its processes asks; undefined when run from sources. */
export function programIdentity(): string | undefined {
  const extractor = extractorIdentity();
  const folder = bundleFolder();
  if (extractor === undefined || folder === undefined) return undefined;
  const hashes = ANALYZING_BUNDLES.map((bundle) => hashOf(join(folder, bundle)));
  return hashes.includes(undefined) ? undefined : contentHash(`${hashes.join(" ")} ${extractor}`);
}

/** Sources carry another ending than bundles do. */
function bundleFolder(): string | undefined {
  return typeof __filename === "string" && __filename.endsWith(".js") ? dirname(__filename) : undefined;
}

function hashOf(file: string): string | undefined {
  try {
    return bytesHash(readFileSync(file));
  } catch {
    return undefined;
  }
}

function headOf(file: string): string {
  try {
    const opened = openSync(file, "r");
    try {
      const buffer = Buffer.alloc(64);
      return buffer.toString("latin1", 0, readSync(opened, buffer));
    } finally {
      closeSync(opened);
    }
  } catch {
    return "";
  }
}
