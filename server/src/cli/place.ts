/** `FILE:LINE`, as a person names a line of code. */
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { UsageError } from "./command-line.js";
import { slashes } from "./project-root.js";

export interface NamedLine {
  /** As it was given. */
  readonly name: string;
  /** Absolute, `/` separators. */
  readonly file: string;
  /** 1-based. */
  readonly line: number;
}

/** Throws `UsageError` for text that names no line of a file there is. `option` is what the text was given to, if to one. */
export function namedLine(option: string | undefined, place: string, cwd: string): NamedLine {
  const [, name = "", digits = ""] = /^(.+):(\d{1,9})$/.exec(place) ?? [];
  const given = option === undefined ? place : `${option} ${place}`;
  if (name === "") throw new UsageError(`${given} names no line: write FILE:LINE, such as src/orders.ts:12`);
  const file = slashes(resolve(cwd, name));
  if (!existsSync(file)) throw new UsageError(`there is no file ${name}: the path is taken from the current folder`);
  return { name, file, line: Number(digits) };
}
