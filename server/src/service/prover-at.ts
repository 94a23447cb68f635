/** The prover of a folder of built files, as everybody here starts it. */
import { join } from "node:path";
import { plannerVersion } from "../planner/create-planner.js";
import { builtProver } from "../proving/built-prover.js";
import type { Prover } from "../proving/create-prover.js";
import type { ServiceOptions } from "./workspace-service.js";

/** The planner keeps an image of a fresh database, which serves here too. */
export function proverAt(folder: string, { cacheFolder }: Pick<ServiceOptions, "cacheFolder">): Prover {
  return builtProver(
    folder,
    cacheFolder === undefined ? undefined : join(cacheFolder, `planner-${plannerVersion}.tgz`),
  );
}
