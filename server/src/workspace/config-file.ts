/** `hotpath.config.json`: JSON with comments, the settings a project may decide for everybody who works on it. */
import { readFileSync } from "node:fs";
import {
  getNodeValue,
  findNodeAtLocation,
  parseTree,
  printParseErrorCode,
  type Node,
  type ParseError,
} from "jsonc-parser";
import { lineStartsOf, positionAt } from "../base/line-index.js";
import type { Setting } from "../../../protocol/src/settings.js";
import { readSettingValues, type KnownRules, type SettingValue } from "./setting-values.js";

export const CONFIG_NAME = "hotpath.config.json";

/** A configuration that cannot be used; the message names file, line and the way out. */
export class ConfigError extends Error {}

/** Settings that make sense for a project, as opposed to a window or a machine. */
export function isProjectSetting({ scope }: Setting): boolean {
  return scope === "resource";
}

/** Values of a configuration file; undefined when there is none. Throws `ConfigError` for one that is wrong. */
export function readConfigFile(
  path: string,
  rules: KnownRules,
  mustExist: boolean,
): ReadonlyMap<string, SettingValue> | undefined {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "unknown error";
    if (code === "ENOENT" && !mustExist) return undefined;
    throw new ConfigError(`cannot read ${path} (${code}): check the path and its permissions`);
  }
  return parseConfig(path, text, rules);
}

/** @param path Only for messages. */
export function parseConfig(path: string, text: string, rules: KnownRules): ReadonlyMap<string, SettingValue> {
  const errors: ParseError[] = [];
  const tree = parseTree(text.replace(/^\uFEFF/, " "), errors, { allowTrailingComma: true });
  const lines = lineStartsOf(text);
  const [first] = errors;
  if (first !== undefined || tree === undefined) {
    const at = positionAt(lines, first?.offset ?? 0);
    const what =
      first === undefined
        ? "it is empty"
        : printParseErrorCode(first.error)
            .replaceAll(/([a-z])([A-Z])/g, "$1 $2")
            .toLowerCase();
    throw new ConfigError(
      `${path}:${at.line + 1}:${at.column + 1}: not valid JSON (${what}): mend it or remove the file`,
    );
  }
  if (tree.type !== "object") throw new ConfigError(`${path}:1:1: the configuration must be a JSON object`);
  const given = Object.fromEntries(
    Object.entries(getNodeValue(tree) as Record<string, unknown>).filter(([key]) => key !== "$schema"),
  );
  const { values, mistakes } = readSettingValues(given, isProjectSetting, rules);
  const [mistake] = mistakes;
  if (mistake === undefined) return values;
  const at = positionAt(lines, keyOffset(tree, mistake.key));
  throw new ConfigError(`${path}:${at.line + 1}:${at.column + 1}: ${mistake.message}`);
}

/** Where a key stands: as it is written, or in groups within groups. */
function keyOffset(tree: Node, key: string): number {
  const dot = key.indexOf(".");
  const node =
    findNodeAtLocation(tree, [key]) ??
    findNodeAtLocation(tree, [key.slice(0, dot), key.slice(dot + 1)]) ??
    findNodeAtLocation(
      tree,
      key.split(".").map((part) => (/^\d+$/.test(part) ? Number(part) : part)),
    );
  // A property stands where its name does, an element of a list where it begins.
  return (node?.parent?.type === "property" ? node.parent.offset : node?.offset) ?? 0;
}
