/** `hotpath explain --loop FILE:LINE`. */
import { join } from "node:path";
import { loopsAt, loopText } from "../analysis/explain-loop.js";
import { createService } from "../service/create-service.js";
import { defaultCacheFolder } from "../workspace/cache-folder.js";
import { namedLine } from "./place.js";
import { progressLine } from "./progress-line.js";
import { scopeOf } from "./project-root.js";
import { EXIT, type Terminal } from "./terminal.js";

/** Analyzes the project around the file, because what a loop's calls reach may stand anywhere in it. */
export async function explainLoop(place: string, terminal: Terminal): Promise<number> {
  const { name, file, line: at } = namedLine("--loop", place, terminal.cwd);
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
    const loops = service.ask((inspection) => loopsAt(inspection, file, at));
    line.clear();
    terminal.stdout.write(
      0 < loops.length ? loopText(name, loops) : `${name}:${at}  no loop here that calls anything\n`,
    );
    return EXIT.clean;
  } finally {
    line.clear();
    await service.close();
  }
}
