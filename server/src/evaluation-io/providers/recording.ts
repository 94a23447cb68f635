/** Recorded replies: one a line, found again by what was asked. Works without any network. */
import { appendFileSync, existsSync, readFileSync } from "node:fs";
import { contentHash } from "../../base/content-hash.js";
import type { ModelReply, ModelRequest } from "../../evaluation/prompt/provider.js";

interface Recorded {
  readonly key: string;
  /** For whoever reads the file. */
  readonly prompt: string;
  readonly reply: ModelReply;
}

const SHOWN = 200;

/** The same question, whoever is asked. */
export function requestKey({ system, prompt }: ModelRequest): string {
  return contentHash(JSON.stringify([system ?? null, prompt]));
}

/** The replies of a recording by key; a later one replaces an earlier one. Damaged lines are passed over. */
export function readRecording(file: string): ReadonlyMap<string, ModelReply> {
  const replies = new Map<string, ModelReply>();
  if (!existsSync(file)) return replies;
  for (const line of readFileSync(file, "utf8").split("\n")) {
    if (line === "") continue;
    try {
      const { key, reply } = JSON.parse(line) as Recorded;
      if (typeof key === "string" && typeof reply.text === "string") replies.set(key, reply);
    } catch {
      // A line that was being written when somebody stopped it.
    }
  }
  return replies;
}

export function recordReply(file: string, request: ModelRequest, reply: ModelReply): void {
  const line: Recorded = { key: requestKey(request), prompt: request.prompt.slice(0, SHOWN), reply };
  appendFileSync(file, `${JSON.stringify(line)}\n`);
}
