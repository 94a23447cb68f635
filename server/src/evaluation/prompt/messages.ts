/** Conversations as prompts: messages with a role and a text, templates like any prompt. */
import { isRecord } from "../shape.js";
import type { ChatMessage } from "../suite.js";
import { readYaml } from "../yaml-source.js";
import { renderTemplate, type Rendered, type Variables } from "./template.js";

const ROLES: ReadonlySet<unknown> = new Set(["system", "user", "assistant"]);

/** Messages a text holds as JSON or YAML; undefined for any other text. */
export function messagesOf(text: string): readonly ChatMessage[] | undefined {
  // Most prompts are plain texts, and some of them would be YAML.
  if (!/^\s*(?:\[|-\s+\{?\s*["']?(?:role|content)["']?\s*:)/.test(text)) return undefined;
  const { value } = readYaml("prompt", text);
  if (!Array.isArray(value) || value.length === 0) return undefined;
  const messages = value.filter(
    (one): one is ChatMessage => isRecord(one) && ROLES.has(one["role"]) && typeof one["content"] === "string",
  );
  return messages.length < value.length ? undefined : messages.map(({ role, content }) => ({ role, content }));
}

export interface RenderedMessages extends Rendered {
  readonly messages: readonly ChatMessage[];
}

/** The text of a conversation is what it is remembered and recorded by. */
export function renderMessages(messages: readonly ChatMessage[], variables: Variables): RenderedMessages {
  const missing = new Set<string>();
  const rendered = messages.map(({ role, content }) => {
    const one = renderTemplate(content, variables);
    for (const name of one.missing) missing.add(name);
    return { role, content: one.text };
  });
  return { messages: rendered, text: JSON.stringify(rendered), missing: [...missing] };
}
