/** What the next migration of a folder is called: its number or time, its words and its ending as the ones before have them. Told from the newest name alone. */
import { directoryOf } from "../../project/path-text.js";

export interface NextName {
  /** Absolute path of the new file, or of the one that is applied where there are two. */
  readonly path: string;
  /** The file that takes it back, where the folder keeps pairs. */
  readonly down?: string;
  /** The number or time alone. */
  readonly version: string;
  /** Words and version in one, as a class of TypeORM is called: `AddOrdersIndex1700000000000`. */
  readonly className: string;
}

interface Prefix {
  readonly pattern: RegExp;
  /** The next one after `last`, for this moment. */
  readonly next: (last: string, nowMs: number) => string;
}

/** Most specific first. Times go on from the newest when that lies in the future, as made-up ones often do. */
const PREFIXES: readonly Prefix[] = [
  { pattern: /^\d{14}(?=\D|$)/, next: (last, now) => digits(later(fromDigits(last), now), 14) },
  { pattern: /^\d{13}(?=\D|$)/, next: (last, now) => String(Math.max(now, Number(last) + 1000)) },
  { pattern: /^\d{8}T\d{6}(?=\D|$)/, next: (last, now) => withT(digits(later(fromDigits(last), now), 14)) },
  { pattern: /^\d{12}(?=\D|$)/, next: (last, now) => digits(later(fromDigits(last), now, 60_000), 12) },
  { pattern: /^\d{10}(?=\D|$)/, next: (last, now) => String(Math.max(Math.floor(now / 1000), Number(last) + 1)) },
  {
    pattern: /^\d{4}([-._])\d{2}\1\d{2}[-._T]\d{2}([-._]?)\d{2}\2\d{2}(?=\D|$)/,
    next: (last, now) => refill(last, digits(later(fromDigits(last), now), 14)),
  },
  { pattern: /^\d{4}[-._]\d{2}[-._]\d{2}(?=\D|$)/, next: (last, now) => refill(last, digits(dayAfter(last, now), 8)) },
  { pattern: /^\d{8}(?=\D|$)/, next: (last, now) => digits(dayAfter(last, now), 8) },
  { pattern: /^[vV]\d+(?:[._]\d+)*(?=__|_|-)/, next: (last) => increased(last) },
  { pattern: /^\d{1,7}(?=\D|$)/, next: (last) => increased(last) },
];

const SECOND = 1000;

/**
 * @param last Path of the newest migration.
 * @param words What it does, in lower case: `add`, `orders`, `index`.
 * @param nowMs The present, or 0 where nobody tells: then it follows the newest by a moment.
 * @returns Undefined for names that follow no known pattern.
 */
export function nextMigration(last: string, words: readonly string[], nowMs: number): NextName | undefined {
  const folder = directoryOf(last);
  const file = last.slice(folder.length + 1);
  const isInner = /^(?:migration|up|index|main)\.\w+$/.test(file);
  const unit = isInner ? folder.slice(folder.lastIndexOf("/") + 1) : file.replace(/\.(?:up\.)?\w+$/, "");
  const prefix = PREFIXES.find(({ pattern }) => pattern.test(unit));
  const given = prefix?.pattern.exec(unit)?.[0];
  if (prefix === undefined || given === undefined) return undefined;
  const version = prefix.next(given, nowMs);
  const rest = unit.slice(given.length);
  const separator = /^(?:__|[-_.])/.exec(rest)?.[0] ?? "_";
  const name = `${version}${separator}${inStyle(rest.slice(separator.length), separator, words)}`;
  const className = `${words.map(capital).join("")}${version}`;
  if (isInner) {
    const base = `${directoryOf(folder)}/${name}`;
    const down = file.startsWith("up.") ? { down: `${base}/${file.replace(/^up/, "down")}` } : {};
    return { path: `${base}/${file}`, version, className, ...down };
  }
  const ending = /(?:\.up)?\.\w+$/.exec(file)?.[0] ?? "";
  const down = ending.startsWith(".up.") ? { down: `${folder}/${name}${ending.replace(".up.", ".down.")}` } : {};
  return { path: `${folder}/${name}${ending}`, version, className, ...down };
}

/** `AddUsers`, `addUsers`, `add-users` and `add_users` → the words in the same way; a single word is told by what stands before it. */
function inStyle(example: string, separator: string, words: readonly string[]): string {
  if (/^[A-Z][a-z]/.test(example) && !/[-_ ]/.test(example)) return words.map(capital).join("");
  if (/^[a-z]+[A-Z]/.test(example)) return words.map((word, i) => (i === 0 ? word : capital(word))).join("");
  const dashes = example.split("-").length;
  const underscores = example.split("_").length;
  return words.join(dashes > underscores || (dashes === underscores && separator === "-") ? "-" : "_");
}

function capital(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}

/** The last number, one higher, as wide as before. */
function increased(version: string): string {
  return version.replace(/\d+$/, (number) => String(Number(number) + 1).padStart(number.length, "0"));
}

function later(lastMs: number, nowMs: number, step = SECOND): number {
  return Math.max(nowMs, lastMs + step);
}

/** Several migrations of one day are told apart by their words, which come after; the next day is always later. */
function dayAfter(last: string, nowMs: number): number {
  return later(fromDigits(last), nowMs, 24 * 60 * 60 * SECOND);
}

function fromDigits(text: string): number {
  const plain = text.replaceAll(/\D/g, "");
  const part = (start: number, end: number): number => Number(plain.slice(start, end));
  return Date.UTC(part(0, 4), part(4, 6) - 1, part(6, 8), part(8, 10), part(10, 12), part(12, 14)) || 0;
}

function digits(ms: number, length: number): string {
  return new Date(ms).toISOString().replaceAll(/\D/g, "").slice(0, length);
}

function withT(text: string): string {
  return `${text.slice(0, 8)}T${text.slice(8)}`;
}

/** New digits in the places of the old ones. */
function refill(example: string, text: string): string {
  const state = { at: 0 };
  return example.replaceAll(/\d/g, () => text.charAt(state.at++));
}
