/** How often files were changed together, from a list of commits. */

export interface Commit {
  /** Changed by it; whatever way paths are written, the same way in all. */
  readonly files: readonly string[];
}

export interface CoChange {
  /** Takes in a commit newer than those before. */
  add(commit: Commit): void;
  /** Files changed together with one, as a share of its own changes: 0 to 1, less where it was seldom changed. */
  of(path: string): ReadonlyMap<string, number>;
}

/** A commit that changes more files says nothing about any two of them: it renames, formats or upgrades. */
export const MOST_FILES_OF_A_COMMIT = 30;
/** Changes of a file that are remembered: what was long ago says little. */
const MOST_REMEMBERED = 40;
/** One commit may be an accident: as if a file had been changed this many times more, alone. */
const DOUBT = 1;

export function createCoChange(): CoChange {
  const commitsOf = new Map<string, (readonly string[])[]>();
  return {
    add({ files }) {
      if (MOST_FILES_OF_A_COMMIT < files.length) return;
      for (const path of files) {
        const known = commitsOf.get(path) ?? [];
        known.push(files);
        if (MOST_REMEMBERED < known.length) known.shift();
        commitsOf.set(path, known);
      }
    },
    of(path) {
      const commits = commitsOf.get(path) ?? [];
      const counts = new Map<string, number>();
      for (const files of commits)
        for (const other of files) if (other !== path) counts.set(other, (counts.get(other) ?? 0) + 1);
      return new Map([...counts].map(([other, count]) => [other, count / (commits.length + DOUBT)]));
    },
  };
}
