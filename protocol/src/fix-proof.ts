/** *Prove Fix*: a fix is run against made-up rows beside the code as it is. */

/** Client → server request: proves a fix. Only on the user's command, and refused in a workspace that is not trusted. */
export const proveFixMethod = "hotpath/proveFix";

export interface ProveFixParams {
  readonly uri: string;
  /** Of the finding. */
  readonly fingerprint: string;
  /** Which of its fixes; the first when left out. */
  readonly fix?: string;
}

export interface ProveFixResult {
  readonly kind: "proved" | "different" | "unprovable";
  /** What the fix does, as its action says; empty where there is none. */
  readonly title: string;
  /** One line: what came out. */
  readonly summary: string;
  /** The whole answer as Markdown, with the table of query counts and times. */
  readonly markdown: string;
}
