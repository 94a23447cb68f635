/**
 * Search over the code of one workspace: by words at once, by likeness as soon as the vectors are there. Vectors are made in the background and kept in the
 * cache by what they stand for, so that a text is embedded once on this machine.
 */
import type { Finding } from "../analysis/finding.js";
import type { Inspection } from "../analysis/inspection.js";
import { contentHash } from "../base/content-hash.js";
import type { CacheKind, TieredCache } from "../cache/cache.js";
import { CodeIndex, type CodeHit, type IndexedUnit } from "../ranking/code-index.js";
import type { Embedder, EmbedderStatus } from "../ranking/embedder.js";
import type { Surroundings } from "../ranking/neighbours.js";
import { passageText } from "../ranking/passage-text.js";
import { wordsOf } from "../ranking/split-identifiers.js";
import type { CreateNearest } from "../ranking/vector-shelf.js";
import { vectorKind } from "./vector-kind.js";
import { smallestAround, unitsIn } from "./indexed-units.js";
import type { WorkspaceService } from "./workspace-service.js";

export interface CodeSearchParts {
  readonly service: Pick<WorkspaceService, "ask" | "textOf" | "cache" | "isWarm">;
  readonly embedder: Embedder;
  readonly createNearest?: CreateNearest;
}

export interface SearchFilter {
  /** Path of a folder, or the end of one: `src/orders`. */
  readonly folder?: string;
  readonly kind?: IndexedUnit["kind"];
  /** Rule or family: only code with such a finding. */
  readonly family?: string;
}

export interface FoundCode {
  readonly unit: IndexedUnit;
  readonly similarity: number | undefined;
  /** Rules of the findings inside, in source order. */
  readonly rules: readonly string[];
  /** What the first fix of each of them does, where somebody has asked and there is one. */
  readonly fixes?: readonly string[];
  /** 1-based. */
  readonly line: number;
}

export interface SearchAnswer {
  readonly found: readonly FoundCode[];
  /** Why likeness was not, or not everywhere, taken into account; undefined when it was. */
  readonly note: string | undefined;
}

export interface IndexProgress {
  readonly done: number;
  readonly total: number;
}

/** Texts whose vectors are asked for at once: what is lost when the work is interrupted. */
const BATCH = 128;
/** Vectors taken in before other events have their turn: each takes some milliseconds where the search is approximate. */
const VECTORS_PER_TURN = 8;
/** How often it is looked whether the analyzer is awake. */
const WARM_UP_LOOK_MS = 200;
/** Files looked at before other events have their turn. */
const FILES_PER_TURN = 20;

export type CodeSearch = InstanceType<typeof Search>;

export function createCodeSearch(parts: CodeSearchParts): CodeSearch {
  return new Search(parts);
}

/** A class because it has a lifetime and owns the index. */
class Search {
  readonly #parts: CodeSearchParts;
  readonly #index: CodeIndex;
  /** Hash of each file's text as it is in the index. */
  readonly #hashes = new Map<string, string>();
  #reading: Promise<void> | undefined;
  #embedding: Promise<string | undefined> | undefined;
  #stopped = false;
  /** Files whose code is embedded before that of others. */
  #preferred: ReadonlySet<string> = new Set();
  /** Of the model whose vectors the index holds, once it was loaded. */
  #identity: string | undefined;

  constructor(parts: CodeSearchParts) {
    this.#parts = parts;
    this.#index = new CodeIndex(parts.createNearest);
  }

  async search(text: string, filter: SearchFilter, limit: number): Promise<SearchAnswer> {
    await this.#read();
    const answer = await this.#parts.embedder.embed([text], "query", "now");
    const vector = answer.kind === "vectors" ? answer.vectors[0] : undefined;
    const hits = this.#index.search({ words: wordsOf(text), vector, limit, accept: this.#filter(filter) });
    return {
      found: this.#describe(hits),
      note: answer.kind === "unavailable" ? byWordsAlone(answer.reason) : this.#coverage(),
    };
  }

