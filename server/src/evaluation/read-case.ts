/** One validated case of a suite, with its defaults filled in. What its shape cannot say is checked here. */
import { isRecord } from "./shape.js";
import type { Assertion, CaseDefinition, CaseKind, PromptDefinition, SuitePlace } from "./suite.js";

export interface ReadCase {
  readonly definition: CaseDefinition | undefined;
  readonly faults: readonly { readonly key: string; readonly message: string }[];
}

type Raw = Readonly<Record<string, unknown>>;

/** @param raw Has the shape its kind demands. */
export function readCase(raw: Raw, place: SuitePlace): ReadCase {
  const faults = faultsOf(raw);
  if (0 < faults.length) return { definition: undefined, faults };
  return { definition: { ...baseOf(raw), place, ...readKind(raw) } as CaseDefinition, faults };
}

function baseOf(raw: Raw): object {
  const kept = ["id", "title", "category", "repeat", "timeoutSeconds", "retries"].filter((key) => key in raw);
  return { ...Object.fromEntries(kept.map((key) => [key, raw[key]])), weight: raw["weight"] ?? 1 };
}

function faultsOf(raw: Raw): ReadCase["faults"] {
  const fault = (key: string, message: string): ReadCase["faults"] => [{ key, message }];
  switch (raw["kind"] as CaseKind) {
    case "detect":
      if ("files" in raw === "folder" in raw)
        return fault("kind", "give either `files` (case files) or a `folder` with `labels`");
      if ("folder" in raw && !("labels" in raw))
        return fault("folder", "a folder needs `labels`: what should be found in it");
      if ("labels" in raw && !("folder" in raw))
        return fault("labels", "`labels` belong to a `folder`; case files carry their own");
      return [];
    case "prompt":
      if ("prompt" in raw === "prompts" in raw) return fault("kind", "give either `prompt` or `prompts`");
      return [...promptFaults(raw), ...assertionFaults(raw)];
    case "http": {
      const load = isRecord(raw["load"]) ? raw["load"] : {};
      if ("iterations" in load && ("rate" in load || "seconds" in load)) {
        return fault("load", "`iterations` is a closed loop: it goes with neither `rate` nor `seconds`");
      }
      return [];
    }
    case "sql":
    case "command":
      return [];
  }
}

function promptsOf(raw: Raw): readonly unknown[] {
  return Array.isArray(raw["prompts"]) ? raw["prompts"] : [raw["prompt"]];
}

function promptFaults(raw: Raw): ReadCase["faults"] {
  const wrong = promptsOf(raw).some(
    (prompt) => isRecord(prompt) && ["text", "file", "messages"].filter((key) => key in prompt).length !== 1,
  );
  return wrong
    ? [{ key: "prompts" in raw ? "prompts" : "prompt", message: "a prompt has either `text`, `file` or `messages`" }]
    : [];
}

/** Assertions that mean nothing without a value. */
const NEED_VALUE: ReadonlySet<string> = new Set([
  "equals",
  "contains",
  "contains-any",
  "starts-with",
  "regex",
  "json-schema",
  "expression",
  "similar",
  "rubric",
]);

function assertionFaults(raw: Raw): ReadCase["faults"] {
  return assertionsOf(raw).flatMap(({ type, value }) => {
    if (value === undefined && NEED_VALUE.has(type))
      return [{ key: "assert", message: `\`${type}\` needs a \`value\`` }];
    if (["regex", "expression", "similar", "rubric", "starts-with"].includes(type) && typeof value !== "string") {
      return [{ key: "assert", message: `the \`value\` of \`${type}\` must be a text` }];
    }
    if (type === "regex" && regexFault(String(value)) !== undefined) {
      return [
        { key: "assert", message: `\`${String(value)}\` is no regular expression: ${regexFault(String(value)) ?? ""}` },
      ];
    }
    return [];
  });
}

function regexFault(source: string): string | undefined {
  try {
    new RegExp(source, "u");
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message.replace(/^.*: /, "") : String(error);
  }
}

function assertionsOf(raw: Raw): readonly Assertion[] {
  return (raw["assert"] ?? []) as readonly Assertion[];
}

function readKind(raw: Raw): object {
  switch (raw["kind"] as CaseKind) {
    case "detect":
      return { ...pick(raw, ["kind", "files", "folder", "labels"]), rules: raw["rules"] ?? [] };
    case "prompt":
      return {
        ...pick(raw, ["kind", "system", "threshold"]),
        prompts: promptsOf(raw).map(readPrompt),
        variables: isRecord(raw["variables"]) ? [raw["variables"]] : (raw["variables"] ?? [{}]),
        providers: raw["providers"] ?? [],
        assertions: assertionsOf(raw),
        parameters: raw["parameters"] ?? {},
      };
    case "http": {
      const load = isRecord(raw["load"]) ? raw["load"] : {};
      const timed = "iterations" in load ? {} : { seconds: 10 };
      return {
        ...pick(raw, ["kind", "url", "body"]),
        method: raw["method"] ?? "GET",
        headers: raw["headers"] ?? {},
        // In an open loop, requests that wait for a connection are part of what is measured; many connections keep that rare.
        load: { users: "rate" in load ? 100 : 1, warmupSeconds: 0, ...timed, ...load },
        expect: raw["expect"] ?? {},
      };
    }
    case "sql":
      return {
        ...pick(raw, ["kind", "seed", "query"]),
        database: raw["database"] ?? "seed",
        parameters: raw["parameters"] ?? [],
        expect: raw["expect"] ?? {},
      };
    case "command":
      return {
        ...pick(raw, ["kind", "run", "folder", "results", "maxMeanMs"]),
        env: raw["env"] ?? {},
        reads: raw["reads"] ?? "exit",
      };
  }
}

function readPrompt(prompt: unknown, index: number): PromptDefinition {
  const id = `prompt ${index + 1}`;
  if (typeof prompt === "string") return { id, text: prompt };
  return { id, ...(prompt as Partial<PromptDefinition>) };
}

function pick(raw: Raw, keys: readonly string[]): object {
  return Object.fromEntries(keys.filter((key) => key in raw).map((key) => [key, raw[key]]));
}
