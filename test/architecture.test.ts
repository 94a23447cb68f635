/**
 * Holds the layer table: who may import whom, and which packages and Node modules each layer may touch.
 *
 * The table is the architecture. A new dependency between layers is a change of this file, made on purpose and on its own.
 */
import { readFileSync } from "node:fs";
import path from "node:path";
import { ts } from "ts-morph";
import { expect, test } from "vitest";
import { repositoryFiles, repositoryRoot } from "./harness/repository.js";

interface Layer {
  /** Other layers, by name. */
  readonly layers: readonly string[];
  readonly packages: readonly string[];
  /** Node's own modules without `node:`; "any" at the edges that do I/O. */
  readonly node: readonly string[] | "any";
}

const layers: Readonly<Record<string, Layer>> = {
  protocol: { layers: [], packages: [], node: [] },
  client: {
    layers: ["protocol"],
    packages: ["vscode", "vscode-languageclient", "vscode-languageserver-protocol"],
    node: "any",
  },

  base: { layers: [], packages: [], node: ["crypto"] },
  syntax: { layers: ["base"], packages: ["ts-morph", "libpg-query"], node: [] },
  facts: { layers: ["base", "syntax"], packages: [], node: [] },
  project: { layers: ["base", "facts"], packages: ["jsonc-parser"], node: ["path/posix"] },
  catalog: { layers: ["base", "syntax", "facts", "project"], packages: [], node: [] },
  queries: { layers: ["base", "syntax", "facts", "project"], packages: [], node: [] },
  advisor: { layers: ["base", "project", "catalog", "queries"], packages: [], node: [] },
  fixes: { layers: ["base", "syntax", "facts", "project", "catalog"], packages: ["ts-morph"], node: [] },
  regexp: { layers: [], packages: ["@eslint-community/regexpp"], node: [] },
  rules: {
    layers: ["base", "facts", "project", "catalog", "queries", "advisor", "fixes", "regexp"],
    packages: [],
    node: [],
  },
  profiles: { layers: ["base"], packages: ["@jridgewell/trace-mapping"], node: [] },
  cost: { layers: ["base", "facts", "project", "catalog", "rules"], packages: [], node: [] },
  analysis: {
    layers: [
      "base",
      "cost",
      "profiles",
      "protocol",
      "syntax",
      "facts",
      "project",
      "catalog",
      "queries",
      "advisor",
      "fixes",
      "rules",
    ],
    packages: ["ignore"],
    node: [],
  },

  ranking: { layers: ["base"], packages: [], node: [] },
  model: {
    layers: ["base", "ranking", "workspace"],
    packages: ["@huggingface/tokenizers", "lmdb", "onnxruntime-node", "undici", "usearch"],
    node: "any",
  },
  proving: { layers: ["base"], packages: ["@electric-sql/pglite"], node: "any" },
  statistics: { layers: ["base", "advisor"], packages: ["pg"], node: "any" },
  planner: { layers: ["base", "advisor"], packages: ["@electric-sql/pglite"], node: "any" },
  cache: { layers: ["base"], packages: ["ioredis", "lmdb", "lru-cache"], node: "any" },
  workspace: {
    layers: ["base", "facts", "analysis", "cache", "profiles", "protocol"],
    packages: ["ignore", "jsonc-parser", "msgpackr"],
    node: "any",
  },
  service: {
    layers: [
      "profiles",
      "cost",
      "base",
      "facts",
      "fixes",
      "advisor",
      "analysis",
      "planner",
      "ranking",
      "workspace",
      "protocol",
      "cache",
      "proving",
      "statistics",
    ],
    packages: [],
    node: ["os", "path"],
  },
  health: {
    layers: ["base", "ranking", "analysis", "model", "cache", "service", "statistics", "workspace", "protocol"],
    packages: [],
    node: "any",
  },
  monitor: { layers: ["base", "cache", "protocol"], packages: ["prom-client"], node: "any" },
  history: { layers: ["base", "analysis", "protocol"], packages: [], node: "any" },
  evaluation: {
    layers: ["base", "analysis", "protocol"],
    packages: ["yaml", "hdr-histogram-js", "@cfworker/json-schema", "saxes"],
    node: ["events", "path/posix"],
  },
  "evaluation-io": {
    layers: ["cache", "base", "analysis", "evaluation", "model", "ranking", "service", "workspace", "protocol"],
    packages: ["@electric-sql/pglite", "bullmq", "hdr-histogram-js", "ioredis", "pg", "undici"],
    node: "any",
  },
  lsp: {
    layers: [
      "history",
      "cache",
      "monitor",
      "health",
      "base",
      "ranking",
      "analysis",
      "evaluation",
      "evaluation-io",
      "service",
      "workspace",
      "protocol",
    ],
    packages: ["vscode-languageserver", "vscode-languageserver-protocol", "vscode-languageserver-textdocument"],
    node: ["path", "url", "v8", "worker_threads"],
  },
  daemon: {
    layers: ["monitor", "base", "service", "workspace", "lsp", "protocol"],
    packages: ["vscode-languageserver", "vscode-languageserver-protocol"],
    node: "any",
  },
  cli: {
    layers: [
      "history",
      "monitor",
      "health",
      "base",
      "fixes",
      "analysis",
      "evaluation",
      "evaluation-io",
      "model",
      "service",
      "workspace",
      "daemon",
      "protocol",
    ],
    packages: ["picocolors"],
    node: "any",
  },
};

