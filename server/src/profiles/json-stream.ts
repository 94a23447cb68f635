/**
 * Reads a large JSON document piece by piece: the members of the outermost object (or the elements of the outermost array) are handed out one at a time, so
 * that no more than one of them is held. Written for profiles of hundreds of megabytes, whose arrays of numbers are read without a string for each.
 */
import { ProfileError } from "./model.js";

/** What is wanted of a member: each element of an array as text, each number of an array, the whole value, or nothing. */
export type Wanted = "elements" | "numbers" | "value" | "skip";

export interface JsonHandlers {
  wants(key: string): Wanted;
  element(key: string, value: unknown): void;
  number(key: string, value: number): void;
  value(key: string, value: unknown): void;
}

/** A single element larger than this is nobody's profile. */
const MAX_ELEMENT_BYTES = 256 * 1024 * 1024;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const COMMA = 0x2c;
const COLON = 0x3a;
const MINUS = 0x2d;
const DOT = 0x2e;

type State = "start" | "key" | "colon" | "value" | "elements" | "numbers" | "capture" | "after" | "end";

/** A class because it has a lifetime: it holds what of a value has come so far. */
export class JsonStream {
  readonly #handlers: JsonHandlers;
  #state: State = "start";
  #key = "";
  #wanted: Wanted = "skip";
  #captured: "key" | "value" | "element" = "value";
  #outermostIsArray = false;
  readonly #kept: Uint8Array[] = [];
  #keptBytes = 0;
  #depth = 0;
  #inString = false;
  #escaped = false;
  /** Whether the first character of the value has been seen. */
  #started = false;
  #number = 0;
  #sign = 1;
  #scale = 0;
  #hasDigits = false;

  constructor(handlers: JsonHandlers) {
    this.#handlers = handlers;
  }

  push(chunk: Uint8Array): void {
    for (let at = 0; at < chunk.length;) at = this.#advance(chunk, at);
  }

  #advance(chunk: Uint8Array, at: number): number {
    if (this.#state === "capture") return this.#capture(chunk, at);
    if (this.#state === "numbers") return this.#numbers(chunk, at);
    this.#step(chunk[at] ?? 0);
    // The first character of a value is part of what is captured.
    return this.#isCapturing() ? at : at + 1;
  }

  #isCapturing(): boolean {
    return this.#state === "capture";
  }

  end(): void {
    if (this.#state === "start") throw new ProfileError("the file is empty: record the profile again");
    if (this.#state !== "end")
      throw new ProfileError("the file ends in the middle of a value: copy it again when it is completely written");
  }

  #step(byte: number): void {
    if (byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09) return;
    switch (this.#state) {
      case "start": {
        this.#begin(byte);
        return;
      }
      case "key":
        if (byte === CLOSE_BRACE) this.#state = "end";
        else if (byte === QUOTE) this.#beginCapture("key");
        else if (byte !== COMMA) throw broken();
        return;
      case "colon":
        if (byte !== COLON) throw broken();
        this.#state = "value";
        return;
      case "value": {
        this.#beginValue(byte);
        return;
      }
      case "elements":
        if (byte === CLOSE_BRACKET) this.#state = this.#outermostIsArray ? "end" : "after";
        else if (byte !== COMMA) this.#beginCapture("element");
        return;
      case "after":
        if (byte === COMMA) this.#state = "key";
        else if (byte === CLOSE_BRACE) this.#state = "end";
        else throw broken();
        return;
      default:
        // What stands behind the document is not looked at.
        return;
    }
  }

  #begin(byte: number): void {
    // A byte order mark.
    if (byte === 0xef || byte === 0xbb || byte === 0xbf) return;
    if (byte === OPEN_BRACE) this.#state = "key";
    else if (byte === OPEN_BRACKET) {
      this.#outermostIsArray = true;
      this.#wanted = this.#handlers.wants("");
      this.#state = "elements";
    } else throw broken();
  }

  #beginValue(byte: number): void {
    this.#wanted = this.#handlers.wants(this.#key);
    const isArray = byte === OPEN_BRACKET;
    if (isArray && this.#wanted === "elements") this.#state = "elements";
    else if (isArray && this.#wanted === "numbers") {
      this.#resetNumber();
      this.#state = "numbers";
    } else this.#beginCapture("value");
  }

