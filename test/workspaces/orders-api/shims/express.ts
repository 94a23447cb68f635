/** Stands in for express: routes with parameters, middleware and JSON, over Node's own HTTP server. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";

type Next = (error?: unknown) => void;
type Handler = (request: any, response: any, next: Next) => unknown;

interface Route {
  readonly method: string;
  readonly pattern: RegExp;
  readonly names: readonly string[];
  readonly handlers: readonly Handler[];
}

export function Router() {
  const routes: Route[] = [];
  const add =
    (method: string) =>
    (path: string, ...handlers: Handler[]): void => {
      const names = [...path.matchAll(/:(\w+)/g)].map((match) => match[1] ?? "");
      routes.push({ method, pattern: new RegExp(`^${path.replaceAll(/:\w+/g, "([^/]+)")}$`), names, handlers });
    };
  return { routes, get: add("GET"), post: add("POST"), delete: add("DELETE") };
}

export default function express() {
  const routers: { routes: readonly Route[] }[] = [];
  return {
    use: (router: any) => void (router.routes !== undefined && routers.push(router)),
    listen(port: number) {
      const server = createServer((request, response) => void serve(routers.flatMap(({ routes }) => routes), request, response));
      server.listen(port, "127.0.0.1", () => process.send?.({ port: (server.address() as { port: number }).port }));
    },
  };
}

express.json = (): Handler => (_request, _response, next) => next();

async function serve(routes: readonly Route[], incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  const url = new URL(incoming.url ?? "/", "http://localhost");
  const body: Buffer[] = [];
  for await (const chunk of incoming) body.push(chunk as Buffer);
  const route = routes.find(({ method, pattern }) => method === incoming.method && pattern.test(url.pathname));
  const values = route?.pattern.exec(url.pathname)?.slice(1) ?? [];
  const request = {
    params: Object.fromEntries((route?.names ?? []).map((name, i) => [name, values[i]])),
    query: Object.fromEntries(url.searchParams),
    headers: incoming.headers,
    body: body.length === 0 ? {} : JSON.parse(Buffer.concat(body).toString()),
  };
  const response = {
    status: (code: number) => ((outgoing.statusCode = code), response),
    json: (value: unknown) => (outgoing.setHeader("content-type", "application/json"), outgoing.end(JSON.stringify(value)), response),
    end: () => (outgoing.end(), response),
  };
  if (route === undefined) return void response.status(404).end();
  try {
    for (const handler of route.handlers) {
      let goesOn = false;
      await handler(request, response, () => (goesOn = true));
      if (!goesOn) return;
    }
  } catch (error) {
    if (!outgoing.writableEnded) response.status(500).json({ error: String(error) });
  }
}
