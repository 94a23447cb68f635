/** Settings as somebody wrote them, checked against the table: right values are taken, wrong ones named. */
import { nearest } from "../base/nearest.js";
import {
  QUERY_KEYS,
  SEVERITY_VALUES,
  settings,
  type DeclaredQuery,
  type Setting,
  type SettingType,
  type TableFacts,
} from "../../../protocol/src/settings.js";

export type SettingValue =
  | boolean
  | number
  | string
  | readonly string[]
  | Readonly<Record<string, string>>
  | Readonly<Record<string, TableFacts>>
  | readonly DeclaredQuery[];

export interface CheckedSettings {
  readonly values: ReadonlyMap<string, SettingValue>;
  readonly mistakes: readonly SettingMistake[];
}

export interface SettingMistake {
  /** Path of the key at fault, such as `diagnostics.scope` or `queries.0.kind`. */
  readonly key: string;
  readonly message: string;
}

export interface KnownRules {
  readonly ids: readonly string[];
  readonly families: readonly string[];
}

/**
 * Reads a nested object (`{ diagnostics: { scope: … } }`) or one with dotted keys.
 *
 * @param accepted Which settings may stand here.
 */
export function readSettingValues(
  given: unknown,
  accepted: (setting: Setting) => boolean,
  rules: KnownRules,
): CheckedSettings {
  const values = new Map<string, SettingValue>();
  const mistakes: SettingMistake[] = [];
  if (typeof given !== "object" || given === null || Array.isArray(given)) return { values, mistakes };
  for (const [key, value] of flatten(given as Record<string, unknown>, "")) {
    const setting = settings.find((one) => one.key === key);
    if (setting === undefined || !accepted(setting)) {
      mistakes.push({ key, message: unknownKey(key, accepted) });
      continue;
    }
    const mistake = checkValue(setting, value, rules);
    if (mistake === undefined) values.set(key, value as SettingValue);
    else mistakes.push(mistake);
  }
  return { values, mistakes };
}

/** The same values, and those that the profile chooses. A setting left at its default counts as not set: editors hand those on as well. */
export function withProfile(values: ReadonlyMap<string, SettingValue>): ReadonlyMap<string, SettingValue> {
  const profile = values.get("profile");
  if (profile !== "light" && profile !== "performance") return values;
  const chosen = settings.flatMap(({ key, default: usual, profiles }) => {
    const given = values.get(key);
    const value = given === undefined || given === usual ? profiles?.[profile] : undefined;
    return value === undefined ? [] : [[key, value] as const];
  });
  return new Map([...values, ...chosen]);
}

const GROUPS = new Set(
  settings
    .map(({ key }) => key)
    .filter((key) => key.includes("."))
    .map((key) => key.slice(0, key.indexOf("."))),
);

function* flatten(given: Record<string, unknown>, prefix: string): Generator<[string, unknown]> {
  for (const [name, value] of Object.entries(given)) {
    const key = prefix === "" ? name : `${prefix}.${name}`;
    if (prefix === "" && GROUPS.has(name) && typeof value === "object" && value !== null)
      yield* flatten(value as Record<string, unknown>, name);
    else yield [key, value];
  }
}

function unknownKey(key: string, accepted: (setting: Setting) => boolean): string {
  const names = settings.filter(accepted).map((setting) => setting.key);
  const guess = nearest(key, names);
  return `there is no setting ${key}${guess === undefined ? `: the settings are ${names.join(", ")}` : `: did you mean ${guess}?`}`;
}

function checkValue(setting: Setting, value: unknown, rules: KnownRules): SettingMistake | undefined {
  const { key, type } = setting;
  if (type.kind === "severities") return checkSeverities(key, value, rules);
  if (type.kind === "queries") return checkQueries(key, value);
  if (type.kind === "tables") return checkTables(key, value);
  const expected = expectation(type, value);
  return expected === undefined ? undefined : { key, message: `${key} must be ${expected}, not ${shown(value)}` };
}

