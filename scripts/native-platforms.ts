/** Which platforms a native file is for, by its own header: a name or a folder can be wrong. */
import { readFileSync } from "node:fs";

const ELF_MACHINES: Readonly<Record<number, string>> = { 62: "linux-x64", 183: "linux-arm64" };
const PE_MACHINES: Readonly<Record<number, string>> = { 0x8664: "win32-x64", 0xaa64: "win32-arm64" };
const MACH_PROCESSORS: Readonly<Record<number, string>> = { 0x01000007: "darwin-x64", 0x0100000c: "darwin-arm64" };

/** `linux-x64` and the like; several for a file that holds the code of several; none for what is no native file. */
export function nativePlatforms(file: string): readonly string[] {
  const bytes = readFileSync(file);
  if (bytes.length < 64) return [];
  if (bytes.readUInt32BE(0) === 0x7f454c46) return known(ELF_MACHINES[bytes.readUInt16LE(18)]);
  if (bytes.readUInt32LE(0) === 0xfeedfacf) return known(MACH_PROCESSORS[bytes.readUInt32LE(4)]);
  if (bytes.readUInt32BE(0) === 0xcafebabe)
    return Array.from({ length: bytes.readUInt32BE(4) }, (_, i) => bytes.readUInt32BE(8 + 20 * i)).flatMap((one) =>
      known(MACH_PROCESSORS[one]),
    );
  if (bytes.toString("latin1", 0, 2) !== "MZ") return [];
  const header = bytes.readUInt32LE(0x3c);
  return header + 6 <= bytes.length ? known(PE_MACHINES[bytes.readUInt16LE(header + 4)]) : [];
}

function known(platform: string | undefined): readonly string[] {
  return platform === undefined ? [] : [platform];
}
