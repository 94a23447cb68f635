/**
 * Things that are costly to make and the same each time they are made from the same: formatters, validators, templates, parsers, loaded files.
 *
 * Costs are orders of magnitude in microseconds, measured with Node.js 22 on one core (formatters, Ajv) or taken from the packages' own documentation and
 * issue trackers. Regular expressions are left out on purpose: V8 keeps compiled ones by their text, and `new RegExp` of a constant takes 0.07 µs.
 */
export interface ConstructionKind {
  /** What a reader calls it: `date formatter`. */
  readonly noun: string;
  /** Of one, in microseconds. */
  readonly micros: number;
  /** It is made of many calls that each add to the cost: the fields of a schema. */
  readonly composed?: true;
  /** What else is lost with it, when time is not the worst: `the keys it has fetched`. */
  readonly loses?: string;
}

const intl = (noun: string, micros: number): ConstructionKind => ({ noun, micros });
const schema: ConstructionKind = { noun: "validation schema", micros: 5, composed: true };
const template = (micros: number): ConstructionKind => ({ noun: "compiled template", micros });
const keySet: ConstructionKind = { noun: "key set client", micros: 200, loses: "the keys it has fetched" };
const tokenizer: ConstructionKind = { noun: "tokenizer", micros: 100_000 };
const browser: ConstructionKind = { noun: "browser", micros: 300_000 };

/** `module#export.path`. */
const CONSTRUCTIONS: Readonly<Record<string, ConstructionKind>> = {
  "global:#Intl.DateTimeFormat": intl("date formatter", 50),
  "global:#Intl.NumberFormat": intl("number formatter", 10),
  "global:#Intl.RelativeTimeFormat": intl("relative time formatter", 10),
  "global:#Intl.ListFormat": intl("list formatter", 5),
  "global:#Intl.PluralRules": intl("plural rules", 5),
  "global:#Intl.DisplayNames": intl("display names", 10),
  "global:#Intl.Segmenter": intl("segmenter", 4),
  "global:#Intl.Collator": intl("collator", 3),
  "ajv#default": { noun: "Ajv instance", micros: 3000 },
  "ajv#Ajv": { noun: "Ajv instance", micros: 3000 },
  "ajv/dist/2020#default": { noun: "Ajv instance", micros: 3000 },
  "ajv/dist/2019#default": { noun: "Ajv instance", micros: 3000 },
  "handlebars#compile": template(1000),
  "handlebars#default.compile": template(1000),
  "pug#compile": template(3000),
  "pug#compileFile": template(3000),
  "ejs#compile": template(300),
  "nunjucks#compile": template(500),
  "lodash#template": template(200),
  "lodash.template#default": template(200),
  "jsdom#JSDOM": { noun: "DOM", micros: 10_000 },
  "shiki#createHighlighter": { noun: "highlighter", micros: 300_000 },
  "shiki#getHighlighter": { noun: "highlighter", micros: 300_000 },
  "tiktoken#get_encoding": tokenizer,
  "tiktoken#encoding_for_model": tokenizer,
  "@dqbd/tiktoken#get_encoding": tokenizer,
  "@dqbd/tiktoken#encoding_for_model": tokenizer,
  "js-tiktoken#getEncoding": tokenizer,
  "js-tiktoken#encodingForModel": tokenizer,
  "jose#createRemoteJWKSet": keySet,
  "jwks-rsa#default": keySet,
  "jwks-rsa#JwksClient": keySet,
  "graphql#buildSchema": { noun: "GraphQL schema", micros: 1000 },
  "@graphql-tools/schema#makeExecutableSchema": { noun: "GraphQL schema", micros: 2000 },
  "maxmind#open": { noun: "geo database", micros: 10_000 },
  "maxmind#default.open": { noun: "geo database", micros: 10_000 },
  "@maxmind/geoip2-node#Reader.open": { noun: "geo database", micros: 10_000 },
  "puppeteer#launch": browser,
  "puppeteer#default.launch": browser,
  "puppeteer-core#launch": browser,
  "puppeteer-core#default.launch": browser,
  "playwright#chromium.launch": browser,
  "playwright-core#chromium.launch": browser,
  "markdown-it#default": { noun: "Markdown parser", micros: 300 },
  "showdown#Converter": { noun: "Markdown parser", micros: 200 },
  "turndown#default": { noun: "Markdown converter", micros: 200 },
};

/** Schema builders: every call on the package's export that gives a schema. */
const SCHEMA_PACKAGES: Readonly<Record<string, ConstructionKind>> = {
  zod: schema,
  "zod/v4": schema,
  "zod/v3": schema,
  joi: { noun: "validation schema", micros: 50, composed: true },
  "@hapi/joi": { noun: "validation schema", micros: 50, composed: true },
  yup: schema,
};
const SCHEMA_ROOTS = /^(object|strictObject|looseObject|discriminatedUnion|union|array|tuple|record)$/;

/** Reads of a file as a whole. */
const FILE_READS =
  /^(node:fs\/promises#readFile|node:fs#promises\.readFile|fs-extra#(default\.)?(readFile|readJson|readJSON))$/;
const loadedFile: ConstructionKind = { noun: "file", micros: 500 };

/** What a call of a package's export makes; undefined for everything else. */
export function constructionKindOf(module: string, path: readonly string[]): ConstructionKind | undefined {
  const name = (path.at(-1) === "prototype" ? path.slice(0, -1) : path).join(".");
  const key = `${module}#${name}`;
  const known = CONSTRUCTIONS[key];
  if (known !== undefined) return known;
  if (FILE_READS.test(key)) return loadedFile;
  const schemas = SCHEMA_PACKAGES[module];
  if (schemas === undefined || !SCHEMA_ROOTS.test(path.at(-1) ?? "")) return undefined;
  const roots = path.slice(0, -1).filter((part) => part !== "default" && part !== "z" && part !== "Joi");
  return roots.length === 0 ? schemas : undefined;
}

/**
 * Methods of dates, numbers and strings that make a formatter of their own each time, unless they are given neither options nor anything but a locale: V8
 * keeps one for those.
 */
export function formattingMethod(name: string, argumentCount: number): ConstructionKind | undefined {
  if (argumentCount < 2) return undefined;
  if (name === "toLocaleDateString" || name === "toLocaleTimeString") return intl("date formatter", 60);
  if (name === "toLocaleString") return intl("formatter", 15);
  if (name === "localeCompare" && argumentCount >= 3) return intl("collator", 5);
  return undefined;
}
