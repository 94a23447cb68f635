/** The configuration file and the table of settings it is checked against. */
import { readFileSync } from "node:fs";
import path from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { settings, type Setting } from "../protocol/src/settings.js";
import { renderConfigSchema, renderSettingsPage } from "../scripts/generators/settings.js";
import { ConfigError, isProjectSetting, parseConfig } from "../server/src/workspace/config-file.js";
import { readSettingValues } from "../server/src/workspace/setting-values.js";
import { repositoryRoot } from "./harness/repository.js";

const RULES = { ids: ["query-in-loop", "sync-crypto"], families: ["n-plus-one", "blocking-call"] };
const parse = (text: string): Record<string, unknown> =>
  Object.fromEntries(parseConfig("hotpath.config.json", text, RULES));

function messageOf(text: string): string {
  try {
    parse(text);
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  return "";
}

test("values of every kind, with comments, a trailing comma and a byte order mark", () => {
  const text = `\ufeff// what we decided
{
  "$schema": "./schema.json",
  "enable": true, /* on */
  "rules": { "query-in-loop": "error", "blocking-call": "off" },
  "quietPaths": ["tools/"],
  "smallLoopBound": 5,
  "queries": [{ "module": "src/db", "export": "runQuery", "kind": "sql", "access": "read" }],
}`;
  expect(parse(text)).toEqual({
    queries: [{ module: "src/db", export: "runQuery", kind: "sql", access: "read" }],
    enable: true,
    rules: { "query-in-loop": "error", "blocking-call": "off" },
    quietPaths: ["tools/"],
    smallLoopBound: 5,
  });
  expect(parse("{}")).toEqual({});
});

test.each([
  ["{", "hotpath.config.json:1:2: not valid JSON (close brace expected): mend it or remove the file"],
  ['{\n  "enable": tru\n}', "hotpath.config.json:2:13: not valid JSON (invalid symbol): mend it or remove the file"],
  ["", "hotpath.config.json:1:1: not valid JSON (value expected): mend it or remove the file"],
  ["[]", "hotpath.config.json:1:1: the configuration must be a JSON object"],
  ['{\n  "quietPath": []\n}', "hotpath.config.json:2:3: there is no setting quietPath: did you mean quietPaths?"],
  ['{ "enable": "yes" }', 'hotpath.config.json:1:3: enable must be true or false, not "yes"'],
  [
    '{ "smallLoopBound": 2.5 }',
    "hotpath.config.json:1:3: smallLoopBound must be a whole number from 0 to 1000, not 2.5",
  ],
  [
    '{ "smallLoopBound": 5000 }',
    "hotpath.config.json:1:3: smallLoopBound must be a whole number from 0 to 1000, not 5000",
  ],
  ['{ "exclude": "a" }', 'hotpath.config.json:1:3: exclude must be a list of strings, not "a"'],
  ['{ "exclude": ["a", 1] }', 'hotpath.config.json:1:3: exclude must be a list of strings, not ["a",1]'],
  ['{ "rules": "off" }', 'hotpath.config.json:1:3: rules must be an object of rules and severities, not "off"'],
  [
    '{\n  "rules": {\n    "query-in-lop": "error"\n  }\n}',
    "hotpath.config.json:3:5: rules names no rule query-in-lop: did you mean query-in-loop?",
  ],
  [
    '{\n  "rules": {\n    "sync-crypto": "warn"\n  }\n}',
    'hotpath.config.json:3:5: rules.sync-crypto must be one of error, warning, information, hint, off, not "warn"',
  ],
  ['{ "queries": {} }', "hotpath.config.json:1:3: queries must be a list of objects, not {}"],
  [
    '{ "queries": ["db#run"] }',
    'hotpath.config.json:1:15: queries.0 must be an object with module, export, kind, access, not "db#run"',
  ],
  [
    '{\n  "queries": [\n    { "module": "src/db", "export": "run" },\n    { "module": "src/db",\n      "exprot": "run" }\n  ]\n}',
    "hotpath.config.json:5:7: queries.1 has no key exprot: did you mean export?",
  ],
  [
    '{\n  "queries": [{ "module": "src/db", "export": "run",\n    "kind": "mysql" }]\n}',
    'hotpath.config.json:3:5: queries.0.kind must be one of sql, document, cache, http, rpc, inference, queue, not "mysql"',
  ],
  ['{ "queries": [{ "module": "" }] }', 'hotpath.config.json:1:17: queries.0.module must be some text, not ""'],
  [
    '{ "queries": [{ "module": "src/db" }] }',
    "hotpath.config.json:1:15: queries.0 lacks export: Name of the export; `Db.query` for a method of an exported class or object.",
  ],
  ['{ "rules": { "x": "off" } }', "hotpath.config.json:1:14: rules names no rule x: hotpath explain lists them"],
])("a mistake is named with its place and the way out: %s", (text, message) => {
  expect(messageOf(text)).toBe(message);
});

test("settings of a window or a machine have no place in a project's file", () => {
  for (const { key } of settings.filter((setting) => !isProjectSetting(setting)))
    expect(messageOf(JSON.stringify({ [key]: true }))).toContain(`there is no setting ${key}`);
  expect(messageOf('{ "daemon": { "enabled": true } }')).toContain("there is no setting daemon.enabled");
});

test("names that every object has are no settings", () => {
  for (const key of ["__proto__", "constructor", "toString", "hasOwnProperty"])
    expect(messageOf(`{ "${key}": {} }`)).toContain(`there is no setting ${key}`);
  expect(messageOf('{ "rules": { "__proto__": "off" } }')).toContain("names no rule __proto__");
});

test("nothing but a ConfigError of one line ever comes out", () => {
  const json = fc.json({ maxDepth: 3 });
  const settingLike = fc
    .dictionary(
      fc.constantFrom(...settings.map(({ key }) => key), "rules", "$schema", "x"),
      fc.jsonValue({ maxDepth: 2 }),
    )
    .map((value) => JSON.stringify(value));
  fc.assert(
    fc.property(fc.oneof(json, settingLike, fc.string()), (text) => {
      expect(messageOf(text)).not.toMatch(/[\r\n]/);
    }),
    { numRuns: 500 },
  );
});

test("an editor's settings may be nested or dotted, and each wrong one is left out by itself", () => {
  const given = { diagnostics: { scope: "openFiles" }, "cache.enabled": false, workers: 99, "trace.server": "off" };
  const { values, mistakes } = readSettingValues(given, () => true, RULES);
  expect(Object.fromEntries(values)).toEqual({
    "diagnostics.scope": "openFiles",
    "cache.enabled": false,
    "trace.server": "off",
  });
  expect(mistakes).toEqual([{ key: "workers", message: "workers must be a whole number from -1 to 64, not 99" }]);
});

// ------------------------------------------------------------------------------------------------ the table

test("every default is a value its own setting takes", () => {
  const given = Object.fromEntries(settings.map(({ key, default: initial }) => [key, initial]));
  expect(readSettingValues(given, () => true, RULES).mistakes).toEqual([]);
});

test("every setting says what it does in one sentence, and none twice", () => {
  for (const { key, doc } of settings) expect([key, doc]).toEqual([key, expect.stringMatching(/^[A-Z].*\.$/)]);
  expect(new Set(settings.map(({ key }) => key)).size).toBe(settings.length);
});

test("every setting is read somewhere", () => {
  const readers = [
    "server/src/service/options.ts",
    "server/src/lsp/configuration.ts",
    "server/src/workspace/setting-values.ts",
    "server/src/workspace/shared-cache.ts",
    "client/src/start-server.ts",
    "client/src/download-model.ts",
    // The language client reads this one by itself.
    "node_modules/vscode-languageclient/lib/common/client.js",
  ]
    .map((file) => readFileSync(path.join(repositoryRoot, file), "utf8"))
    .join("\n");
  const names = ({ key }: Setting): readonly string[] => [`"${key}"`, `'${key}'`, `.${key}`];
  expect(settings.filter((setting) => !names(setting).some((name) => readers.includes(name)))).toEqual([]);
});

test("the schema offers the project's settings, and the page shows all", () => {
  const schema = JSON.parse(renderConfigSchema()) as { properties: object; additionalProperties: boolean };
  expect(Object.keys(schema.properties).sort()).toEqual(
    ["$schema", ...settings.filter(isProjectSetting).map(({ key }) => key)].sort(),
  );
  expect(schema.additionalProperties).toBe(false);
  const page = renderSettingsPage();
  for (const { key, doc } of settings) {
    expect(page).toContain(`\`hotpath.${key}\``);
    expect(page).toContain(doc);
  }
});
