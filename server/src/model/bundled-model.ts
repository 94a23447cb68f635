/** Where the model lies that comes with Hotpath, and which model the user wants. */
import { existsSync } from "node:fs";
import { join } from "node:path";

/** What the user's settings say of the model. */
export interface ModelChoice {
  readonly enabled: boolean;
  /** Folder of another model; undefined: the one in the box. */
  readonly folder?: string;
  /** `auto`, `cpu`, or one provider to try before it. */
  readonly provider?: string;
}

/** @param here Folder of the running program: the bundles' or the sources'. */
export function bundledModelFolder(here: string): string {
  const ofSources = join(here, "..", "model");
  return existsSync(join(ofSources, "manifest.json")) ? ofSources : join(here, "..", "server", "model");
}
