/** `hotpath prove FILE:LINE`. */
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { createService } from "../service/create-service.js";
import { proverAt } from "../service/prover-at.js";
import { proveFix } from "../service/prove-fix.js";
import { defaultCacheFolder } from "../workspace/cache-folder.js";
import { UsageError, type ParsedCommand } from "./command-line.js";
import { progressLine } from "./progress-line.js";
import { scopeOf, slashes } from "./project-root.js";
import { EXIT, type Terminal } from "./terminal.js";

/**
 * Analyzes the project around the file and proves the first fix of each finding that begins on the line. Exits with 1 when one of them changes what the
 * code does. Whoever types it trusts the folder: the function at that line is run, in a process without files or network.
 */
export async function prove({ positionals }: ParsedCommand, terminal: Terminal): Promise<number> {
  const [place = ""] = positionals;
  const [, name = "", digits = ""] = /^(.+):(\d{1,9})$/.exec(place) ?? [];
  if (name === "") throw new UsageError(`${place} names no line: write FILE:LINE, such as src/orders.ts:12`);
  const file = slashes(resolve(terminal.cwd, name));
  if (!existsSync(file)) throw new UsageError(`there is no file ${name}: the path is taken from the current folder`);
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
    const findings = service.findings(file).filter(({ range }) => range.start.line === Number(digits));
    line.clear();
    if (findings.length === 0) terminal.stdout.write(`${name}:${digits}  no finding begins on this line\n`);
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
