/** Settings as somebody wrote them, checked against the table: right values are taken, wrong ones named. */
import { nearest } from "../base/nearest.js";
import { SEVERITY_VALUES, settings, type Setting } from "../../../protocol/src/settings.js";

export type SettingValue = boolean | number | string | readonly string[] | Readonly<Record<string, string>>;

export interface CheckedSettings {
  readonly values: ReadonlyMap<string, SettingValue>;
  readonly mistakes: readonly SettingMistake[];
}

export interface SettingMistake {
  /** Path of the key at fault, such as `diagnostics.scope`. */
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
    const problem = checkValue(setting, value, rules);
    if (problem === undefined) values.set(key, value as SettingValue);
    else mistakes.push({ key, message: problem });
  }
  return { values, mistakes };
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

function checkValue({ key, type }: Setting, value: unknown, rules: KnownRules): string | undefined {
  const expected = (what: string): string => `${key} must be ${what}, not ${JSON.stringify(value).slice(0, 60)}`;
  switch (type.kind) {
    case "boolean":
      return typeof value === "boolean" ? undefined : expected("true or false");
    case "integer":
      return Number.isInteger(value) && type.min <= Number(value) && Number(value) <= type.max
        ? undefined
        : expected(`a whole number from ${type.min} to ${type.max}`);
    case "string":
      return typeof value === "string" ? undefined : expected("a string");
    case "enum":
      return typeof value === "string" && type.values.includes(value)
        ? undefined
        : expected(`one of ${type.values.join(", ")}`);
    case "strings":
      return Array.isArray(value) && value.every((one) => typeof one === "string")
        ? undefined
        : expected("a list of strings");
    case "severities":
      return checkSeverities(key, value, rules);
  }
}

function checkSeverities(key: string, value: unknown, rules: KnownRules): string | undefined {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    return `${key} must be an object of rules and severities`;
  for (const [rule, severity] of Object.entries(value)) {
    if (!(SEVERITY_VALUES as readonly unknown[]).includes(severity))
      return `${key}.${rule} must be one of ${SEVERITY_VALUES.join(", ")}, not ${JSON.stringify(severity)}`;
    const known = [...rules.ids, ...rules.families];
    if (known.includes(rule)) continue;
    const guess = nearest(rule, known);
    return `${key} names no rule ${rule}${guess === undefined ? ": hotpath explain lists them" : `: did you mean ${guess}?`}`;
  }
  return undefined;
}
