/** Addresses, which a bare context lacks: plain `http` and `https` ones. Others end the proof. */
import { cannot } from "./stub.js";

export class UrlSearchParams {
  readonly #pairs: [string, string][] = [];

  constructor(given: unknown = "") {
    if (typeof given === "string") {
      for (const part of given.replace(/^\?/, "").split("&")) {
        if (part === "") continue;
        const [name = "", ...value] = part.split("=");
        this.append(decode(name), decode(value.join("=")));
      }
      return;
    }
    const pairs =
      typeof given === "object" && given !== null && Symbol.iterator in given
        ? (given as Iterable<readonly [unknown, unknown]>)
        : Object.entries(given as object);
    for (const [name, value] of pairs) this.append(name, value);
  }
  append(name: unknown, value: unknown): void {
    this.#pairs.push([String(name), String(value)]);
  }
  delete(name: string): void {
    this.#keep(([own]) => own !== name);
  }
  get(name: string): string | null {
    return this.#pairs.find(([own]) => own === name)?.[1] ?? null;
  }
  getAll(name: string): string[] {
    return this.#pairs.filter(([own]) => own === name).map(([, value]) => value);
  }
  has(name: string): boolean {
    return this.#pairs.some(([own]) => own === name);
  }
  set(name: string, value: unknown): void {
    const at = this.#pairs.findIndex(([own]) => own === name);
    if (at < 0) {
      this.append(name, value);
      return;
    }
    this.#keep(([own], index) => own !== name || index === at);
    this.#pairs[at] = [name, String(value)];
  }
  forEach(each: (value: string, name: string) => void): void {
    for (const [name, value] of this.#pairs) each(value, name);
  }
  entries(): IterableIterator<[string, string]> {
    return this.#pairs.values();
  }
  keys(): IterableIterator<string> {
    return this.#pairs.map(([name]) => name).values();
  }
  values(): IterableIterator<string> {
    return this.#pairs.map(([, value]) => value).values();
  }
  [Symbol.iterator](): IterableIterator<[string, string]> {
    return this.entries();
  }
  toString(): string {
    return this.#pairs.map(([name, value]) => `${encode(name)}=${encode(value)}`).join("&");
  }
  #keep(test: (pair: [string, string], index: number) => boolean): void {
    const kept = this.#pairs.filter(test);
    this.#pairs.length = 0;
    this.#pairs.push(...kept);
  }
}

function decode(text: string): string {
  return decodeURIComponent(text.replaceAll("+", " "));
}

function encode(text: string): string {
  return encodeURIComponent(text)
    .replaceAll("%20", "+")
    .replace(/[!'()~]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
}

const PLAIN = /^(https?:)\/\/([^/?#@:\s]+)(?::(\d+))?(\/[^?#\s]*)?(\?[^#\s]*)?(#\S*)?$/i;

export class Url {
  protocol: string;
  hostname: string;
  port: string;
  pathname: string;
  hash: string;
  readonly username = "";
  readonly password = "";
  #params: UrlSearchParams;

  constructor(given: unknown, base?: unknown) {
    const text = String(given);
    const whole = base === undefined || /^[a-z]+:/i.test(text) ? text : joined(text, new Url(base));
    const parts = PLAIN.exec(whole);
    // What only stands for an address: any will do, and it is the same in both versions.
    const [, protocol = "", hostname = "", port = "", path = "/", search = "", hash = ""] =
      parts ?? PLAIN.exec(`http://made-up.example/${encodeURIComponent(whole)}`) ?? [];
    if (parts === null && /^[a-z]+:/i.test(whole)) throw cannot("it takes apart an address that is not of the web");
    this.protocol = protocol.toLowerCase();
    this.hostname = hostname.toLowerCase();
    this.port = port;
    this.pathname = path;
    this.hash = hash;
    this.#params = new UrlSearchParams(search);
  }
  get host(): string {
    return this.port === "" ? this.hostname : `${this.hostname}:${this.port}`;
  }
  get origin(): string {
    return `${this.protocol}//${this.host}`;
  }
  get searchParams(): UrlSearchParams {
    return this.#params;
  }
  set search(text: string) {
    this.#params = new UrlSearchParams(text);
  }
  get search(): string {
    const written = this.#params.toString();
    return written === "" ? "" : `?${written}`;
  }
  get href(): string {
    return `${this.origin}${this.pathname}${this.search}${this.hash}`;
  }
  toString(): string {
    return this.href;
  }
  toJSON(): string {
    return this.href;
  }
}

function joined(text: string, base: Url): string {
  return text.startsWith("/") ? base.origin + text : base.origin + base.pathname.replace(/[^/]*$/, "") + text;
}
