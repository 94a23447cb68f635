/** How a run goes about its cases: flags before environment before suite before defaults. */
import type { SuiteSettings } from "./suite.js";

export interface RunSettings {
  readonly concurrency: number;
  readonly timeoutMs: number;
  /** Of `command` cases. */
  readonly commandTimeoutMs: number;
  readonly retries: number;
  readonly repeat: number;
  readonly cache: boolean;
  /** Whether `command` cases are remembered too; what they depend on cannot be seen, so only on demand. */
  readonly commandCache: boolean;
}

export interface SettingFlags {
  readonly concurrency?: number;
  readonly noCache?: boolean;
}

export interface ResolvedSettings {
  readonly settings: RunSettings;
  /** Variables that could not be understood, one sentence each. */
  readonly warnings: readonly string[];
}

const DEFAULT_CONCURRENCY = 5;
const DEFAULT_TIMEOUT_SECONDS = 300;
const DEFAULT_RETRIES = 2;

export function resolveSettings(
  suite: SuiteSettings,
  env: Readonly<Record<string, string | undefined>>,
  flags: SettingFlags,
): ResolvedSettings {
  const warnings: string[] = [];
  const read = <T>(name: string, parse: (text: string) => T | undefined, wants: string): T | undefined => {
    const text = env[name]?.trim();
    if (text === undefined || text === "") return undefined;
    const value = parse(text);
    if (value === undefined) warnings.push(`${name}=${text} is ignored: it must be ${wants}`);
    return value;
  };
  const count = (name: string): number | undefined => read(name, parseCount, "a whole number from 1 to 1000");
  const time = (name: string): number | undefined =>
    read(name, parseDuration, "seconds, such as 300, 90s, 5m or 1500ms");
  const choice = (name: string): boolean | undefined => read(name, parseBoolean, "true or false");

  const timeoutMs = time("EVALUATION_TIMEOUT") ?? (suite.timeoutSeconds ?? DEFAULT_TIMEOUT_SECONDS) * 1000;
  const cacheOfEnvironment = choice("ENABLE_EVALUATION_CACHE");
  const cache = flags.noCache === true ? false : (cacheOfEnvironment ?? suite.cache ?? true);
  const commandCacheWanted = choice("ENABLE_TEST_CACHE");
  const settings: RunSettings = {
    concurrency: flags.concurrency ?? count("MAX_CONCURRENT_REQUESTS") ?? suite.concurrency ?? DEFAULT_CONCURRENCY,
    timeoutMs,
    commandTimeoutMs: time("TEST_TIMEOUT") ?? timeoutMs,
    retries: suite.retries ?? DEFAULT_RETRIES,
    repeat: suite.repeat ?? 1,
    cache,
    commandCache: cache && (commandCacheWanted ?? false),
  };
  return { settings, warnings };
}

function parseCount(text: string): number | undefined {
  const value = /^\d{1,4}$/.test(text) ? Number(text) : 0;
  return 1 <= value && value <= 1000 ? value : undefined;
}

/** Milliseconds; a bare number is seconds. */
function parseDuration(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)\s*(ms|s|m|h)?$/.exec(text);
  if (match === null) return undefined;
  const unit = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 }[match[2] ?? "s"] ?? 1000;
  const value = Number(match[1]) * unit;
  return 0 < value ? value : undefined;
}

function parseBoolean(text: string): boolean | undefined {
  if (/^(?:true|1|yes|on)$/i.test(text)) return true;
  return /^(?:false|0|no|off)$/i.test(text) ? false : undefined;
}
