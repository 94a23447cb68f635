/** Server-sent events of a streamed reply, as the data of each event. */

/** More than this is no reply to a prompt. */
const MAX_BYTES = 16 * 2 ** 20;

export class TooLong extends Error {}

/** Yields the `data:` of each event as it comes; comments and other fields are passed over. */
export async function* eventsOf(body: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = "";
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.length;
    if (MAX_BYTES < bytes) throw new TooLong("the reply is over 16 MiB");
    rest += decoder.decode(chunk, { stream: true });
    const blocks = rest.split(/\r?\n\r?\n/);
    rest = blocks.pop() ?? "";
    for (const block of blocks) yield* dataOf(block);
  }
  yield* dataOf(rest + decoder.decode());
}

function* dataOf(block: string): Generator<string> {
  const data = block
    .split(/\r?\n/)
    .filter((line) => line.startsWith("data:"))
    .map((line) => line.slice("data:".length).replace(/^ /, ""))
    .join("\n");
  if (data !== "") yield data;
}

/** The whole text of a body, up to the same limit. */
export async function textOf(body: AsyncIterable<Uint8Array>): Promise<string> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.length;
    if (MAX_BYTES < bytes) throw new TooLong("the reply is over 16 MiB");
    parts.push(chunk);
  }
  return Buffer.concat(parts).toString("utf8");
}
