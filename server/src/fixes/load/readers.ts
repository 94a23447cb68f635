/** Which library's queries can be asked for many keys at once, and by whom they are taken apart. */
import type { KeyedRead, ReadQuestion } from "./keyed-read.js";
import { readPrisma } from "./read-prisma.js";

type Reader = (question: ReadQuestion) => KeyedRead | undefined;

const READERS: Readonly<Record<string, Reader>> = {
  prisma: readPrisma,
};

export function readerOf(dialect: string): Reader | undefined {
  return Object.hasOwn(READERS, dialect) ? READERS[dialect] : undefined;
}
