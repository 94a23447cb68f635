/** Providers of promptfoo that have a counterpart here. */
import { isRecord, type ValuePath } from "../shape.js";
import type { ProviderDefinition } from "../suite.js";
import { listOf, type ImportSource } from "./source.js";

export interface ImportedProvider {
  readonly definition: ProviderDefinition;
  /** Names of the prompts it is asked; all where nothing is said. */
  readonly prompts: readonly string[] | undefined;
}

type Raw = Readonly<Record<string, unknown>>;

/** Endpoints that speak as OpenAI does. A local Ollama does so under `/v1`. */
const COMPATIBLE: Readonly<Record<string, { readonly url: string; readonly keyEnv?: string }>> = {
  ollama: { url: "http://127.0.0.1:11434/v1" },
  localai: { url: "http://127.0.0.1:8080/v1" },
  groq: { url: "https://api.groq.com/openai/v1", keyEnv: "GROQ_API_KEY" },
  openrouter: { url: "https://openrouter.ai/api/v1", keyEnv: "OPENROUTER_API_KEY" },
  mistral: { url: "https://api.mistral.ai/v1", keyEnv: "MISTRAL_API_KEY" },
  deepseek: { url: "https://api.deepseek.com/v1", keyEnv: "DEEPSEEK_API_KEY" },
};
/** Settings of promptfoo that say where and how, not what is sent. */
const NOT_SENT = new Set(["apiBaseUrl", "apiHost", "apiKey", "apiKeyEnvar", "cost", "inputCost", "outputCost"]);
const KNOWN_KEYS = new Set(["id", "label", "config", "prompts"]);

export function importProviders(config: Raw, source: ImportSource): ImportedProvider[] {
  const key = "providers" in config ? "providers" : "targets";
  const given = config[key];
  return listOf(given).flatMap((value, index) =>
    importProvider(value, Array.isArray(given) ? [key, index] : [key], source),
  );
}

function importProvider(given: unknown, at: ValuePath, source: ImportSource): ImportedProvider[] {
  const warn = (message: string): void => source.warn(at, message);
  const whole = wholeProvider(given);
  const name = whole?.["id"];
  if (whole === undefined || typeof name !== "string") {
    warn("this provider is not understood and left out");
    return [];
  }
  const target = targetOf(name);
  if (target === undefined) {
    const known = ["openai", "anthropic", ...Object.keys(COMPATIBLE), "echo"].join(", ");
    warn(`the provider \`${name}\` of promptfoo is not understood and left out: known are ${known}`);
    return [];
  }
  for (const key of Object.keys(whole)) {
    if (!KNOWN_KEYS.has(key)) source.warn([...at, key], `\`${key}\` of promptfoo is not understood and left out`);
  }
  const config = isRecord(whole["config"]) ? whole["config"] : {};
  if ("apiKey" in config) warn("a key in the configuration is not used: set it as an environment variable");
  const url = urlOf(config) ?? target.url;
  const { label, prompts } = whole;
  const definition: ProviderDefinition = {
    ...target,
    id: typeof label === "string" ? label : name,
    ...(url === undefined ? {} : { url }),
    ...(typeof config["apiKeyEnvar"] === "string" ? { keyEnv: config["apiKeyEnvar"] } : {}),
    ...priceOf(config),
    parameters: parametersOf(config, warn),
    place: source.place(at),
  };
  const only = listOf(prompts).filter((one) => typeof one === "string");
  return [{ definition, prompts: 0 < only.length ? only : undefined }];
}

/** `openai:gpt-4o`, `{ id: openai:gpt-4o, config: … }` or `{ openai:gpt-4o: { config: … } }`. */
function wholeProvider(given: unknown): Raw | undefined {
  if (typeof given === "string") return { id: given };
  if (!isRecord(given)) return undefined;
  if ("id" in given) return given;
  const [entry, ...others] = Object.entries(given);
  return entry !== undefined && others.length === 0 && isRecord(entry[1]) ? { id: entry[0], ...entry[1] } : undefined;
}

function urlOf(config: Raw): string | undefined {
  if (typeof config["apiBaseUrl"] === "string") return config["apiBaseUrl"];
  return typeof config["apiHost"] === "string" ? `https://${config["apiHost"]}/v1` : undefined;
}

/** promptfoo counts by the token. */
function priceOf(config: Raw): Pick<ProviderDefinition, "price"> {
  const input = config["inputCost"] ?? config["cost"];
  const output = config["outputCost"] ?? config["cost"];
  if (typeof input !== "number" || typeof output !== "number") return {};
  return { price: { inputPerMillion: input * 1e6, outputPerMillion: output * 1e6 } };
}

function parametersOf(config: Raw, warn: (message: string) => void): Raw {
  const sent = Object.entries(config).filter(([key]) => !NOT_SENT.has(key));
  for (const [key, value] of sent) {
    if (isReference(value)) warn(`\`${key}\` from a file is not understood and left out`);
  }
  return Object.fromEntries(sent.filter(([, value]) => !isReference(value)));
}

function isReference(value: unknown): boolean {
  return typeof value === "string" && value.startsWith("file://");
}

function targetOf(name: string): Pick<ProviderDefinition, "type" | "model" | "url" | "keyEnv"> | undefined {
  if (name === "echo") return { type: "echo" };
  const [maker = "", ...rest] = name.split(":");
  const endpoint = Object.hasOwn(COMPATIBLE, maker) ? COMPATIBLE[maker] : undefined;
  // Only these makers name the kind of endpoint; elsewhere a colon belongs to the model.
  const named = ["openai", "anthropic", "ollama", "localai"].includes(maker);
  const kind = named && 1 < rest.length ? rest[0] : undefined;
  const isChat = kind === undefined || ["chat", "messages", "completion"].includes(kind);
  if (!isChat && endpoint === undefined) return undefined;
  const model = isChat && kind !== undefined ? rest.slice(1).join(":") : rest.join(":");
  if (model === "") return undefined;
  if (maker === "openai") return { type: "openai", model };
  if (maker === "anthropic") return { type: "anthropic", model };
  return endpoint === undefined ? undefined : { type: "openai", ...endpoint, model };
}
