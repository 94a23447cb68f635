/** Names and sizes of what a zip archive holds, read from its central directory. No zip64: our archives stay far below 4 GB. */
import { readFileSync } from "node:fs";

const endOfDirectory = Buffer.from("PK\x05\x06", "latin1");
const directoryEntry = 0x02014b50;

export interface ZipEntry {
  readonly name: string;
  readonly bytes: number;
}

export function zipListing(file: string): ZipEntry[] {
  const archive = readFileSync(file);
  const end = archive.lastIndexOf(endOfDirectory);
  if (end === -1) throw new Error(`${file} is not a zip archive`);

  const entries: ZipEntry[] = [];
  let at = archive.readUInt32LE(end + 16);
  while (archive.readUInt32LE(at) === directoryEntry) {
    const nameLength = archive.readUInt16LE(at + 28);
    const skipped = archive.readUInt16LE(at + 30) + archive.readUInt16LE(at + 32);
    entries.push({
      name: archive.toString("utf8", at + 46, at + 46 + nameLength),
      bytes: archive.readUInt32LE(at + 24),
    });
    at += 46 + nameLength + skipped;
  }
  return entries;
}
