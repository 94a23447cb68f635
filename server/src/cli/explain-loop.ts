/** `hotpath explain --loop FILE:LINE`. */
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { loopsAt, loopText } from "../analysis/explain-loop.js";
import { createService } from "../service/create-service.js";
import { defaultCacheFolder } from "../workspace/cache-folder.js";
import { UsageError } from "./command-line.js";
import { progressLine } from "./progress-line.js";
import { scopeOf, slashes } from "./project-root.js";
import { EXIT, type Terminal } from "./terminal.js";

/** Analyzes the project around the file, because what a loop's calls reach may stand anywhere in it. */
export async function explainLoop(place: string, terminal: Terminal): Promise<number> {
  const [, name = "", digits = ""] = /^(.+):(\d{1,9})$/.exec(place) ?? [];
  if (name === "") throw new UsageError(`--loop ${place} names no line: write FILE:LINE, such as src/orders.ts:12`);
  const file = slashes(resolve(terminal.cwd, name));
  if (!existsSync(file)) throw new UsageError(`there is no file ${name}: the path is taken from the current folder`);
  const line = progressLine(terminal.stderr);
  const service = await createService({
    roots: [scopeOf([file], terminal.cwd).root],
    cacheFolder: defaultCacheFolder(),
    extractWorkerFile: join(__dirname, "analysis-worker.js"),
    overrides: {},
  });
  try {
    for await (const progress of service.scan()) line.show(progress);
    service.refresh();
    const loops = service.ask((inspection) => loopsAt(inspection, file, Number(digits)));
    line.clear();
    terminal.stdout.write(
      0 < loops.length ? loopText(name, loops) : `${name}:${digits}  no loop here that calls anything\n`,
    );
    return EXIT.clean;
  } finally {
    line.clear();
    await service.close();
  }
}
