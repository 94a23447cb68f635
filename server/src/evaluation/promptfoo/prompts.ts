/** Prompts of promptfoo: texts, files with one or several, conversations, names for them. */
import { resolve } from "node:path/posix";
import { messagesOf } from "../prompt/messages.js";
import { isRecord, type ValuePath } from "../shape.js";
import type { PromptDefinition } from "../suite.js";
import { extensionOf, listOf, type ImportSource } from "./source.js";

export type ImportedPrompts = readonly (PromptDefinition & {
  /** Names by which a provider may ask for it. */
  readonly names: readonly string[];
})[];

/** Files that hold a prompt as it is sent, or several with a line of dashes between them. */
const TEXT_FILES = new Set(["txt", "md", "j2"]);
const CHAT_FILES = new Set(["json", "yaml", "yml"]);

export async function importPrompts(given: unknown, source: ImportSource): Promise<ImportedPrompts> {
  const imported: ImportedPrompts[number][] = [];
  for (const { value, label, at } of entriesOf(given)) {
    const texts = await textsOf(value, at, source);
    for (const [index, text] of texts.entries()) {
      warnOfTemplate(text.text, at, source);
      const name = label === undefined ? undefined : texts.length === 1 ? label : `${label} ${index + 1}`;
      const messages = messagesOf(text.text);
      imported.push({
        id: name ?? `prompt ${imported.length + 1}`,
        ...(messages === undefined ? { text: text.text } : { messages }),
        names: [label, text.name, value].filter((one) => one !== undefined),
      });
    }
  }
  return imported;
}

/** Those a provider asks for, with what a test puts around them. */
export function promptsFor(
  prompts: ImportedPrompts,
  wanted: readonly string[] | undefined,
  { prefix, suffix }: { readonly prefix: string; readonly suffix: string },
): PromptDefinition[] {
  return prompts
    .filter(({ names }) => wanted === undefined || names.some((name) => wanted.includes(name)))
    .map(({ id, text, messages }) => ({
      id,
      ...(text === undefined ? {} : { text: `${prefix}${text}${suffix}` }),
      ...(messages === undefined ? {} : { messages }),
    }));
}

interface Entry {
  readonly value: string | undefined;
  readonly label: string | undefined;
  readonly at: ValuePath;
}

/** A list of prompts, or a mapping of files to names. */
function entriesOf(given: unknown): Entry[] {
  if (isRecord(given)) {
    return Object.entries(given).map(([value, label]) => ({ value, label: textOr(label), at: ["prompts", value] }));
  }
  return listOf(given).map((one, index) => ({
    value: textOr(isRecord(one) ? (one["raw"] ?? one["id"]) : one),
    label: isRecord(one) ? textOr(one["label"]) : undefined,
    at: ["prompts", index],
  }));
}

function textOr(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

interface NamedText {
  readonly text: string;
  /** File it is from. */
  readonly name?: string;
}

async function textsOf(value: string | undefined, at: ValuePath, source: ImportSource): Promise<NamedText[]> {
  if (value === undefined) {
    source.warn(at, "this prompt is not understood and left out");
    return [];
  }
  const path = /^file:\/\/(.+)$/.exec(value)?.[1] ?? (/^\S+\.(?:txt|json|ya?ml|md)$/.test(value) ? value : undefined);
  if (path === undefined) return [{ text: value }];
  const found = await source.files.match(resolve(source.folder, path));
  if (found.length === 0) source.fail(at, `the prompt \`${path}\` cannot be read: there is no such file`);
  const texts: NamedText[] = [];
  for (const file of found) texts.push(...(await readPrompts(file, path, at, source)));
  return texts;
}

async function readPrompts(file: string, written: string, at: ValuePath, source: ImportSource): Promise<NamedText[]> {
  const name = file.slice(file.lastIndexOf("/") + 1);
  const kind = extensionOf(file);
  if (!TEXT_FILES.has(kind) && !CHAT_FILES.has(kind)) {
    source.warn(at, `\`${name}\` is not understood: prompts are read from .txt, .md, .json and .yaml files`);
    return [];
  }
  const read = await source.files.read(file);
  if (read.kind === "unreadable") {
    source.fail(at, `the prompt \`${written}\` cannot be read: ${read.reason}`);
    return [];
  }
  if (CHAT_FILES.has(kind) && messagesOf(read.text) === undefined) {
    source.warn(at, `\`${name}\` is not understood: it holds no list of messages with a role and a text`);
    return [];
  }
  const parts = kind === "txt" ? read.text.split(/^[ \t]*---[ \t]*$/m) : [read.text];
  return parts.map((text) => ({ text: text.trim(), name })).filter(({ text }) => text !== "");
}

function warnOfTemplate(text: string, at: ValuePath, source: ImportSource): void {
  if (/\{%|\{\{[^}]*[|(]/.test(text))
    source.warn(at, "templates with filters, functions or loops are not understood: they are sent as they are");
}