  #beginCapture(what: "key" | "value" | "element"): void {
    this.#captured = what;
    this.#kept.length = 0;
    this.#keptBytes = 0;
    this.#depth = 0;
    this.#inString = false;
    this.#escaped = false;
    this.#started = false;
    this.#state = "capture";
  }

  /** Goes on until the value is complete; returns where to go on. */
  #capture(chunk: Uint8Array, from: number): number {
    let at = from;
    for (; at < chunk.length; at++) {
      const byte = chunk[at] ?? 0;
      if (this.#inString) {
        if (this.#escaped) this.#escaped = false;
        else if (byte === BACKSLASH) this.#escaped = true;
        else if (byte === QUOTE) {
          this.#inString = false;
          if (this.#depth === 0) return this.#complete(chunk, from, at + 1);
        }
        continue;
      }
      if (byte === QUOTE) {
        this.#inString = true;
        this.#started = true;
      } else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) {
        this.#depth++;
        this.#started = true;
      } else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) {
        if (this.#depth === 0) return this.#complete(chunk, from, at);
        this.#depth--;
        if (this.#depth === 0) return this.#complete(chunk, from, at + 1);
      } else if (this.#depth === 0 && this.#started && (byte === COMMA || byte <= 0x20))
        return this.#complete(chunk, from, at);
      else if (!this.#started) this.#started = true;
    }
    this.#keep(chunk, from, at);
    return at;
  }

  #keep(chunk: Uint8Array, from: number, to: number): void {
    if (this.#captured !== "key" && this.#wanted === "skip") return;
    this.#keptBytes += to - from;
    if (MAX_ELEMENT_BYTES < this.#keptBytes)
      throw new ProfileError("one part of the file is larger than 256 MB: record a shorter profile");
    // The chunk may be used again by whoever reads the file.
    this.#kept.push(chunk.slice(from, to));
  }

  #complete(chunk: Uint8Array, from: number, to: number): number {
    this.#keep(chunk, from, to);
    if (this.#captured === "key") {
      const key = this.#parse();
      this.#key = typeof key === "string" ? key : "";
      this.#state = "colon";
      return to;
    }
    if (this.#wanted !== "skip") {
      const value = this.#parse();
      if (this.#captured === "element") this.#handlers.element(this.#key, value);
      else this.#handlers.value(this.#key, value);
    }
    this.#state = this.#captured === "element" ? "elements" : "after";
    return to;
  }

  #parse(): unknown {
    const text = Buffer.concat(this.#kept).toString("utf8");
    this.#kept.length = 0;
    try {
      return JSON.parse(text);
    } catch {
      throw broken();
    }
  }

  #numbers(chunk: Uint8Array, from: number): number {
    for (let at = from; at < chunk.length; at++) {
      const byte = chunk[at] ?? 0;
      if (0x30 <= byte && byte <= 0x39) {
        this.#number = this.#number * 10 + (byte - 0x30);
        if (0 < this.#scale) this.#scale *= 10;
        this.#hasDigits = true;
      } else if (byte === COMMA || byte === CLOSE_BRACKET) {
        if (this.#hasDigits)
          this.#handlers.number(this.#key, (this.#sign * this.#number) / (0 < this.#scale ? this.#scale : 1));
        this.#resetNumber();
        if (byte === COMMA) continue;
        this.#state = "after";
        return at + 1;
      } else if (byte === MINUS) this.#sign = -1;
      else if (byte === DOT) this.#scale = 1;
      else if (0x20 < byte) throw broken();
    }
    return chunk.length;
  }

  #resetNumber(): void {
    this.#number = 0;
    this.#sign = 1;
    this.#scale = 0;
    this.#hasDigits = false;
  }
}

function broken(): ProfileError {
  return new ProfileError("the file is not valid JSON: record the profile again, or convert it to one of the formats");
}

/** The value when it is an object with keys, else an empty one. */
export function record(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}

export function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? (value as unknown[]) : [];
}

export function text(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

/** Numbers, and numbers written as text as several exporters do. */
export function numeric(value: unknown): number | undefined {
  const number = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
  return typeof number === "number" && Number.isFinite(number) ? number : undefined;
}
