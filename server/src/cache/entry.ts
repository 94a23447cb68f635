/**
 * Entries as bytes: a header, a tag and the payload. The tag covers the key and everything else, so an entry that was cut, mixed up with another one, or written
 * by somebody without the workspace key is no entry.
 */
import { createHmac, timingSafeEqual } from "node:crypto";
import { deflateRawSync, inflateRawSync } from "node:zlib";

export interface Entry {
  readonly payload: Uint8Array;
  /** Milliseconds of the clock of whoever wrote it. */
  readonly writtenAtMs: number;
  /** What is remembered is that there is no value. */
  readonly absent: boolean;
}

/** First byte of every entry; the next layout gets another one. */
const LAYOUT = 0xc1;
const FLAG = { compressed: 1, absent: 2 } as const;
const HEADER_BYTES = 10;
/** 128 bits of HMAC-SHA256. */
const TAG_BYTES = 16;
/** Below this many bytes compressing saves nothing worth the time. */
const COMPRESS_FROM = 512;
/** A third of the size for facts at a quarter of the time of the usual level. */
const LEVEL = 1;
/** Nothing we keep is larger; a small entry that claims to unpack to more is an attack. */
export const MAX_PAYLOAD_BYTES = 32 * 2 ** 20;

export interface Seal {
  readonly key: string;
  /** Undefined: the tag tells damage, not forgery. */
  readonly secret: string | undefined;
}

export function sealEntry(entry: Entry, seal: Seal, compress: "compress" | "plain"): Uint8Array {
  const packed =
    compress === "compress" && COMPRESS_FROM <= entry.payload.length
      ? deflateRawSync(entry.payload, { level: LEVEL })
      : undefined;
  const body = packed !== undefined && packed.length < entry.payload.length ? packed : entry.payload;
  const bytes = Buffer.allocUnsafe(HEADER_BYTES + TAG_BYTES + body.length);
  bytes[0] = LAYOUT;
  bytes[1] = (body === packed ? FLAG.compressed : 0) | (entry.absent ? FLAG.absent : 0);
  bytes.writeDoubleBE(entry.writtenAtMs, 2);
  bytes.set(body, HEADER_BYTES + TAG_BYTES);
  bytes.set(tagOf(bytes, seal), HEADER_BYTES);
  return bytes;
}

/** Undefined for anything `sealEntry` did not make for this key and secret. Never throws. */
export function openEntry(sealed: Uint8Array, seal: Seal): Entry | undefined {
  if (sealed.length < HEADER_BYTES + TAG_BYTES || sealed[0] !== LAYOUT) return undefined;
  const bytes = Buffer.from(sealed.buffer, sealed.byteOffset, sealed.byteLength);
  if (!timingSafeEqual(tagOf(bytes, seal), bytes.subarray(HEADER_BYTES, HEADER_BYTES + TAG_BYTES))) return undefined;
  const flags = bytes[1] ?? 0;
  const body = bytes.subarray(HEADER_BYTES + TAG_BYTES);
  const payload = (flags & FLAG.compressed) === 0 ? body : unpacked(body);
  if (payload === undefined) return undefined;
  return { payload, writtenAtMs: bytes.readDoubleBE(2), absent: (flags & FLAG.absent) !== 0 };
}

function tagOf(bytes: Buffer, { key, secret }: Seal): Buffer {
  return createHmac("sha256", secret ?? "")
    .update(`${key}\0`)
    .update(bytes.subarray(0, HEADER_BYTES))
    .update(bytes.subarray(HEADER_BYTES + TAG_BYTES))
    .digest()
    .subarray(0, TAG_BYTES);
}

function unpacked(body: Buffer): Uint8Array | undefined {
  try {
    return inflateRawSync(body, { maxOutputLength: MAX_PAYLOAD_BYTES });
  } catch {
    return undefined;
  }
}
