/**
 * Reads the profile a person picked, piece by piece, and leads its frames back to source. Beside the picked file nothing outside the workspace is read: not
 * the programs a profile names, nor where their source maps point.
 */
import { createReadStream, existsSync, readFileSync, realpathSync, statSync } from "node:fs";
import { basename, dirname, isAbsolute, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { type Frame, type FramePlace, type Profile, ProfileError, type ResolvedProfile } from "../profiles/model.js";
import { openReader } from "../profiles/open-reader.js";
import { inlineSourceMap, readSourceMap, sourceMapUrl, type SourcePositions } from "../profiles/source-positions.js";

const PIECE_BYTES = 1 << 20;
/** Generated files and source maps over this are left alone. */
const MAX_GENERATED_BYTES = 128 * 1024 * 1024;
const MAX_PROBLEMS = 5;

/**
 * Reads a profile and finds its functions in the workspace. Rejects with `ProfileError`, whose message is a sentence for a person.
 *
 * @param roots Absolute folders of the workspace.
 */
export async function readProfileFile(file: string, roots: readonly string[]): Promise<ResolvedProfile> {
  const name = basename(file);
  const profile = await readProfile(file, name);
  if (!("tree" in profile)) return { name, profile, places: [], problems: [] };
  const resolver = new FrameResolver(roots, statSync(file).mtimeMs);
  const places = profile.frames.map((frame) => resolver.placeOf(frame));
  return { name, profile, places, problems: resolver.problems.slice(0, MAX_PROBLEMS) };
}

async function readProfile(file: string, name: string): Promise<Profile> {
  try {
    let reader;
    for await (const piece of createReadStream(file, { highWaterMark: PIECE_BYTES })) {
      const chunk = piece as Uint8Array;
      reader ??= openReader(name, chunk);
      reader.push(chunk);
    }
    return (reader ?? openReader(name, new Uint8Array())).end();
  } catch (error) {
    const reason = error instanceof ProfileError ? error.message : cannotRead(error);
    throw new ProfileError(`cannot use the profile ${name}: ${reason}`);
  }
}

function cannotRead(error: unknown): string {
  const code = error instanceof Error && "code" in error ? String(error.code) : "unknown error";
  if (code === "ENOENT") return "there is no such file: check the path";
  if (code === "EISDIR") return "it is a folder: give the file itself";
  return `it cannot be read (${code}): check that you may read it`;
}

interface Generated {
  readonly positions: SourcePositions | undefined;
  /** Folder that relative sources start from. */
  readonly folder: string;
  readonly path: string;
}

/** A class because it has a lifetime: each program and each map is read once. */
class FrameResolver {
  readonly #roots: readonly string[];
  readonly #realRoots: readonly string[];
  readonly #takenAtMs: number;
  readonly #generated = new Map<string, Generated | undefined>();
  readonly #stale = new Map<string, boolean>();
  readonly problems: string[] = [];

  constructor(roots: readonly string[], takenAtMs: number) {
    this.#roots = roots;
    this.#realRoots = roots.map(realPath);
    this.#takenAtMs = takenAtMs;
  }

  placeOf({ url, line, column }: Frame): FramePlace | undefined {
    if (line < 0) return undefined;
    const generated = this.#open(url);
    if (generated === undefined) return undefined;
    const { positions, path } = generated;
    if (positions === undefined) return this.#place(path, line, column, undefined);
    const original = positions.originalOf(line, column);
    if (original === undefined) return undefined;
    const source = this.#sourcePath(generated, original.source);
    if (source === undefined) return undefined;
    return this.#place(source, original.line, original.column, positions.contentOf(original.source));
  }

  #place(file: string, line: number, column: number, then: string | undefined): FramePlace | undefined {
    if (!this.#isInside(file)) return undefined;
    let stale = this.#stale.get(file);
    if (stale === undefined) this.#stale.set(file, (stale = this.#hasChanged(file, then)));
    return { file: file.replaceAll("\\", "/"), line, column, ...(stale ? { stale: true as const } : {}) };
  }

  /** By what the map says the source was; else by when the file was written. */
  #hasChanged(file: string, then: string | undefined): boolean {
    try {
      return then === undefined ? this.#takenAtMs < statSync(file).mtimeMs : readFileSync(file, "utf8") !== then;
    } catch {
      return true;
    }
  }

  #open(url: string): Generated | undefined {
    if (this.#generated.has(url)) return this.#generated.get(url);
    const found = this.#read(url);
    this.#generated.set(url, found);
    return found;
  }

  #read(url: string): Generated | undefined {
    const path = pathOfUrl(url);
    if (path === undefined || path.includes("/node_modules/") || !this.#isInside(path)) return undefined;
    const text = readLimited(path);
    if (text === undefined) return undefined;
    const mapUrl = sourceMapUrl(text);
    const plain: Generated = { positions: undefined, folder: dirname(path), path };
    if (mapUrl === undefined) return plain;
    try {
      const inline = inlineSourceMap(mapUrl);
      if (inline !== undefined) return { ...plain, positions: readSourceMap(inline) };
      const mapPath = resolve(dirname(path), decodeURIComponent(mapUrl));
      if (!this.#isInside(mapPath)) {
        this.problems.push(
          `the source map of ${basename(path)} lies outside the workspace (${mapUrl}): it was not read`,
        );
        return undefined;
      }
      const map = readLimited(mapPath);
      if (map !== undefined) return { positions: readSourceMap(map), folder: dirname(mapPath), path };
      this.problems.push(
        `the source map of ${basename(path)} is not there (${mapUrl}): build the program with source maps`,
      );
    } catch (error) {
      this.problems.push(
        `${basename(path)}: ${error instanceof ProfileError ? error.message : "its source map cannot be read"}`,
      );
    }
    return undefined;
  }

  /** Undefined for sources that are not files of the workspace. */
  #sourcePath({ folder }: Generated, source: string): string | undefined {
    const bundled = /^webpack(?:-internal)?:\/\/[^/]*\/(.*)$/.exec(source)?.[1];
    const candidates =
      bundled === undefined
        ? [source.startsWith("file:") ? pathOfUrl(source) : isAbsolute(source) ? source : resolve(folder, source)]
        : this.#roots.map((root) => resolve(root, bundled));
    const found = candidates.find((one) => one !== undefined && this.#isInside(one) && existsSync(one));
    if (
      found === undefined &&
      !source.includes("node_modules") &&
      candidates.some((one) => one !== undefined && !this.#isLexicallyInside(one))
    )
      this.#noteOutside(source);
    return found;
  }

  #noteOutside(source: string): void {
    const message = `a source map names a file outside the workspace (${source}): it was left out`;
    if (!this.problems.includes(message)) this.problems.push(message);
  }

  #isLexicallyInside(path: string): boolean {
    return this.#roots.some((root) => isBelow(root, path));
  }

  /** Inside as it is written, and where links lead. */
  #isInside(path: string): boolean {
    if (!this.#isLexicallyInside(path)) return false;
    const real = realPath(path);
    return this.#realRoots.some((root) => isBelow(root, real));
  }
}

function isBelow(root: string, path: string): boolean {
  const from = relative(root, path);
  return from !== "" && !from.startsWith("..") && !isAbsolute(from);
}

/** Where links lead; the path itself where nothing is there. */
function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return resolve(path);
  }
}

function pathOfUrl(url: string): string | undefined {
  try {
    if (url.startsWith("file:")) return fileURLToPath(url);
  } catch {
    return undefined;
  }
  return isAbsolute(url) ? resolve(url) : undefined;
}

function readLimited(path: string): string | undefined {
  try {
    const stats = statSync(path);
    return stats.isFile() && stats.size <= MAX_GENERATED_BYTES ? readFileSync(path, "utf8") : undefined;
  } catch {
    return undefined;
  }
}
