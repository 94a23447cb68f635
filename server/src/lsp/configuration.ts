/** The client's settings, asked for where the client can be asked, validated, in the analyzer's words. */
import type { _Connection } from "vscode-languageserver";
import { ruleInfos } from "../analysis/explain.js";
import type { LensScope } from "../analysis/explain-query/query-lenses.js";
import { analysisOverrides, scanOptions } from "../service/options.js";
import type { ServiceOptions } from "../service/workspace-service.js";
import { readSettingValues, withProfile } from "../workspace/setting-values.js";
import { cacheLimitsFrom, sharedCacheFrom } from "../workspace/shared-cache.js";
import type { ClientAbilities } from "./client-abilities.js";

export interface SessionSettings {
  readonly enabled: boolean;
  readonly scope: "workspace" | "openFiles";
  /** Whether code is embedded before anybody searches it. */
  readonly embedsInBackground: boolean;
  /** Above which queries a line stands; undefined above none. */
  readonly lenses: LensScope | undefined;
  /** Whether a line with its cost stands above each entry point. */
  readonly costLenses: boolean;
  readonly cacheEnabled: boolean;
  readonly cacheFolder: string | undefined;
  readonly overrides: ServiceOptions["overrides"];
  /** Options that only a new scan can take up. */
  readonly scan: Pick<ServiceOptions, "model" | "workers" | "maxFileBytes" | "exclude" | "sharedCache" | "cacheLimits">;
  /** Equal keys mean that a change can be taken up without opening the workspace again. */
  readonly reopenKey: string;
}

/**
 * Never rejects: a client that cannot or will not answer gets the fallback, and wrong values are named in the log and left out.
 *
 * @param fallback What the client sent by itself, with `initialize` or with a change.
 */
export async function readSettings(
  connection: _Connection,
  abilities: ClientAbilities,
  fallback: unknown,
): Promise<SessionSettings> {
  const asked: unknown = abilities.configuration
    ? await connection.workspace.getConfiguration("hotpath").catch(() => fallback)
    : fallback;
  return settingsFrom(asked, (message) => connection.console.warn(message));
}

export function settingsFrom(given: unknown, warn: (message: string) => void): SessionSettings {
  const rules = ruleInfos();
  const known = { ids: rules.map((rule) => rule.id), families: [...new Set(rules.map((rule) => rule.family))] };
  const { values: written, mistakes } = readSettingValues(withoutNulls(given), () => true, known);
  const values = withProfile(written);
  for (const mistake of mistakes) warn(`setting hotpath.${mistake.key} is not used: ${mistake.message}`);
  const scan = scanOptions(values);
  const workers = values.get("workers");
  const folder = values.get("cache.folder");
  const enabled = scan.enabled ?? true;
  const cacheEnabled = values.get("cache.enabled") !== false;
  const cacheFolder = typeof folder === "string" && folder !== "" ? folder : undefined;
  const sharedCache = sharedCacheFrom(values, process.env);
  const cacheLimits = cacheLimitsFrom(values);
  const path = values.get("model.path");
  const provider = values.get("model.provider");
  const model = {
    enabled: values.get("model.enable") !== false,
    ...(typeof path === "string" && path !== "" ? { folder: path } : {}),
    ...(typeof provider === "string" ? { provider } : {}),
  };
  const scanned = {
    model,
    ...(sharedCache === undefined || !cacheEnabled ? {} : { sharedCache }),
    ...(cacheLimits === undefined ? {} : { cacheLimits }),
    ...(typeof workers === "number" && workers >= 0 ? { workers } : {}),
    ...(scan.maxFileBytes === undefined ? {} : { maxFileBytes: scan.maxFileBytes }),
    ...(scan.exclude === undefined || scan.exclude.length === 0 ? {} : { exclude: scan.exclude }),
  };
  return {
    enabled,
    scope: values.get("diagnostics.scope") === "openFiles" ? "openFiles" : "workspace",
    costLenses: values.get("codeLens.costs") !== false,
    embedsInBackground: model.enabled && values.get("model.background") !== false,
    lenses: lensScope(values.get("codeLens.queries")),
    cacheEnabled,
    cacheFolder,
    overrides: analysisOverrides(values),
    scan: scanned,
    reopenKey: JSON.stringify([enabled, cacheEnabled, cacheFolder, scanned]),
  };
}

function lensScope(value: unknown): LensScope | undefined {
  return value === "off" ? undefined : value === "all" ? "all" : "missing";
}

/** Editors send null for settings nobody has set. */
function withoutNulls(given: unknown): unknown {
  if (typeof given !== "object" || given === null || Array.isArray(given)) return given;
  return Object.fromEntries(
    Object.entries(given).flatMap(([key, value]) => (value === null ? [] : [[key, withoutNulls(value)]])),
  );
}