  /**
   * What is like the code at an offset; undefined where there is none.
   *
   * @param rule When given, code with a finding of this rule comes first.
   */
  async similar(
    path: string,
    offset: number,
    filter: SearchFilter,
    limit: number,
    rule?: string,
  ): Promise<SearchAnswer | undefined> {
    await this.#read();
    const own = this.unitAt(path, offset);
    const text = own === undefined ? undefined : this.#textOf(own);
    if (own === undefined || text === undefined) return undefined;
    const { vector, reason } = await this.#vectorFor(own, text);
    const accept = this.#filter(filter);
    const hits = this.#index.search({
      words: own.words,
      vector,
      limit: rule === undefined ? limit : limit * 4,
      // What stands around or inside the code is no other place.
      accept: (unit) =>
        accept(unit) &&
        unit.kind === own.kind &&
        (unit.path !== path || unit.end <= own.start || own.end <= unit.start),
    });
    const found = this.#describe(hits);
    const ordered =
      rule === undefined
        ? found
        : [...found.filter((one) => one.rules.includes(rule)), ...found.filter((one) => !one.rules.includes(rule))];
    return { found: ordered.slice(0, limit), note: reason === undefined ? this.#coverage() : byWordsAlone(reason) };
  }

  /** The smallest function around an offset, or the query there. */
  unitAt(path: string, offset: number): IndexedUnit | undefined {
    return smallestAround(this.#index.unitsOf(path), offset);
  }

  /**
   * Brings words up to date and gives the function that describes the code around a finding, with its vector where the index has it already. Nothing is
   * embedded for it.
   */
  async surroundings(): Promise<(finding: Finding) => Surroundings> {
    await this.#read();
    await this.#kind();
    return (finding) => this.#surroundingsOf(finding, this.unitAt(finding.path, this.#offsetOf(finding)));
  }

  /** The same for a few findings, for which what has no vector yet is embedded now. */
  async surroundingsOf(findings: readonly Finding[]): Promise<readonly Surroundings[]> {
    await this.#read();
    const units = findings.map((finding) => this.unitAt(finding.path, this.#offsetOf(finding)));
    const missing = [...new Map(units.flatMap((unit) => (unit === undefined ? [] : [[unit.key, unit]]))).values()]
      .filter(({ key }) => this.#index.vectorOf(key) === undefined)
      .flatMap((unit) => {
        const text = this.#textOf(unit);
        return text === undefined ? [] : [{ key: unit.key, text }];
      });
    const texts = missing.map(({ text }) => text);
    const answer = texts.length === 0 ? undefined : await this.#parts.embedder.embed(texts, "passage", "now");
    if (answer?.kind === "vectors")
      for (const [i, { key }] of missing.entries()) {
        const vector = answer.vectors[i];
        if (vector !== undefined) this.#index.setVector(key, vector);
      }
    await this.#kind();
    return findings.map((finding, i) => this.#surroundingsOf(finding, units[i]));
  }

  /**
   * What stands around a finding at this moment, without waiting for anything: a moment later its code may be another.
   */
  surroundingsNow(finding: Finding): Surroundings {
    const text = this.#parts.service.textOf(finding.path) ?? "";
    const units = this.#parts.service.ask((inspection) => unitsIn(inspection, finding.path, text));
    return this.#surroundingsOf(finding, smallestAround(units, this.#offsetOf(finding)));
  }

  #surroundingsOf(finding: Finding, own: IndexedUnit | undefined): Surroundings {
    const identity = this.#identity;
    const values = own === undefined ? undefined : this.#index.vectorOf(own.key);
    const words = [...new Set(own?.words ?? wordsOf(finding.message))].slice(0, MAX_COMPARED);
    const unit = own === undefined ? {} : { unit: `${own.path}:${own.start}` };
    const base = { rule: finding.rule, words, ...unit };
    return identity === undefined || values === undefined ? base : { ...base, vector: { identity, values } };
  }

  #offsetOf({ path, range: { start } }: Finding): number {
    const lineStarts = this.#parts.service.ask((inspection) => inspection.factsOf(path)?.lineStarts ?? []);
    return (lineStarts[start.line - 1] ?? 0) + start.column - 1;
  }

  /** The code of these files is embedded first from now on, also by an update that is under way. */
  prefer(paths: readonly string[]): void {
    this.#preferred = new Set(paths);
  }

  /** Brings words and vectors up to date. Returns why vectors are missing, if they are. Never rejects for want of a model. */
  async update(onProgress: (progress: IndexProgress) => void = () => undefined): Promise<string | undefined> {
    // Nobody waits for this: the analyzer wakes up in slices first, so that an edit meanwhile does not have to wait for it.
    while (!this.#stopped && !this.#parts.service.isWarm()) await pause(WARM_UP_LOOK_MS);
    await this.#read();
    this.#embedding ??= this.#embedMissing(onProgress).finally(() => (this.#embedding = undefined));
    return await this.#embedding;
  }

  async status(): Promise<{
    readonly embedder: EmbedderStatus;
    readonly units: number;
    readonly texts: number;
    readonly embedded: number;
  }> {
    return { embedder: await this.#parts.embedder.status(), units: this.#index.size, ...this.#index.coverage };
  }

  stop(): void {
    this.#stopped = true;
  }

  #read(): Promise<void> {
    return (this.#reading ??= this.#readFiles().finally(() => (this.#reading = undefined)));
  }

  async #readFiles(): Promise<void> {
    const { service } = this.#parts;
    const files = new Set(service.ask((inspection) => inspection.files));
    for (const path of this.#index.paths()) if (!files.has(path)) this.#drop(path);
    let turn = 0;
    for (const path of files) {
      if (this.#stopped) return;
      const text = service.textOf(path);
      const hash = text === undefined ? undefined : contentHash(text);
      if (text === undefined || hash === undefined) this.#drop(path);
      else if (this.#hashes.get(path) !== hash) {
        this.#hashes.set(path, hash);
        this.#index.setFile(
          path,
          service.ask((inspection) => unitsIn(inspection, path, text)),
        );
      }
      if (++turn % FILES_PER_TURN === 0) await nextTurn();
    }
  }

  #drop(path: string): void {
    this.#hashes.delete(path);
    this.#index.removeFile(path);
  }

  async #embedMissing(onProgress: (progress: IndexProgress) => void): Promise<string | undefined> {
    const { cache, embedder } = { ...this.#parts, cache: this.#parts.service.cache };
    let missing = this.#index.missing();
    const total = missing.length;
    let kind = await this.#kind();
    while (missing.length > 0 && !this.#stopped) {
      onProgress({ done: total - missing.length, total });
      const ordered = this.#preferredFirst(missing);
      const keys = ordered.slice(0, BATCH);
      missing = ordered.slice(BATCH);
      if (kind !== undefined) await this.#recall(cache, kind, keys);
      const texts = keys.flatMap((key) => {
        const unit = this.#index.vectorOf(key) === undefined ? this.#index.placeOf(key) : undefined;
        const text = unit === undefined ? undefined : this.#textOf(unit);
        return text === undefined ? [] : [{ key, text }];
      });
      const answer = await embedder.embed(
        texts.map(({ text }) => text),
        "passage",
        "background",
      );
      if (answer.kind === "unavailable") return answer.reason;
      kind ??= await this.#kind();
      for (const [i, { key }] of texts.entries()) {
        const vector = answer.vectors[i];
        if (vector === undefined) continue;
        this.#index.setVector(key, vector);
        if (kind !== undefined) cache.put(kind, key, vector);
        if (i % VECTORS_PER_TURN === 0) await nextTurn();
      }
    }
    onProgress({ done: total, total });
    return undefined;
  }

  #preferredFirst(keys: readonly string[]): readonly string[] {
    if (this.#preferred.size === 0) return keys;
    const isPreferred = (key: string): boolean => this.#preferred.has(this.#index.placeOf(key)?.path ?? "");
    return [...keys.filter(isPreferred), ...keys.filter((key) => !isPreferred(key))];
  }

  /** Undefined until the model was loaded: before that, nobody knows whose vectors are wanted. */
  async #kind(): Promise<CacheKind<Float32Array> | undefined> {
    const { identity, dimensions } = await this.#parts.embedder.status();
    this.#identity = identity;
    return identity === undefined || dimensions === undefined ? undefined : vectorKind(identity, dimensions);
  }

  async #recall(cache: TieredCache, kind: CacheKind<Float32Array>, keys: readonly string[]): Promise<void> {
    const vectors = await cache.getMany(kind, keys);
    for (const [i, key] of keys.entries()) {
      const vector = vectors[i];
      if (vector !== undefined) this.#index.setVector(key, vector);
      if (i % VECTORS_PER_TURN === 0) await nextTurn();
    }
  }

  async #vectorFor(
    unit: IndexedUnit,
    text: string,
  ): Promise<{ readonly vector?: Float32Array; readonly reason?: string }> {
    const known = this.#index.vectorOf(unit.key);
    if (known !== undefined) return { vector: known };
    const answer = await this.#parts.embedder.embed([text], "passage", "now");
    if (answer.kind === "unavailable") return { reason: answer.reason };
    const [vector] = answer.vectors;
    if (vector === undefined) return {};
    this.#index.setVector(unit.key, vector);
    return { vector };
  }

  #textOf({ path, start, end }: IndexedUnit): string | undefined {
    const text = this.#parts.service.textOf(path);
    return text === undefined ? undefined : passageText(text.slice(start, end));
  }

  #filter({ folder, kind, family }: SearchFilter): (unit: IndexedUnit) => boolean {
    const place = folder === undefined ? undefined : `/${folder.replaceAll(/^\/+|\/+$/g, "")}/`;
    return (unit) =>
      (place === undefined || unit.path.includes(place)) &&
      (kind === undefined || unit.kind === kind) &&
      (family === undefined || this.findingsIn(unit).some((one) => one.family === family || one.rule === family));
  }

  /** In source order. */
  findingsIn(unit: IndexedUnit): ReturnType<Inspection["findings"]> {
    return this.#parts.service.ask((inspection) => {
      const lineStarts = inspection.factsOf(unit.path)?.lineStarts ?? [];
      return inspection.findings(unit.path).filter(({ range }) => {
        const at = (lineStarts[range.start.line - 1] ?? 0) + range.start.column - 1;
        return unit.start <= at && at < unit.end;
      });
    });
  }

  #describe(hits: readonly CodeHit[]): FoundCode[] {
    return hits.map(({ unit, similarity }) => ({
      unit,
      similarity,
      rules: [...new Set(this.findingsIn(unit).map((finding) => finding.rule))],
      line: this.#parts.service.ask((inspection) => lineOf(inspection.factsOf(unit.path)?.lineStarts ?? [], unit.at)),
    }));
  }

  #coverage(): string | undefined {
    const { embedded, texts } = this.#index.coverage;
    return embedded === texts
      ? undefined
      : `${embedded} of ${texts} places are embedded; the others are found by their words`;
  }
}

/** Words of a function that are compared with those of another. */
const MAX_COMPARED = 200;

function byWordsAlone(reason: string): string {
  return `found by words alone: ${reason}`;
}

function lineOf(lineStarts: readonly number[], offset: number): number {
  let line = 1;
  while (line < lineStarts.length && (lineStarts[line] ?? Infinity) <= offset) line++;
  return line;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
