/** Providers of promptfoo that have a counterpart here. */
import { isRecord } from "./shape.js";
import type { ProviderDefinition, SuitePlace } from "./suite.js";

/** Address of a local Ollama, which speaks as OpenAI does under `/v1`. */
const OLLAMA = "http://127.0.0.1:11434/v1";
/** Settings of promptfoo that say where and how, not what is sent. */
const NOT_SENT = new Set(["apiBaseUrl", "apiHost", "apiKey", "apiKeyEnvar", "cost", "inputCost", "outputCost"]);

export function importProvider(
  given: unknown,
  place: SuitePlace,
  warn: (message: string) => void,
): ProviderDefinition[] {
  const name = isRecord(given) ? given["id"] : given;
  const config = isRecord(given) && isRecord(given["config"]) ? given["config"] : {};
  if (typeof name !== "string") {
    warn("this provider is not understood and left out");
    return [];
  }
  const target = targetOf(name);
  if (target === undefined) {
    warn(
      `the provider \`${name}\` of promptfoo is not understood and left out: openai, anthropic, ollama and echo are`,
    );
    return [];
  }
  if ("apiKey" in config) warn("a key in the configuration is not used: set it as an environment variable");
  const url = typeof config["apiBaseUrl"] === "string" ? config["apiBaseUrl"] : target.url;
  const label = isRecord(given) ? given["label"] : undefined;
  return [
    {
      ...target,
      id: typeof label === "string" ? label : name,
      ...(url === undefined ? {} : { url }),
      ...(typeof config["apiKeyEnvar"] === "string" ? { keyEnv: config["apiKeyEnvar"] } : {}),
      parameters: Object.fromEntries(Object.entries(config).filter(([key]) => !NOT_SENT.has(key))),
      place,
    },
  ];
}

function targetOf(name: string): Pick<ProviderDefinition, "type" | "model" | "url"> | undefined {
  if (name === "echo") return { type: "echo" };
  const [maker, ...rest] = name.split(":");
  const kind = rest.length < 2 ? undefined : rest[0];
  const model = kind === undefined ? rest.join(":") : rest.slice(1).join(":");
  if (model === "" || (kind !== undefined && !["chat", "messages", "completion"].includes(kind) && maker !== "ollama"))
    return undefined;
  if (maker === "openai") return { type: "openai", model };
  if (maker === "anthropic") return { type: "anthropic", model };
  // The tag of an Ollama model is written with a colon as well.
  if (maker === "ollama") return { type: "openai", url: OLLAMA, model: kind === "chat" ? model : rest.join(":") };
  return undefined;
}
