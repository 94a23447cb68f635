/** A model endpoint as OpenAI-compatible servers are, good and bad days included. What it does is chosen by the model's name. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export interface ModelServer {
  readonly url: string;
  /** Requests by model, with when they came (milliseconds). */
  readonly seen: Map<string, Visit[]>;
  /** Most requests that were open at once. */
  readonly load: { now: number; most: number };
  close(): Promise<void>;
}

interface Visit {
  readonly at: number;
  readonly prompt: string;
  readonly authorization: string | undefined;
  /** All that was sent. */
  readonly body: unknown;
}

interface Chat {
  readonly model: string;
  readonly stream?: boolean;
  readonly max_tokens?: number;
  readonly messages: readonly { readonly role: string; readonly content: string }[];
}

export async function startModelServer(): Promise<ModelServer> {
  const seen: ModelServer["seen"] = new Map();
  const load = { now: 0, most: 0 };
  const server = createServer((request, response) => {
    load.now++;
    load.most = Math.max(load.most, load.now);
    response.on("close", () => load.now--);
    void answer(request, response, seen);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/v1`, seen, load, close: () => close(server) };
}

async function close(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}

async function answer(request: IncomingMessage, response: ServerResponse, seen: ModelServer["seen"]): Promise<void> {
  let text = "";
  for await (const chunk of request) text += String(chunk);
  const chat = JSON.parse(text) as Chat;
  const visits = seen.get(chat.model) ?? [];
  seen.set(chat.model, visits);
  const prompt = chat.messages.at(-1)?.content ?? "";
  visits.push({ at: performance.now(), prompt, authorization: request.headers.authorization, body: chat });
  const said = `You said: ${prompt}`;
  if (request.url?.endsWith("/messages") === true) {
    replyAsAnthropic(response, chat, said, request.headers);
    return;
  }
  const [behaviour, argument] = chat.model.split(":");
  switch (behaviour) {
    case "good":
      setTimeout(() => reply(response, chat, said), Number(argument ?? 0));
      return;
    case "limited":
      if (visits.length <= Number(argument)) {
        response.writeHead(429, { "retry-after": "0.3", "content-type": "application/json" });
        response.end(JSON.stringify({ error: { message: "slow down" } }));
        return;
      }
      reply(response, chat, said);
      return;
    case "hanging":
      return;
    case "trickling":
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.write(event({ choices: [{ delta: { content: "never" } }] }));
      return;
    case "dropping":
      if (visits.length <= Number(argument)) request.socket.destroy();
      else reply(response, chat, said);
      return;
    case "breaking":
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.write(event({ choices: [{ delta: { content: "half a rep" } }] }));
      setTimeout(() => response.destroy(), 20);
      return;
    case "malformed":
      response.writeHead(200, { "content-type": "application/json" });
      response.end('{"choices": [{"message": ');
      return;
    case "empty":
      response.writeHead(200, { "content-type": "application/json" });
      response.end("{}");
      return;
    case "refusing":
      response.writeHead(400, { "content-type": "application/json" });
      response.end(JSON.stringify({ error: { message: `bad key ${request.headers.authorization ?? ""}` } }));
      return;
    case "grading":
      reply(response, chat, '```json\n{"score": 0.75, "reason": "polite enough"}\n```');
      return;
    default:
      response.writeHead(503).end("overloaded");
  }
}

function reply(response: ServerResponse, chat: Chat, text: string): void {
  const usage = { prompt_tokens: 10, completion_tokens: 5 };
  if (chat.stream !== true) {
    response.writeHead(200, { "content-type": "application/json" });
    response.end(JSON.stringify({ choices: [{ message: { content: text } }], usage }));
    return;
  }
  response.writeHead(200, { "content-type": "text/event-stream" });
  const bytes = Buffer.from(
    Array.from(text, (letter) => event({ choices: [{ delta: { content: letter } }] })).join("") +
      event({ choices: [{ delta: {}, finish_reason: "stop" }] }) +
      event({ choices: [], usage }) +
      "data: [DONE]\n\n",
  );
  // Cut where no event ends and letters of several bytes are torn apart.
  for (let at = 0; at < bytes.length; at += 7) response.write(bytes.subarray(at, at + 7));
  response.end();
}

function replyAsAnthropic(
  response: ServerResponse,
  chat: Chat,
  text: string,
  headers: IncomingMessage["headers"],
): void {
  if (
    headers["x-api-key"] === undefined ||
    headers["anthropic-version"] === undefined ||
    chat.max_tokens === undefined
  ) {
    response.writeHead(401).end(JSON.stringify({ error: { message: "no key, no version or no limit" } }));
    return;
  }
  const usage = { input_tokens: 10, output_tokens: 5 };
  if (chat.stream !== true) {
    response.writeHead(200, { "content-type": "application/json" });
    response.end(JSON.stringify({ content: [{ type: "text", text }], usage }));
    return;
  }
  response.writeHead(200, { "content-type": "text/event-stream; charset=utf-8" });
  response.write(event({ type: "message_start", message: { usage: { input_tokens: 10 } } }));
  for (const letter of Array.from(text))
    response.write(event({ type: "content_block_delta", delta: { text: letter } }));
  response.write(event({ type: "message_delta", usage: { output_tokens: 5 } }));
  response.end(event({ type: "message_stop" }));
}

function event(value: unknown): string {
  return `data: ${JSON.stringify(value)}\n\n`;
}
