/** What profiles of running programs say, in one form for all of their formats. Plain data; times are milliseconds. */

/** A file that is no profile, or a broken one. The message is a sentence with the way out. */
export class ProfileError extends Error {}

/** A function as the runtime names it. Lines and columns are zero-based. */
export interface Frame {
  readonly functionName: string;
  /** `file:///app/dist/server.js`; empty for what the runtime itself does. */
  readonly url: string;
  readonly line: number;
  readonly column: number;
}

/** Stacks as a tree: each node is a frame below its parent's. Columns of equal length. */
export interface StackTree {
  /** Index into the frames. */
  readonly frame: Int32Array;
  /** Index of another node, or -1 for a root. */
  readonly parent: Int32Array;
  /** Spent in the node itself: milliseconds, or bytes. */
  readonly self: Float64Array;
}

export interface Sampled {
  readonly kind: "cpu" | "heap";
  readonly frames: readonly Frame[];
  readonly tree: StackTree;
}

/** A statement as the database or a trace saw it. */
export interface MeasuredStatement {
  readonly text: string;
  readonly calls: number;
  readonly totalMs: number;
}

/** Requests as they were answered. */
export interface MeasuredRoute {
  /** Upper case; undefined where the format does not say. */
  readonly method?: string;
  /** `/orders/:id`, `/orders/{id}` or the path as it was asked for. */
  readonly path: string;
  readonly calls: number;
  readonly totalMs: number;
}

/** A function that a trace names by file and line (1-based). */
export interface MeasuredFunction {
  readonly file: string;
  readonly line?: number;
  readonly name: string;
  readonly calls: number;
  readonly totalMs: number;
}

export interface Observed {
  readonly kind: "statements" | "traces" | "load";
  readonly statements: readonly MeasuredStatement[];
  readonly routes: readonly MeasuredRoute[];
  readonly functions: readonly MeasuredFunction[];
}

export type Profile = Sampled | Observed;

/** Takes a file's bytes piece by piece. `end` throws `ProfileError` for what cannot be used. */
export interface ProfileReader {
  push(chunk: Uint8Array): void;
  end(): Profile;
}

/** Where a frame's function stands in the workspace. Zero-based. */
export interface FramePlace {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** The file has changed since the profile was taken. */
  readonly stale?: true;
}

/** A profile with its frames led back to the workspace. */
export interface ResolvedProfile {
  /** Name of the file it was read from. */
  readonly name: string;
  readonly profile: Profile;
  /** Frame by frame; undefined for those outside the workspace. Empty for profiles without frames. */
  readonly places: readonly (FramePlace | undefined)[];
  /** What was left out, and why: a sentence each. */
  readonly problems: readonly string[];
}
