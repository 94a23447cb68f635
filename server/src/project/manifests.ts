/** Files that say how modules are found and which versions are installed. The text is read elsewhere; parsing is pure and never fails. */
export interface ManifestSource {
  /** Absolute path with `/` separators: a `package.json`, `tsconfig*.json`, `jsconfig.json`, lockfile or `pnpm-workspace.yaml`. */
  readonly path: string;
  readonly text: string;
}
