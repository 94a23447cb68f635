/** `hotpath explain --query FILE:LINE`. */
import { join } from "node:path";
import { linesWithQueries } from "../analysis/explain-query/draft-explanation.js";
import { createService } from "../service/create-service.js";
import { explainQuery as explain } from "../service/explain-query.js";
import { defaultCacheFolder } from "../workspace/cache-folder.js";
import { namedLine } from "./place.js";
import { progressLine } from "./progress-line.js";
import { scopeOf } from "./project-root.js";
import { EXIT, type Terminal } from "./terminal.js";

/** Analyzes the project around the file, because the schema may stand anywhere in it. Prints Markdown. */
export async function explainQuery(place: string, terminal: Terminal): Promise<number> {
  const { name, file, line: at } = namedLine("--query", place, terminal.cwd);
  const line = progressLine(terminal.stderr);
  const service = await createService({
    roots: [scopeOf([file], terminal.cwd).root],
    cacheFolder: defaultCacheFolder(),
    extractWorkerFile: join(__dirname, "analysis-worker.js"),
    plannerFile: join(__dirname, "planner-process.js"),
    overrides: {},
  });
  try {
    for await (const progress of service.scan()) line.show(progress);
    service.refresh();
    const explained = await explain(service, file, { line: at - 1 });
    const others = explained === undefined ? service.ask((inspection) => linesWithQueries(inspection, file)) : [];
    line.clear();
    terminal.stdout.write(explained?.markdown ?? `${name}:${at}  no query here${elsewhere(others)}\n`);
    return EXIT.clean;
  } finally {
    line.clear();
    await service.close();
  }
}

function elsewhere(lines: readonly number[]): string {
  if (lines.length === 0) return "; Hotpath sees none in this file";
  return `; queries of this file begin on ${lines.length === 1 ? "line" : "lines"} ${lines.slice(0, 20).join(", ")}`;
}
