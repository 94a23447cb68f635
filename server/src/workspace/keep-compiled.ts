/**
 * Lets Node keep compiled code beside the cache: compiling the bundles is a third of what a check of a small folder takes. Since Node.js 22.1; older ones
 * compile anew each time.
 */
import { mkdirSync } from "node:fs";
import * as nodeModule from "node:module";
import { join } from "node:path";
import { defaultCacheFolder } from "./cache-folder.js";

type Enable = (folder: string) => unknown;

interface Circumstances {
  readonly argv: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  /** Node's own; undefined where it has none. */
  readonly enable: Enable | undefined;
}

const here: Circumstances = {
  argv: process.argv,
  env: process.env,
  enable: (nodeModule as { readonly enableCompileCache?: Enable }).enableCompileCache,
};

/** Returns where it is kept; undefined where it is not. Not in the folder Node would take by itself: others may write to that one. */
export function keepCompiled({ argv, env, enable }: Circumstances = here): string | undefined {
  // Somebody has chosen already, or wants nothing to be kept.
  if (env["NODE_COMPILE_CACHE"] !== undefined || argv.includes("--no-cache") || enable === undefined) return undefined;
  const folder = join(defaultCacheFolder(env), "compiled");
  try {
    // Only the user may enter: what lies here is run. Node would make it with the usual rights, and the cache's own folder with it.
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  } catch {
    return undefined;
  }
  enable(folder);
  return folder;
}
