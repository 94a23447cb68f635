/** How the two families of endpoints speak: what is sent, and how a reply is read, whole or streamed. */
import type { ModelRequest } from "../../evaluation/prompt/provider.js";
import { CaseError } from "../../evaluation/work.js";

export interface ReplyPart {
  readonly text?: string;
  readonly inputTokens?: number;
  readonly outputTokens?: number;
  /** The model has said all it had to. */
  readonly complete?: true;
}

export interface ModelWire {
  readonly path: string;
  readonly defaultUrl: string;
  readonly defaultKeyEnv: string;
  headers(key: string | undefined): Readonly<Record<string, string>>;
  body(model: string | undefined, request: ModelRequest): unknown;
  /** Throws `CaseError` for JSON that is no reply. */
  readWhole(value: unknown): ReplyPart;
  readEvent(value: unknown): ReplyPart;
}

interface OpenAiReply {
  readonly choices?: readonly {
    readonly message?: { readonly content?: unknown };
    readonly delta?: { readonly content?: unknown };
    readonly finish_reason?: unknown;
  }[];
  readonly usage?: { readonly prompt_tokens?: unknown; readonly completion_tokens?: unknown } | null;
}

export const openAiWire: ModelWire = {
  path: "/chat/completions",
  defaultUrl: "https://api.openai.com/v1",
  defaultKeyEnv: "OPENAI_API_KEY",
  headers: (key) => (key === undefined ? {} : { authorization: `Bearer ${key}` }),
  body: (model, { system, prompt, messages, parameters }) => ({
    ...(model === undefined ? {} : { model }),
    messages: [
      ...(system === undefined ? [] : [{ role: "system", content: system }]),
      ...(messages ?? [{ role: "user", content: prompt }]),
    ],
    ...(parameters["stream"] === true ? { stream_options: { include_usage: true } } : {}),
    ...parameters,
  }),
  readWhole(value) {
    const { choices, usage } = asReply(value) as OpenAiReply;
    const content = choices?.[0]?.message?.content;
    if (typeof content !== "string") throw new CaseError("the endpoint's reply holds no message", { retryable: true });
    return { text: content, ...openAiUsage(usage), complete: true };
  },
  readEvent(value) {
    const { choices, usage } = asReply(value) as OpenAiReply;
    const content = choices?.[0]?.delta?.content;
    const ended = typeof choices?.[0]?.finish_reason === "string";
    return {
      ...(typeof content === "string" ? { text: content } : {}),
      ...openAiUsage(usage),
      ...(ended ? { complete: true } : {}),
    };
  },
};

function openAiUsage(usage: OpenAiReply["usage"]): ReplyPart {
  return {
    ...(typeof usage?.prompt_tokens === "number" ? { inputTokens: usage.prompt_tokens } : {}),
    ...(typeof usage?.completion_tokens === "number" ? { outputTokens: usage.completion_tokens } : {}),
  };
}

interface AnthropicReply {
  readonly type?: unknown;
  readonly content?: readonly { readonly type?: unknown; readonly text?: unknown }[];
  readonly delta?: { readonly text?: unknown };
  readonly message?: { readonly usage?: AnthropicUsage };
  readonly usage?: AnthropicUsage;
  readonly error?: { readonly message?: unknown };
}

interface AnthropicUsage {
  readonly input_tokens?: unknown;
  readonly output_tokens?: unknown;
}

const DEFAULT_MAX_TOKENS = 1024;

/** What the system says stands beside the messages here, not among them. */
function anthropicMessages({ system, prompt, messages }: ModelRequest): object {
  const said = (messages ?? []).filter(({ role }) => role === "system").map(({ content }) => content);
  const instructions = [...(system === undefined ? [] : [system]), ...said].join("\n\n");
  return {
    ...(instructions === "" ? {} : { system: instructions }),
    messages: messages?.filter(({ role }) => role !== "system") ?? [{ role: "user", content: prompt }],
  };
}

export const anthropicWire: ModelWire = {
  path: "/messages",
  defaultUrl: "https://api.anthropic.com/v1",
  defaultKeyEnv: "ANTHROPIC_API_KEY",
  headers: (key) => ({ "anthropic-version": "2023-06-01", ...(key === undefined ? {} : { "x-api-key": key }) }),
  body: (model, request) => ({
    ...(model === undefined ? {} : { model }),
    max_tokens: DEFAULT_MAX_TOKENS,
    ...anthropicMessages(request),
    ...request.parameters,
  }),
  readWhole(value) {
    const { content, usage } = asReply(value) as AnthropicReply;
    if (!Array.isArray(content)) throw new CaseError("the endpoint's reply holds no message", { retryable: true });
    const parts = (content as NonNullable<AnthropicReply["content"]>).map(({ text }) =>
      typeof text === "string" ? text : "",
    );
    return { text: parts.join(""), ...anthropicUsage(usage), complete: true };
  },
  readEvent(value) {
    const { type, delta, message, usage, error } = asReply(value) as AnthropicReply;
    if (type === "error") throw new CaseError(`the endpoint broke off: ${String(error?.message)}`, { retryable: true });
    return {
      ...(typeof delta?.text === "string" ? { text: delta.text } : {}),
      ...anthropicUsage(usage ?? message?.usage),
      ...(type === "message_stop" ? { complete: true } : {}),
    };
  },
};

function anthropicUsage(usage: AnthropicUsage | undefined): ReplyPart {
  return {
    ...(typeof usage?.input_tokens === "number" ? { inputTokens: usage.input_tokens } : {}),
    ...(typeof usage?.output_tokens === "number" ? { outputTokens: usage.output_tokens } : {}),
  };
}

function asReply(value: unknown): object {
  if (typeof value !== "object" || value === null) {
    throw new CaseError("the endpoint's reply is no message", { retryable: true });
  }
  return value;
}
