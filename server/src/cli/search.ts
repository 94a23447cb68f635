/** `hotpath search`: code of this project by what it does, or by what it is like. */
import { readFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { lineStartsOf } from "../base/line-index.js";
import { createEmbedderPool } from "../model/embedder-pool.js";
import { nearestFactory } from "../model/nearest-factory.js";
import { createCodeSearch, type CodeSearch, type SearchAnswer, type SearchFilter } from "../service/code-search.js";
import { createService } from "../service/create-service.js";
import { defaultCacheFolder } from "../workspace/cache-folder.js";
import { sharedCacheFrom } from "../workspace/shared-cache.js";
import { UsageError, type ParsedCommand } from "./command-line.js";
import { paletteFor } from "./palette.js";
import { progressLine } from "./progress-line.js";
import { scopeOf, slashes } from "./project-root.js";
import { EXIT, type Terminal } from "./terminal.js";

const DEFAULT_LIMIT = 10;

interface Place {
  readonly file: string;
  /** 1-based. */
  readonly line: number;
}

export async function search(command: ParsedCommand, terminal: Terminal): Promise<number> {
  const text = command.positionals.join(" ").trim();
  const place = placeOf(command.values["similar"]?.at(-1), terminal.cwd);
  if ((text === "") === (place === undefined))
    throw new UsageError('hotpath search needs a sentence, such as "load orders one by one", or --similar FILE:LINE');
  const { root } = scopeOf(place === undefined ? [] : [place.file], terminal.cwd);
  const line = progressLine(terminal.stderr);
  const service = await createService({
    roots: [root],
    cacheFolder: defaultCacheFolder(),
    sharedCache: sharedCacheFrom(new Map(), terminal.env),
    extractWorkerFile: join(__dirname, "analysis-worker.js"),
    overrides: {},
  });
  const folder = command.values["model"]?.at(-1);
  const model = {
    enabled: !command.flags.has("no-model"),
    ...(folder === undefined ? {} : { folder: resolve(terminal.cwd, folder) }),
  };
  const embedder = createEmbedderPool(__dirname)(model);
  try {
    for await (const progress of service.scan()) line.show(progress);
    service.refresh();
    const found = createCodeSearch({ service, embedder, createNearest: nearestFactory() });
    await found.update(({ done, total }) => line.show({ done, total, label: "embedding" }));
    line.clear();
    const answer = await answerTo(found, text, place, command);
    if (answer === undefined) throw new UsageError("there is no function at that line");
    report(answer, root, command, terminal);
    return EXIT.clean;
  } finally {
    line.clear();
    await embedder.close();
    await service.close();
  }
}

function placeOf(given: string | undefined, cwd: string): Place | undefined {
  if (given === undefined) return undefined;
  const [, name = "", digits = ""] = /^(.+):(\d{1,9})$/.exec(given) ?? [];
  if (name === "") throw new UsageError(`--similar ${given} names no line: write FILE:LINE, such as src/orders.ts:12`);
  return { file: slashes(resolve(cwd, name)), line: Number(digits) };
}

function answerTo(
  search: CodeSearch,
  text: string,
  place: Place | undefined,
  command: ParsedCommand,
): Promise<SearchAnswer | undefined> {
  const filter = filterOf(command);
  const limit = limitOf(command.values["limit"]?.at(-1));
  if (place === undefined) return search.search(text, filter, limit);
  const code = readFileSync(place.file, "utf8");
  const starts = lineStartsOf(code);
  const start = starts[place.line - 1] ?? code.length;
  // The first word of the line: its indentation still belongs to what stands around it.
  const indent = /^[ \t]*/.exec(code.slice(start))?.[0].length ?? 0;
  return search.similar(place.file, start + indent, filter, limit, command.values["family"]?.at(-1));
}

function filterOf({ values }: ParsedCommand): SearchFilter {
  const folder = values["folder"]?.at(-1);
  const family = values["family"]?.at(-1);
  const kind = values["kind"]?.at(-1);
  return {
    ...(folder === undefined ? {} : { folder }),
    ...(family === undefined ? {} : { family }),
    ...(kind === "function" || kind === "query" ? { kind } : {}),
  };
}

function limitOf(given: string | undefined): number {
  if (given === undefined) return DEFAULT_LIMIT;
  if (!/^[1-9]\d{0,2}$/.test(given)) throw new UsageError(`--limit ${given} is not a number from 1 to 999`);
  return Number(given);
}

function report(answer: SearchAnswer, root: string, command: ParsedCommand, terminal: Terminal): void {
  const rows = answer.found.map(({ unit, line, rules, similarity }) => ({
    file: relative(root, unit.path).replaceAll("\\", "/"),
    line,
    name: unit.name,
    kind: unit.kind,
    rules,
    ...(similarity === undefined ? {} : { similarity: Number(similarity.toFixed(4)) }),
  }));
  if (command.values["format"]?.at(-1) === "json") {
    terminal.stdout.write(
      `${JSON.stringify({ version: 1, root, found: rows, note: answer.note ?? null }, undefined, 2)}\n`,
    );
    return;
  }
  const palette = paletteFor(terminal.stdout, terminal.env);
  const width = Math.max(0, ...rows.map(({ file, line }) => `${file}:${line}`.length)) + 2;
  for (const { file, line, name, rules, similarity } of rows) {
    const alike = similarity === undefined ? "" : palette.dim(`  ${Math.round(similarity * 100)} %`);
    const found = rules.length === 0 ? "" : `  ${palette.yellow(rules.join(", "))}`;
    terminal.stdout.write(`${`${file}:${line}`.padEnd(width)}${name}${found}${alike}\n`);
  }
  if (rows.length === 0) terminal.stdout.write("nothing found\n");
  if (answer.note !== undefined) terminal.stderr.write(`hotpath: ${answer.note}\n`);
}
