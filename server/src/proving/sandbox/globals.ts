/** What the language has and a bare context lacks, or what would differ between two runs. */
import { outside, phase } from "./stub.js";
import { Url, UrlSearchParams } from "./url.js";

/** 2026-01-15, noon: later than every made-up row. */
const NOW = Date.UTC(2026, 0, 15, 12);

class FixedDate extends Date {
  constructor(...given: readonly unknown[]) {
    if (given.length === 0) super(NOW);
    else super(...(given as [number]));
  }
  static override now(): number {
    return NOW;
  }
}

/** Numbers that look random and are the same in every run. */
function seeded(): () => number {
  let state = 0x9e3779b9;
  return () => {
    state = (Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x1b873593) | 0;
    return (state >>> 0) / 2 ** 32;
  };
}

/** Of the web and of Node; none of them is here. */
const ABSENT = [
  "AbortController",
  "AbortSignal",
  "Blob",
  "Buffer",
  "CustomEvent",
  "DOMException",
  "Event",
  "EventTarget",
  "File",
  "FormData",
  "Headers",
  "ReadableStream",
  "Request",
  "Response",
  "TextDecoder",
  "TextEncoder",
  "TransformStream",
  "WebSocket",
  "WritableStream",
  "atob",
  "btoa",
  "console",
  "crypto",
  "fetch",
  "setInterval",
];

export function installGlobals(): void {
  const random = seeded();
  const environment: unknown = new Proxy(
    {},
    { get: (_own, key) => (typeof key === "symbol" || !phase.configured ? undefined : "hotpath") },
  );
  for (const name of ABSENT) {
    Object.defineProperty(globalThis, name, { value: outside(name), configurable: true, writable: true });
  }
  const values: Readonly<Record<string, unknown>> = {
    Date: FixedDate,
    global: globalThis,
    __dirname: "/",
    __filename: "/index.js",
    URL: Url,
    URLSearchParams: UrlSearchParams,
    performance: { now: () => 0, timeOrigin: NOW, mark: () => undefined, measure: () => undefined },
    structuredClone: (value: unknown) => structuredCopy(value),
    queueMicrotask: (run: () => void) => void Promise.resolve().then(run),
    // Waiting is left out: it takes the time that is measured, and nothing else happens meanwhile.
    setTimeout: (run: () => void) => void Promise.resolve().then(run),
    setImmediate: (run: () => void) => void Promise.resolve().then(run),
    clearTimeout: () => undefined,
    clearInterval: () => undefined,
  };
  for (const [name, value] of Object.entries(values)) {
    Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
  }
  const env = new Proxy(outside("process") as object, {
    get: (own, key) => (key === "env" ? environment : (Reflect.get(own, key) as unknown)),
  });
  Object.defineProperty(globalThis, "process", { value: env, configurable: true, writable: true });
  Object.defineProperty(Math, "random", { value: random, configurable: true });
}

function structuredCopy(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (value instanceof Date) return new Date(value.getTime());
  if (Array.isArray(value)) return value.map(structuredCopy);
  if (value instanceof Map) return new Map([...value].map(([key, one]) => [structuredCopy(key), structuredCopy(one)]));
  if (value instanceof Set) return new Set([...value].map(structuredCopy));
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, structuredCopy(one)]));
}
