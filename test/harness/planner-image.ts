/** Places that tests of the planner share, so that its database is initialised once. */
import { mkdirSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

export function temporaryFolder(name: string): string {
  const folder = path.join(tmpdir(), "hotpath-test-planner");
  mkdirSync(folder, { recursive: true });
  return path.join(folder, name);
}
