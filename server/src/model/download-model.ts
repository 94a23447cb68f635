/**
 * Fetches a known model from a hub into the user's own folder. Nothing is connected to but for this, and this only at the user's word.
 *
 * Files are streamed into a folder beside the final one and checked there; the model appears under its name when all of it is right, or not at all.
 */
import { createHash, randomUUID } from "node:crypto";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statfsSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { defaultCacheFolder } from "../workspace/cache-folder.js";
import { createDispatcher, DownloadFault, fetchFile } from "./fetch-file.js";
import { bytesOf, manifestOf, type KnownModel } from "./known-models.js";
import { readModelFolder, verifyModel } from "./model-folder.js";

export interface DownloadOptions {
  /** Address of the hub: `https://host`, perhaps with a path. */
  readonly hub: string;
  /** Address of a proxy; undefined: the environment's. */
  readonly proxy?: string | undefined;
  /** Folder of the model in the box. */
  readonly bundled: string;
  /** Where models go, one folder each. */
  readonly models?: string;
  /** Bytes so far, of all. */
  readonly onProgress: (done: number, total: number) => void;
  readonly signal: AbortSignal;
}

export type Downloaded =
  | { readonly kind: "done"; readonly folder: string }
  | { readonly kind: "cancelled" }
  | { readonly kind: "failed"; readonly reason: string };

/** Left free on the disk. */
const SPARE_BYTES = 64 * 1024 * 1024;
/** No download takes a day. */
const LEFTOVER_MS = 24 * 60 * 60_000;

/** Beside the caches: what the user chose to fetch is not swept away with them. */
export function modelsFolder(): string {
  return join(defaultCacheFolder(), "models");
}

/** Never rejects. A model that is there already, and right, is not fetched again. */
export async function downloadModel(model: KnownModel, options: DownloadOptions): Promise<Downloaded> {
  const models = options.models ?? modelsFolder();
  const folder = join(models, model.name);
  if (await isComplete(folder)) return { kind: "done", folder };
  const unfinished = join(models, `.${model.name}-${randomUUID().slice(0, 8)}`);
  try {
    prepare(unfinished, models, bytesOf(model));
    clearLeftovers(models);
    await fetchAll(model, unfinished, options);
    const sums = copyBundled(model, options.bundled, unfinished);
    writeFileSync(join(unfinished, "manifest.json"), `${JSON.stringify(manifestOf(model, sums), null, 2)}\n`);
    rmSync(folder, { recursive: true, force: true });
    renameSync(unfinished, folder);
    return { kind: "done", folder };
  } catch (error) {
    if (options.signal.aborted) return { kind: "cancelled" };
    return { kind: "failed", reason: error instanceof Error ? error.message : String(error) };
  } finally {
    clear(unfinished);
  }
}

/** What cannot be removed, the next download says in its own words. */
function clear(folder: string): void {
  try {
    rmSync(folder, { recursive: true, force: true });
  } catch {
    return;
  }
}

/** Of a program that was ended in the middle. Younger ones may be another window's, at work. */
function clearLeftovers(models: string): void {
  for (const name of readdirSync(models))
    if (name.startsWith(".") && LEFTOVER_MS < Date.now() - statSync(join(models, name)).mtimeMs)
      clear(join(models, name));
}

async function isComplete(folder: string): Promise<boolean> {
  try {
    await verifyModel(readModelFolder(folder));
    return true;
  } catch {
    return false;
  }
}

function prepare(unfinished: string, models: string, bytes: number): void {
  try {
    mkdirSync(unfinished, { recursive: true, mode: 0o700 });
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    throw new DownloadFault(`The folder ${models} cannot be made: ${detail}`);
  }
  const { bavail, bsize } = statfsSync(models);
  const free = bavail * bsize;
  if (free < bytes + SPARE_BYTES)
    throw new DownloadFault(
      `There are ${megabytes(free)} MB free where models go (${models}), and this one takes ${megabytes(bytes)}: make room, or set HOTPATH_CACHE_DIR`,
    );
}

async function fetchAll(
  model: KnownModel,
  into: string,
  { hub, proxy, onProgress, signal }: DownloadOptions,
): Promise<void> {
  const base = hubAddress(hub);
  const total = bytesOf(model);
  let done = 0;
  const onBytes = (bytes: number): void => onProgress((done += bytes), total);
  const dispatcher = createDispatcher(proxy);
  try {
    for (const file of model.files) {
      const url = new URL(`${base}/${model.repository}/resolve/${model.revision}/${file.from}`);
      await fetchFile(url, file, join(into, file.name), { onBytes, signal, dispatcher });
    }
  } finally {
    await dispatcher.destroy();
  }
}

/** Without a slash at its end. Throws `DownloadFault`. */
function hubAddress(hub: string): string {
  const address = URL.canParse(hub) ? new URL(hub) : undefined;
  if (address === undefined || !/^https?:$/.test(address.protocol))
    throw new DownloadFault(`${hub} is no address of a hub: it begins with https://`);
  return address.href.replace(/[?#].*$/, "").replace(/\/+$/, "");
}

/** Returns the sums of what was copied, by name. */
function copyBundled(model: KnownModel, from: string, to: string): Record<string, string> {
  return Object.fromEntries(
    model.bundled.map((name) => {
      if (!existsSync(join(from, name)))
        throw new DownloadFault(`The model in the box has no ${name}: install Hotpath again`);
      copyFileSync(join(from, name), join(to, name));
      return [
        name,
        createHash("sha256")
          .update(readFileSync(join(to, name)))
          .digest("hex"),
      ];
    }),
  );
}

function megabytes(bytes: number): number {
  return Math.floor(bytes / 1_000_000);
}
