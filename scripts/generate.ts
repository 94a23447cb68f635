/** Writes everything that is generated; with `--check` only says what is out of date, and fails. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { ruleInfos } from "../server/src/analysis/explain.js";
import { dialects } from "../server/src/project/dialects/registry.js";
import { renderManifest } from "./generators/contributions.js";
import { renderDialects } from "./generators/dialects.js";
import { renderIndex, renderPage } from "./generators/rule-pages.js";
import { renderConfigSchema, renderSettingsPage } from "./generators/settings.js";
import { renderSuiteSchema } from "./generators/suite-schema.js";

const repository = path.resolve(__dirname, "..");

interface Generated {
  readonly path: string;
  readonly render: () => string;
}

function textOf(file: string): string | undefined {
  const full = path.join(repository, file);
  return existsSync(full) ? readFileSync(full, "utf8") : undefined;
}

/** Every generated file. */
export function generated(): readonly Generated[] {
  return [
    { path: "package.json", render: () => renderManifest(textOf("package.json") ?? "{}") },
    { path: "schemas/hotpath.config.schema.json", render: renderConfigSchema },
    { path: "schemas/hotpath-eval.schema.json", render: renderSuiteSchema },
    { path: "docs/settings.md", render: renderSettingsPage },
    { path: "docs/dialects.md", render: () => renderDialects(dialects) },
    { path: "docs/rules/README.md", render: renderIndex },
    ...ruleInfos().map(({ id, family }) => ({
      path: `docs/rules/${id}.md`,
      render: () => renderPage(id, textOf(`test/rules/${family}/${id}.md`)),
    })),
  ];
}

/** Paths whose text on disk is not what would be generated now. */
export function staleFiles(): string[] {
  return generated()
    .filter((file) => textOf(file.path) !== file.render())
    .map((file) => file.path);
}

function main(): void {
  if (process.argv.includes("--check")) {
    const stale = staleFiles();
    if (stale.length === 0) return;
    console.error(`out of date, run npm run generate:\n${stale.map((file) => `  ${file}`).join("\n")}`);
    process.exitCode = 1;
    return;
  }
  for (const file of generated()) {
    const full = path.join(repository, file.path);
    mkdirSync(path.dirname(full), { recursive: true });
    writeFileSync(full, file.render());
  }
}

if (require.main === module) main();
