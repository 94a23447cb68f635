/** What a server offers of models that can be fetched; the HTTP client is loaded when somebody asks for one. */
import { bundledModelFolder } from "./bundled-model.js";
import type { Downloaded } from "./download-model.js";
import { bytesOf, knownModels, type KnownModel } from "./known-models.js";

export interface DownloadRequest {
  readonly name: string;
  readonly hub: string;
  readonly proxy?: string | undefined;
  readonly onProgress: (done: number, total: number) => void;
  readonly signal: AbortSignal;
}

export interface ModelDownloads {
  list(): readonly (Pick<KnownModel, "name" | "about" | "license" | "repository" | "dimensions"> & {
    readonly bytes: number;
  })[];
  fetch(request: DownloadRequest): Promise<Downloaded>;
}

/** @param here Folder of the running program. */
export function createModelDownloads(here: string): ModelDownloads {
  return {
    list: () =>
      knownModels.map((model) => {
        const { name, about, license, repository, dimensions } = model;
        return { name, about, license, repository, dimensions, bytes: bytesOf(model) };
      }),
    fetch: async ({ name, ...options }) => {
      const model = knownModels.find((one) => one.name === name);
      if (model === undefined) return { kind: "failed", reason: `There is no known model ${name}` };
      const { downloadModel } = await import("./download-model.js");
      return await downloadModel(model, { ...options, bundled: bundledModelFolder(here) });
    },
  };
}
