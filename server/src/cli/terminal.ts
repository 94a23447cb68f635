/** What the command line reads and writes, passed in so that tests can stand in for a terminal. */
export interface Terminal {
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  readonly stdout: { write(text: string): unknown; readonly isTTY?: boolean | undefined };
  readonly stderr: {
    write(text: string): unknown;
    readonly isTTY?: boolean | undefined;
    readonly columns?: number | undefined;
  };
}

/** Exit codes of every command, as documented. */
export const EXIT = { clean: 0, findings: 1, usage: 2 } as const;
