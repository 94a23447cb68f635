/** Fetching a model by name: messages between server and client, and where from. Types and names only. */

/** Client → server request without parameters: models that are known by name. */
export const knownModelsMethod = "hotpath/knownModels";
/** Client → server request: fetch one. The only thing for which the server connects to a hub. */
export const downloadModelMethod = "hotpath/downloadModel";
/** Server → client notification while that goes on. */
export const downloadProgressMethod = "hotpath/downloadProgress";

/** The hub asked where neither the setting `hotpath.model.hub` nor the environment's HF_ENDPOINT names another. */
export const PUBLIC_HUB = "https://huggingface.co";

export interface KnownModelMessage {
  readonly name: string;
  readonly about: string;
  readonly license: string;
  /** Repository on the hub. */
  readonly repository: string;
  readonly bytes: number;
  readonly dimensions: number;
}

export interface DownloadModelParams {
  readonly name: string;
  /** The address the user has agreed to. */
  readonly hub: string;
  /** Address of a proxy; absent: the environment's. */
  readonly proxy?: string;
}

export type DownloadModelResult =
  /** `folder` is an absolute path in the file system of the server. */
  | { readonly kind: "done"; readonly folder: string }
  | { readonly kind: "cancelled" }
  /** A sentence for the user. */
  | { readonly kind: "failed"; readonly reason: string };

export interface DownloadProgressParams {
  readonly name: string;
  /** Bytes. */
  readonly done: number;
  readonly total: number;
}
