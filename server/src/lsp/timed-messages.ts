/** Times requests between their arrival and their answer, without any handler knowing. */
import type { Message, MessageReader, MessageWriter } from "vscode-languageserver-protocol";

type Told = (method: string, ms: number, ok: boolean) => void;

interface Streams {
  readonly reader: MessageReader;
  readonly writer: MessageWriter;
}

/** More requests without an answer than this are forgotten: the client has lost interest in them too. */
const MAX_OPEN = 10_000;

export function timedMessages({ reader, writer }: Streams, told: Told): Streams {
  const open = new Map<number | string, { readonly method: string; readonly at: number }>();
  const arrived = (message: Message): void => {
    const { id, method } = message as { readonly id?: number | string; readonly method?: string };
    if (id === undefined || method === undefined) return;
    if (MAX_OPEN <= open.size) open.clear();
    open.set(id, { method, at: performance.now() });
  };
  const left = (message: Message): void => {
    const { id, method, error } = message as {
      readonly id?: number | string;
      readonly method?: string;
      readonly error?: { readonly code: number };
    };
    const request = id === undefined || method !== undefined ? undefined : open.get(id);
    if (id === undefined || request === undefined) return;
    open.delete(id);
    // A request that was taken back has not failed.
    told(request.method, performance.now() - request.at, error === undefined || error.code === REQUEST_CANCELLED);
  };
  return {
    reader: {
      onError: reader.onError,
      onClose: reader.onClose,
      onPartialMessage: reader.onPartialMessage,
      listen: (callback) =>
        reader.listen((message) => {
          arrived(message);
          callback(message);
        }),
      dispose: () => reader.dispose(),
    },
    writer: {
      onError: writer.onError,
      onClose: writer.onClose,
      write: async (message) => {
        left(message);
        await writer.write(message);
      },
      end: () => writer.end(),
      dispose: () => writer.dispose(),
    },
  };
}

const REQUEST_CANCELLED = -32_800;
