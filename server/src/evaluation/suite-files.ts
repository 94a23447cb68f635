/** How suites reach the files they name. Declares the port; `evaluation-io/` implements it. */

export type FileText =
  | { readonly kind: "text"; readonly text: string }
  /** `reason` completes "cannot be read: …". */
  | { readonly kind: "unreadable"; readonly reason: string };

export interface SuiteFiles {
  /** @param path Absolute, `/` separators. Refuses files outside the folder suites may read. */
  read(path: string): Promise<FileText>;
  /** Existing files a path with `*`, `**` or `?` stands for, sorted; a path without any stands for itself when it exists. */
  match(pattern: string): Promise<readonly string[]>;
  /** Analyzable files below a folder with their text, relative paths; empty when there are none. */
  sources(folder: string): AsyncIterable<{ readonly path: string; readonly text: string }>;
}