/** Files that hold nothing but types the layers above speak in. Importing them as types ties nobody to how things are done. */
const vocabulary = new Set([
  "server/src/rules/define-rule.ts",
  "server/src/catalog/model.ts",
  "server/src/fixes/fix.ts",
  "server/src/proving/proof-case.ts",
  "protocol/src/query-explanation.ts",
]);

interface Import {
  readonly specifier: string;
  readonly typeOnly: boolean;
}

interface Source {
  readonly file: string;
  /** Undefined for the entry files right under `server/src`, which wire everything together. */
  readonly layer: string | undefined;
  readonly imports: readonly Import[];
}

function layerOf(file: string): string | undefined {
  const [top, second, third, fourth] = file.split("/");
  if (top !== "server") return top;
  return second === "src" && fourth !== undefined ? third : undefined;
}

function importsOf(text: string): Import[] {
  const tree = ts.createSourceFile("file.ts", text, ts.ScriptTarget.Latest);
  const found: Import[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node)) {
      found.push({ specifier: textOf(node.moduleSpecifier), typeOnly: isTypeOnly(node) });
    } else if (ts.isExportDeclaration(node) && node.moduleSpecifier !== undefined) {
      found.push({ specifier: textOf(node.moduleSpecifier), typeOnly: node.isTypeOnly });
    } else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) {
      found.push({ specifier: textOf(node.argument.literal), typeOnly: true });
    } else if (ts.isCallExpression(node) && isLoad(node.expression) && node.arguments[0] !== undefined) {
      found.push({ specifier: textOf(node.arguments[0]), typeOnly: false });
    }
    ts.forEachChild(node, visit);
  };
  visit(tree);
  return found;
}

function isTypeOnly({ importClause }: ts.ImportDeclaration): boolean {
  if (importClause === undefined) return false;
  if (importClause.phaseModifier === ts.SyntaxKind.TypeKeyword) return true;
  const names = importClause.namedBindings;
  return (
    importClause.name === undefined &&
    names !== undefined &&
    ts.isNamedImports(names) &&
    names.elements.every((element) => element.isTypeOnly)
  );
}

function isLoad(callee: ts.Expression): boolean {
  return callee.kind === ts.SyntaxKind.ImportKeyword || (ts.isIdentifier(callee) && callee.text === "require");
}

/** A computed specifier cannot be checked, so it counts as a package nobody may use. */
function textOf(node: ts.Node): string {
  return ts.isStringLiteralLike(node) ? node.text : "(computed)";
}

const sources: readonly Source[] = repositoryFiles()
  .filter((file) => /^(?:protocol|client|server)\/src\/.*\.ts$/.test(file))
  .map((file) => ({
    file,
    layer: layerOf(file),
    imports: importsOf(readFileSync(path.join(repositoryRoot, file), "utf8")),
  }));

/** What is wrong with one import, or undefined. */
function faultOf({ file, layer }: Source, { specifier, typeOnly }: Import): string | undefined {
  if (layer === undefined) return undefined;
  const rights = layers[layer];
  if (rights === undefined) return `${layer}/ is not in the layer table`;

  if (specifier.startsWith(".")) {
    const target = path.posix.join(path.posix.dirname(file), specifier).replace(/\.js$/, ".ts");
    const targetLayer = layerOf(target);
    if (targetLayer === layer || (typeOnly && vocabulary.has(target))) return undefined;
    if (targetLayer === undefined) return `imports the entry file ${target}`;
    return rights.layers.includes(targetLayer) ? undefined : `${layer}/ may not import ${targetLayer}/ (${specifier})`;
  }
  if (specifier.startsWith("node:")) {
    const name = specifier.slice("node:".length);
    return rights.node === "any" || rights.node.includes(name) ? undefined : `${layer}/ may not use ${specifier}`;
  }
  const packageName = /^(?:@[^/]+\/)?[^/]+/.exec(specifier)?.[0] ?? specifier;
  return rights.packages.includes(packageName) ? undefined : `${layer}/ may not use the package ${specifier}`;
}

function importFaults(): string[] {
  return sources.flatMap((source) =>
    source.imports.flatMap((imported) => {
      const fault = faultOf(source, imported);
      return fault === undefined ? [] : [`${source.file}: ${fault}`];
    }),
  );
}

test("every import follows the layer table", () => {
  expect(sources.length).toBeGreaterThan(0);
  expect(importFaults().join("\n")).toBe("");
});

test("the layer table has no cycle", () => {
  const settled = new Set<string>();
  for (let before = -1; before < settled.size;) {
    before = settled.size;
    for (const [name, layer] of Object.entries(layers)) {
      if (layer.layers.every((below) => settled.has(below))) settled.add(name);
    }
  }
  expect(Object.keys(layers).filter((name) => !settled.has(name))).toEqual([]);
});

test("no rule imports another rule", () => {
  const rules = sources.filter(
    ({ layer, imports }) =>
      layer === "rules" &&
      imports.some(({ specifier, typeOnly }) => !typeOnly && specifier.endsWith("/define-rule.js")),
  );
  const ruleFiles = new Set(rules.map(({ file }) => file));
  const faults = rules.flatMap(({ file, imports }) =>
    imports
      .map(({ specifier }) => path.posix.join(path.posix.dirname(file), specifier).replace(/\.js$/, ".ts"))
      .filter((target) => ruleFiles.has(target))
      .map((target) => `${file} imports ${target}`),
  );
  expect(faults.join("\n")).toBe("");
});
