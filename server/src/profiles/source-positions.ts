/** From places in generated code to the source they were made of, by source maps. Pure: whoever calls reads the files. */
import { originalPositionFor, sourceContentFor, TraceMap } from "@jridgewell/trace-mapping";
import { ProfileError } from "./model.js";

export interface SourcePositions {
  /** Zero-based line and column in, and out; `source` as the map names it, its root put before it. */
  originalOf(
    line: number,
    column: number,
  ): { readonly source: string; readonly line: number; readonly column: number } | undefined;
  /** Text of a source as it was when the map was made, if the map holds it. */
  contentOf(source: string): string | undefined;
}

/** Where the generated file says its map is: the last such comment counts. */
export function sourceMapUrl(generated: string): string | undefined {
  const found = [...generated.slice(-TAIL).matchAll(/\/[/*][#@]\s*sourceMappingURL=([^\s'"]+)/g)];
  return found.at(-1)?.[1]?.replace(/\*\/$/, "");
}

/** Only the end of a file is searched; maps inside the file are read whole. */
const TAIL = 64 * 1024 * 1024;

/** The map written into the URL itself; undefined when it is a file's name. Throws `ProfileError` for one that cannot be read. */
export function inlineSourceMap(url: string): string | undefined {
  const data = /^data:application\/json(?:;charset=[^;,]+)?(;base64)?,(.*)$/s.exec(url);
  if (data === null) {
    if (url.startsWith("data:")) throw new ProfileError("the source map in the file is not JSON");
    return undefined;
  }
  const [, base64, body] = data;
  return base64 === undefined ? decodeURIComponent(body ?? "") : Buffer.from(body ?? "", "base64").toString("utf8");
}

/** Throws `ProfileError` for a text that is no source map. */
export function readSourceMap(text: string): SourcePositions {
  const map = parsed(text);
  return {
    originalOf(line, column) {
      if (line < 0 || column < 0) return undefined;
      const found = originalPositionFor(map, { line: line + 1, column });
      if (found.source === null) return undefined;
      return { source: found.source, line: found.line - 1, column: found.column };
    },
    contentOf: (source) => sourceContentFor(map, source) ?? undefined,
  };
}

function parsed(text: string): TraceMap {
  try {
    return new TraceMap(text.replace(/^\)\]\}'[^\n]*\n/, ""));
  } catch {
    throw new ProfileError("a source map is not valid: build the program again");
  }
}
