/** `hotpath prove FILE:LINE`. */
import { join } from "node:path";
import { createService } from "../service/create-service.js";
import { proverAt } from "../service/prover-at.js";
import { proveFix } from "../service/prove-fix.js";
import { defaultCacheFolder } from "../workspace/cache-folder.js";
import type { ParsedCommand } from "./command-line.js";
import { namedLine } from "./place.js";
import { progressLine } from "./progress-line.js";
import { scopeOf } from "./project-root.js";
import { EXIT, type Terminal } from "./terminal.js";

/**
 * Analyzes the project around the file and proves the first fix of each finding that begins on the line. Exits with 1 when one of them changes what the
 * code does. Whoever types it trusts the folder: the function at that line is run, in a process without files or network.
 */
export async function prove({ positionals }: ParsedCommand, terminal: Terminal): Promise<number> {
  const [place = ""] = positionals;
  const { name, file, line: at } = namedLine(undefined, place, terminal.cwd);
  const cacheFolder = defaultCacheFolder();
  const line = progressLine(terminal.stderr);
  const service = await createService({
    roots: [scopeOf([file], terminal.cwd).root],
    cacheFolder,
    extractWorkerFile: join(__dirname, "analysis-worker.js"),
    overrides: {},
  });
  try {
    for await (const progress of service.scan()) line.show(progress);
    service.refresh();
    const findings = service.findings(file).filter(({ range }) => range.start.line === at);
    line.clear();
    if (findings.length === 0) terminal.stdout.write(`${name}:${at}  no finding begins on this line\n`);
    const prover = proverAt(__dirname, { cacheFolder });
    let different = false;
    for (const { fingerprint } of findings) {
      const { result } = await proveFix(service, prover, { path: file, fingerprint });
      terminal.stdout.write(result.markdown);
      different ||= result.kind === "different";
    }
    return different ? EXIT.findings : EXIT.clean;
  } finally {
    line.clear();
    await service.close();
  }
}
