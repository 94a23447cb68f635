/** Content hashes: keys of caches and signatures, not protection against forgery. */
import { createHash } from "node:crypto";

/** 128 bits of SHA-1 in hexadecimal: the fastest hash node has natively on short inputs, and far beyond accidental collisions. */
export function contentHash(text: string): string {
  return createHash("sha1").update(text).digest("hex").slice(0, 32);
}

/** The same of bytes, which need not be made a text first. */
export function bytesHash(bytes: Uint8Array): string {
  return createHash("sha1").update(bytes).digest("hex").slice(0, 32);
}

/** Tells one source file's text from all others; the language of a file, by its ending, is part of what its text means. */
export function sourceHash(path: string, text: string): string {
  return contentHash(`${path.slice(path.lastIndexOf("."))}\0${text}`);
}
