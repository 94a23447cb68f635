/** What of search crosses the thread boundary: questions and answers as plain data. */
import type { EmbedderStatus } from "../ranking/embedder.js";
import type { CodeSearch, IndexProgress, SearchAnswer, SearchFilter } from "../service/code-search.js";

export interface SearchCalls {
  searchCode(text: string, filter: SearchFilter, limit: number): Promise<SearchAnswer>;
  /** Undefined where there is no code. */
  similarCode(place: SimilarPlace, filter: SearchFilter, limit: number): Promise<SearchAnswer | undefined>;
  /** Embeds what is not yet, beside other calls. Returns why that was not possible, if it was not. */
  updateIndex(onProgress: (progress: IndexProgress) => void): Promise<string | undefined>;
  searchStatus(): Promise<SearchStatus | undefined>;
}

export interface SimilarPlace {
  readonly path: string;
  readonly offset: number;
  readonly rule?: string;
}

export interface SearchStatus {
  readonly embedder: EmbedderStatus;
  readonly units: number;
  readonly texts: number;
  readonly embedded: number;
}

export type SearchMethod = keyof SearchCalls;

export function isSearchMethod(method: string): method is SearchMethod {
  return method === "searchCode" || method === "similarCode" || method === "updateIndex" || method === "searchStatus";
}

const NOTHING: SearchAnswer = { found: [], note: "this server cannot search code" };

/** Carries out a call on the far side. */
export async function callSearch(
  search: CodeSearch | undefined,
  method: SearchMethod,
  args: readonly unknown[],
  onProgress: (progress: IndexProgress) => void,
): Promise<unknown> {
  switch (method) {
    case "searchCode":
      return (await search?.search(args[0] as string, args[1] as SearchFilter, args[2] as number)) ?? NOTHING;
    case "similarCode": {
      const { path, offset, rule } = args[0] as SimilarPlace;
      return await search?.similar(path, offset, args[1] as SearchFilter, args[2] as number, rule);
    }
    case "updateIndex":
      return await search?.update(onProgress);
    case "searchStatus":
      return await search?.status();
  }
}
