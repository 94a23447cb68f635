/** Prompts with `{{name}}` in them. Names can reach into values with dots; nothing in a prompt is ever run. */

export type Variables = Readonly<Record<string, unknown>>;

const PLACE = /\{\{\s*([\w.-]+)\s*\}\}/g;

export interface Rendered {
  readonly text: string;
  /** Names that stand for nothing. */
  readonly missing: readonly string[];
}

export function renderTemplate(template: string, variables: Variables): Rendered {
  const missing = new Set<string>();
  const text = template.replaceAll(PLACE, (whole, name: string) => {
    const value = lookUp(variables, name);
    if (value === undefined) {
      missing.add(name);
      return whole;
    }
    return typeof value === "string" ? value : JSON.stringify(value);
  });
  return { text, missing: [...missing] };
}

/** A value by a path of own properties, `user.name` or `rows.0`. */
export function lookUp(value: unknown, path: string): unknown {
  let current = value;
  for (const step of path.split(".")) {
    if (typeof current !== "object" || current === null || !Object.hasOwn(current, step)) return undefined;
    current = (current as Readonly<Record<string, unknown>>)[step];
  }
  return current;
}