/** What was expected of a value, in words; undefined when it is as it should be. */
function expectation(
  type: Exclude<SettingType, { readonly kind: "severities" | "queries" | "tables" }>,
  value: unknown,
): string | undefined {
  switch (type.kind) {
    case "boolean":
      return typeof value === "boolean" ? undefined : "true or false";
    case "integer":
      return Number.isInteger(value) && type.min <= Number(value) && Number(value) <= type.max
        ? undefined
        : `a whole number from ${type.min} to ${type.max}`;
    case "string":
      return typeof value === "string" ? undefined : "a string";
    case "enum":
      return typeof value === "string" && type.values.includes(value) ? undefined : `one of ${type.values.join(", ")}`;
    case "strings":
      return Array.isArray(value) && value.every((one) => typeof one === "string") ? undefined : "a list of strings";
  }
}

function checkSeverities(key: string, value: unknown, rules: KnownRules): SettingMistake | undefined {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    return { key, message: `${key} must be an object of rules and severities, not ${shown(value)}` };
  const known = [...rules.ids, ...rules.families];
  for (const [rule, severity] of Object.entries(value)) {
    const at = `${key}.${rule}`;
    if (!known.includes(rule)) {
      const guess = nearest(rule, known);
      const way = guess === undefined ? ": hotpath explain lists them" : `: did you mean ${guess}?`;
      return { key: at, message: `${key} names no rule ${rule}${way}` };
    }
    if (!(SEVERITY_VALUES as readonly unknown[]).includes(severity))
      return { key: at, message: `${at} must be one of ${SEVERITY_VALUES.join(", ")}, not ${shown(severity)}` };
  }
  return undefined;
}

function checkTables(key: string, value: unknown): SettingMistake | undefined {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    return { key, message: `${key} must be an object of table names, not ${shown(value)}` };
  for (const [table, facts] of Object.entries(value as Record<string, unknown>)) {
    const at = `${key}.${table}`;
    const rows: unknown = typeof facts === "object" && facts !== null && "rows" in facts ? facts.rows : undefined;
    const alone = typeof facts === "object" && facts !== null && Object.keys(facts).length === 1;
    if (!Number.isSafeInteger(rows) || Number(rows) < 0 || !alone)
      return { key: at, message: `${at} must be { "rows": N } with a whole number, not ${shown(facts)}` };
  }
  return undefined;
}

function checkQueries(key: string, value: unknown): SettingMistake | undefined {
  if (!Array.isArray(value)) return { key, message: `${key} must be a list of objects, not ${shown(value)}` };
  for (const [i, entry] of value.entries()) {
    const mistake = checkQuery(`${key}.${i}`, entry);
    if (mistake !== undefined) return mistake;
  }
  return undefined;
}

function checkQuery(at: string, entry: unknown): SettingMistake | undefined {
  const names = Object.keys(QUERY_KEYS);
  if (typeof entry !== "object" || entry === null || Array.isArray(entry))
    return { key: at, message: `${at} must be an object with ${names.join(", ")}, not ${shown(entry)}` };
  for (const [name, value] of Object.entries(entry)) {
    const known = Object.hasOwn(QUERY_KEYS, name) ? QUERY_KEYS[name as keyof DeclaredQuery] : undefined;
    if (known === undefined) {
      const guess = nearest(name, names);
      const way = guess === undefined ? `the keys are ${names.join(", ")}` : `did you mean ${guess}?`;
      return { key: `${at}.${name}`, message: `${at} has no key ${name}: ${way}` };
    }
    const expected = known.values === undefined ? "some text" : `one of ${known.values.join(", ")}`;
    const right = typeof value === "string" && value !== "" && known.values?.includes(value) !== false;
    if (!right) return { key: `${at}.${name}`, message: `${at}.${name} must be ${expected}, not ${shown(value)}` };
  }
  const missing = names.find((name) => QUERY_KEYS[name as keyof DeclaredQuery].required && !Object.hasOwn(entry, name));
  return missing === undefined
    ? undefined
    : { key: at, message: `${at} lacks ${missing}: ${QUERY_KEYS[missing as keyof DeclaredQuery].doc}` };
}

/** Enough of a value to recognise it. */
function shown(value: unknown): string {
  const text = JSON.stringify(value) as string | undefined;
  if (text === undefined) return "undefined";
  return text.length <= 60 ? text : `${text.slice(0, 60)}…`;
}
