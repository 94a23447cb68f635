/** What keeps an answer for a while: a cache the project has, or a function the fix adds; each with how its answer is asked for and thrown away. */
import { ts } from "../../syntax/typescript.js";
import { freshName } from "../names.js";
import { styleOf } from "../style.js";

export type KeeperKind =
  /** Of ioredis, and of `redis`: `client` is what the code calls it. */
  | { readonly kind: "ioredis" | "node-redis"; readonly client: string; readonly type?: string }
  /** An `LRUCache` that takes any value. */
  | { readonly kind: "lru"; readonly client: string }
  /** Nest's `CACHE_MANAGER`, a field of the class. */
  | { readonly kind: "cache-manager"; readonly client: string }
  /** A function in the same file. */
  | { readonly kind: "process" };

export interface Keeper {
  /** The kept answer, given the text of the question. */
  readonly use: (question: string) => string;
  /** A statement that throws it away, without what ends it. */
  readonly forget: string;
  readonly forgetIsAsync: boolean;
  /** A function at the end of the file, as lines for `layOut`; empty when it is there already or none is needed. */
  readonly helper: readonly string[];
  /** Where the answer is kept, for the title. */
  readonly place: string;
  readonly note: string;
}

const SECONDS = 60;
const STALE = "Whoever reads within a minute gets the same answer, in this process and in others";

/** All but those in the process itself, which have a name of their own. */
export function keeperOf(
  tree: ts.SourceFile,
  keeper: Exclude<KeeperKind, { kind: "process" }>,
  keyName: string,
): Keeper {
  const { kind, client } = keeper;
  const style = styleOf(tree);
  const key = `${style.quote}${keyName}${style.quote}`;
  if (kind === "cache-manager")
    return {
      use: (question) => `${client}.wrap(${key}, async () => ${question}, ${SECONDS}_000)`,
      forget: `await ${client}.del(${key})`,
      forgetIsAsync: true,
      helper: [],
      place: "the cache manager",
      note: `${STALE}, unless it is thrown away.`,
    };
  const isField = client.startsWith("this.");
  const remember = helperName(tree, isField ? FIELD_HELPER : HELPER);
  const first = isField ? `${client}, ${key}` : key;
  const use = (question: string): string => `${remember.name}(${first}, () => ${question})`;
  const isTyped = /\.[cm]?tsx?$/.test(tree.fileName);
  const make = kind === "lru" ? lruHelper : redisHelper;
  return {
    use,
    forget: kind === "lru" ? `${client}.delete(${key})` : `await ${client}.del(${key})`,
    forgetIsAsync: kind !== "lru",
    helper: remember.isThere
      ? []
      : make({
          name: remember.name,
          client: isField ? "client" : client,
          parameter: isField ? `client${isTyped ? `: ${typeOf(keeper)}` : ""}, ` : "",
          end: style.semicolon,
          isTyped,
          kind,
          quote: style.quote,
        }),
    place: kind === "lru" ? `\`${client}\`` : "Redis",
    note:
      kind === "lru"
        ? "Everybody shares one object for a minute: look whether somebody changes it; other processes throw theirs away when the minute is over."
        : `${STALE}; where Redis fails, this fails too.`,
  };
}

const HELPER = "cachedAnswer";
/** The same with the client as its first parameter. */
const FIELD_HELPER = "cachedIn";

/** One that an earlier fix has put there is used again. */
function helperName(tree: ts.SourceFile, wanted: string): { readonly name: string; readonly isThere: boolean } {
  const isThere = tree.statements.some((one) => ts.isFunctionDeclaration(one) && one.name?.text === wanted);
  return { name: isThere ? wanted : freshName(tree, [wanted]), isThere };
}

function typeOf(keeper: KeeperKind): string {
  return (keeper.kind === "ioredis" || keeper.kind === "node-redis") && keeper.type !== undefined ? keeper.type : "any";
}

interface HelperParts {
  readonly parameter: string;
  readonly name: string;
  readonly client: string;
  readonly end: string;
  readonly quote: string;
  readonly isTyped: boolean;
  readonly kind: "ioredis" | "node-redis" | "lru";
}

function redisHelper({ name, client, parameter, end, isTyped, kind, quote }: HelperParts): readonly string[] {
  const expiry = kind === "ioredis" ? `${quote}EX${quote}, ${SECONDS}` : `{ EX: ${SECONDS} }`;
  const head = isTyped
    ? `async function ${name}<T>(${parameter}key: string, ask: () => PromiseLike<T>): Promise<T> {`
    : `async function ${name}(${parameter}key, ask) {`;
  return [
    "",
    "/** The answer kept under a key, or a new one that is kept for a minute. */",
    head,
    `\tconst known = await ${client}.get(key)${end}`,
    `\tif (known !== null) return JSON.parse(known)${isTyped ? " as T" : ""}${end}`,
    `\tconst answer = await ask()${end}`,
    `\tif (answer !== undefined) await ${client}.set(key, JSON.stringify(answer), ${expiry})${end}`,
    `\treturn answer${end}`,
    "}",
  ];
}

function lruHelper({ name, client, end, isTyped }: HelperParts): readonly string[] {
  const head = isTyped
    ? `async function ${name}<T extends object>(key: string, ask: () => PromiseLike<T>): Promise<T> {`
    : `async function ${name}(key, ask) {`;
  return [
    "",
    "/** The answer kept under a key, or a new one that is kept for a minute. */",
    head,
    `\tconst known = ${client}.get(key)${end}`,
    `\tif (known !== undefined) return known${isTyped ? " as T" : ""}${end}`,
    `\tconst answer = await ask()${end}`,
    `\t${client}.set(key, answer, { ttl: ${SECONDS}_000 })${end}`,
    `\treturn answer${end}`,
    "}",
  ];
}

/** Keeps what one function gives, in the process. */
export function processHelper(tree: ts.SourceFile): { readonly name: string; readonly lines: readonly string[] } {
  const { semicolon: end } = styleOf(tree);
  const isThere = tree.statements.some((one) => ts.isFunctionDeclaration(one) && one.name?.text === KEPT);
  const name = isThere ? KEPT : freshName(tree, [KEPT]);
  const isTyped = /\.[cm]?tsx?$/.test(tree.fileName);
  const head = isTyped ? `function ${name}<T>(ask: () => PromiseLike<T>) {` : `function ${name}(ask) {`;
  const lines = [
    "",
    "/** Asks once a minute and keeps the answer meanwhile; `forget` throws it away. */",
    head,
    `\tlet kept${isTyped ? ": { answer: T; until: number } | undefined" : ""}${end}`,
    `\tconst read = async ()${isTyped ? ": Promise<T>" : ""} => {`,
    `\t\tif (kept === undefined || kept.until < Date.now())`,
    `\t\t\tkept = { answer: await ask(), until: Date.now() + ${SECONDS}_000 }${end}`,
    `\t\treturn kept.answer${end}`,
    `\t}${end}`,
    `\tconst forget = () => {`,
    `\t\tkept = undefined${end}`,
    `\t}${end}`,
    `\treturn { read, forget }${end}`,
    "}",
  ];
  return { name, lines: isThere ? [] : lines };
}

const KEPT = "cachedForAMinute";
