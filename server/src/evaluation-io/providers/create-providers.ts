/** The providers of a suite, ready to be asked. What keeps one from being used is said at its line. */
import { existsSync } from "node:fs";
import { dirname, resolve } from "node:path";
import type { Agent } from "undici";
import { contentHash } from "../../base/content-hash.js";
import type { ModelProvider, ModelReply, ModelRequest } from "../../evaluation/prompt/provider.js";
import type { ProviderDefinition, SuitePlace } from "../../evaluation/suite.js";
import { CaseError } from "../../evaluation/work.js";
import type { Outside } from "../outside.js";
import { guardedProvider, type GuardOptions } from "./guarded-provider.js";
import { askOverHttp } from "./http-provider.js";
import { anthropicWire, openAiWire, type ModelWire } from "./model-wire.js";
import { modelAgent } from "./post-json.js";
import { readRecording, recordReply, requestKey } from "./recording.js";
import { redactor } from "./redact.js";

export interface Providers {
  readonly byId: ReadonlyMap<string, ModelProvider>;
  close(): Promise<void>;
}

/** @param wanted Ids that will be asked; the others are not looked at. */
export function createProviders(
  definitions: readonly ProviderDefinition[],
  wanted: ReadonlySet<string>,
  outside: Outside,
  fault: (place: SuitePlace, message: string) => void,
): Providers {
  const byId = new Map<string, ModelProvider>();
  const agents: Agent[] = [];
  const redact = redactor(outside.env, [
    ...definitions.flatMap(({ keyEnv }) => keyEnv ?? []),
    ...(outside.env["HOTPATH_STORED_KEYS"] ?? "").split(","),
  ]);
  const needed = withFallbacks(definitions, wanted);
  for (const definition of definitions) {
    if (!needed.has(definition.id)) continue;
    const way = wayOf(definition, outside, agents, (message) => fault(definition.place, message));
    if (way === undefined) continue;
    const { id, parameters = {}, price = {}, requestsPerMinute, fallback } = definition;
    const options: GuardOptions = {
      id,
      ...way,
      parameters,
      price,
      requestsPerMinute,
      fallback: () => (fallback === undefined ? undefined : byId.get(fallback)),
      redact,
    };
    byId.set(id, guardedProvider(options, outside.clock));
  }
  const close = async (): Promise<void> => {
    await Promise.all(agents.map((agent) => agent.destroy()));
  };
  return { byId, close };
}

function withFallbacks(definitions: readonly ProviderDefinition[], wanted: ReadonlySet<string>): ReadonlySet<string> {
  const needed = new Set(wanted);
  // Sets take in what is added while they are walked.
  for (const id of needed) {
    const fallback = definitions.find((one) => one.id === id)?.fallback;
    if (fallback !== undefined) needed.add(fallback);
  }
  return needed;
}

type Way = Pick<GuardOptions, "identity" | "ask">;

function wayOf(
  definition: ProviderDefinition,
  outside: Outside,
  agents: Agent[],
  fault: (message: string) => void,
): Way | undefined {
  switch (definition.type) {
    case "echo":
      return { identity: "echo", ask: (request) => Promise.resolve({ text: request.prompt, latencyMs: 0 }) };
    case "replay":
      return replayWay(definition, fault);
    case "openai":
      return httpWay(definition, openAiWire, outside, agents, fault);
    case "anthropic":
      return httpWay(definition, anthropicWire, outside, agents, fault);
  }
}

function recordingOf({ recording, place }: ProviderDefinition): string | undefined {
  return recording === undefined ? undefined : resolve(dirname(place.file), recording);
}

function replayWay(definition: ProviderDefinition, fault: (message: string) => void): Way | undefined {
  const file = recordingOf(definition) ?? "";
  if (!existsSync(file)) {
    fault(`the recording \`${definition.recording ?? ""}\` does not exist: record it with another provider first`);
    return undefined;
  }
  const replies = readRecording(file);
  const identity = ["replay", contentHash(JSON.stringify([...replies]))];
  const ask = (request: ModelRequest): Promise<ModelReply> => {
    const reply = replies.get(requestKey(request));
    return reply === undefined
      ? Promise.reject(new CaseError("this prompt has not been recorded: record it with another provider first"))
      : Promise.resolve(reply);
  };
  return { identity, ask };
}

function httpWay(
  definition: ProviderDefinition,
  wire: ModelWire,
  outside: Outside,
  agents: Agent[],
  fault: (message: string) => void,
): Way | undefined {
  const { url = wire.defaultUrl, model, type } = definition;
  if (!outside.trusted) {
    fault("models are asked in trusted folders only: trust this one, or use `replay`");
    return undefined;
  }
  // The makers' own addresses are what their keys are for; any other address has to be allowed before a key goes there.
  const own = url === wire.defaultUrl;
  const { hostname } = new URL(url);
  if (!own && !outside.mayReach(hostname)) {
    outside.askFor(hostname);
    return undefined;
  }
  const keyEnv = definition.keyEnv ?? (own ? wire.defaultKeyEnv : undefined);
  const key = keyEnv === undefined ? undefined : outside.env[keyEnv];
  if (keyEnv !== undefined && (key === undefined || key === "")) {
    fault(`the key is missing: set the environment variable ${keyEnv}`);
    return undefined;
  }
  const agent = modelAgent();
  agents.push(agent);
  const recording = recordingOf(definition);
  return {
    identity: [type, url, model ?? null],
    async ask(request, signal, onPatience) {
      const reply = await askOverHttp({ wire, url, model, key }, agent, outside.clock, request, signal, onPatience);
      if (recording !== undefined) recordReply(recording, request, reply);
      return reply;
    },
  };
}
