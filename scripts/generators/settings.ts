/** The settings table as the editor's contributions, a JSON schema and a page of documentation. */
import { PROFILES, QUERY_KEYS, SEVERITY_VALUES, settings, type Setting } from "../../protocol/src/settings.js";
import { ruleInfos } from "../../server/src/analysis/explain.js";

type Schema = Readonly<Record<string, unknown>>;

const VSCODE_SCOPE = { window: "window", resource: "window", machine: "machine" } as const;

function ruleNames(): string[] {
  const rules = ruleInfos();
  return [...new Set([...rules.map((rule) => rule.family), ...rules.map((rule) => rule.id)])];
}

function schemaOf({ type, doc, default: initial, profiles }: Setting): Schema {
  const base = { default: initial, markdownDescription: `${doc}${profileSentence(profiles, initial)}` };
  switch (type.kind) {
    case "boolean":
    case "string":
      return { type: type.kind, ...base };
    case "integer":
      return { type: "integer", minimum: type.min, maximum: type.max, ...base };
    case "enum":
      return { type: "string", enum: type.values, markdownEnumDescriptions: type.docs, ...base };
    case "strings":
      return { type: "array", items: { type: "string" }, ...base };
    case "queries":
      return {
        type: "array",
        items: {
          type: "object",
          properties: Object.fromEntries(
            Object.entries(QUERY_KEYS).map(([name, key]) => [
              name,
              {
                type: "string",
                ...(key.values === undefined ? { minLength: 1 } : { enum: key.values }),
                ...(key.default === undefined ? {} : { default: key.default }),
                description: key.doc,
              },
            ]),
          ),
          required: Object.entries(QUERY_KEYS).flatMap(([name, { required }]) => (required ? [name] : [])),
          additionalProperties: false,
        },
        ...base,
      };
    case "tables":
      return {
        type: "object",
        additionalProperties: {
          type: "object",
          properties: {
            rows: { type: "integer", minimum: 0, description: "How many rows the table has, or will have." },
          },
          required: ["rows"],
          additionalProperties: false,
        },
        ...base,
      };
    case "severities":
      return {
        type: "object",
        properties: Object.fromEntries(ruleNames().map((name) => [name, { type: "string", enum: SEVERITY_VALUES }])),
        additionalProperties: false,
        ...base,
      };
  }
}

/** What the profiles make of a default, in the settings page of the editor. */
function profileSentence(profiles: Setting["profiles"], usual: Setting["default"]): string {
  if (profiles === undefined) return "";
  const words = PROFILES.flatMap((profile) =>
    profile === "balanced" || profiles[profile] === undefined
      ? []
      : `${JSON.stringify(profiles[profile])} under \`${profile}\``,
  );
  return ` Left at ${JSON.stringify(usual)}, it is ${words.join(", ")} (\`hotpath.profile\`).`;
}

/** `contributes.configuration` of the extension. */
export function contributedConfiguration(): Schema {
  const entries = settings.map((setting, order): [string, Schema] => [
    `hotpath.${setting.key}`,
    { ...schemaOf(setting), scope: VSCODE_SCOPE[setting.scope], order },
  ]);
  return { title: "Hotpath", properties: Object.fromEntries(entries) };
}

/** JSON schema of `hotpath.config.json`. */
export function renderConfigSchema(): string {
  const own = settings.filter((setting) => setting.scope === "resource");
  const schema = {
    $schema: "http://json-schema.org/draft-07/schema#",
    title: "Hotpath configuration",
    type: "object",
    properties: {
      $schema: { type: "string" },
      ...Object.fromEntries(own.map((setting) => [setting.key, schemaOf(setting)])),
    },
    additionalProperties: false,
  };
  return `${JSON.stringify(schema, undefined, 2)}\n`;
}

/** What the profiles change, one row a setting. */
function profileRows(): string[] {
  return settings.flatMap(({ key, default: usual, profiles }) => {
    if (profiles === undefined) return [];
    const cells = PROFILES.map((profile) => (profile === "balanced" ? usual : (profiles[profile] ?? usual)));
    return [`| \`hotpath.${key}\` | ${cells.map((cell) => `\`${JSON.stringify(cell)}\``).join(" | ")} |`];
  });
}

export function renderSettingsPage(): string {
  const rows = settings.map(({ key, type, default: initial, scope, doc }) => {
    const values = type.kind === "enum" ? type.values.map((value) => `\`${value}\``).join(", ") : type.kind;
    const file = scope === "resource" ? "yes" : "no";
    return `| \`hotpath.${key}\` | ${values} | \`${JSON.stringify(initial)}\` | ${file} | ${doc} |`;
  });
  return [
    "# Settings",
    "",
    "<!-- Generated from `protocol/src/settings.ts` by `npm run generate`; do not edit. -->",
    "",
    "In the editor's settings they carry the prefix `hotpath.`; those marked *yes* may also stand, without it, in `hotpath.config.json` at the root of a project.",
    "The configuration file decides first, the editor's settings on top of it.",
    "",
    "| Setting | Values | Default | In the file | Meaning |",
    "|---|---|---|---|---|",
    ...rows,
    "",
    "## Profiles",
    "",
    "`hotpath.profile` chooses the defaults of these settings; whatever you set to another value stays as you set it.",
    "",
    `| Setting | ${PROFILES.map((profile) => `\`${profile}\``).join(" | ")} |`,
    "|---|---|---|---|",
    ...profileRows(),
    "",
    "## In the environment",
    "",
    "`HOTPATH_REDIS_URL`, `HOTPATH_REDIS_KEY` and `HOTPATH_REDIS_PREFIX` stand for the settings `redis.url`, `redis.key` and `redis.prefix` where there is no editor, as in CI. `HOTPATH_CACHE_DIR` chooses the folder of the cache.",
    "",
    "## Example",
    "",
    "```json",
    '{\n  "rules": { "remote-call-in-loop": "off", "blocking-call": "error" },\n  "quietPaths": ["tools/", "**/admin-scripts/"],\n  "smallLoopBound": 5,\n  "queries": [{ "module": "src/db", "export": "runQuery", "kind": "sql", "access": "read" }]\n}',
    "```",
    "",
  ].join("\n");
}
