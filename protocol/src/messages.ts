/** Custom messages between the Hotpath server and its clients, beside the Language Server Protocol. Types only. */

/** Server → client notification `hotpath/status`: what the status bar shows. */
export const statusMethod = "hotpath/status";

export type ServerState = "starting" | "scanning" | "ready" | "error";

export interface StatusParams {
  readonly state: ServerState;
  /** 0 to 100 while scanning. */
  readonly percent?: number;
  readonly findings?: number;
  readonly files?: number;
  /** One sentence for a tooltip or an error. */
  readonly message?: string;
  /** `private` (child process over IPC) or `shared` (daemon over a socket). */
  readonly server?: "private" | "shared";
  readonly version: string;
}

/** Client → server request `hotpath/explainRule`: the page of a rule as Markdown. */
export const explainRuleMethod = "hotpath/explainRule";

export interface ExplainRuleParams {
  readonly rule: string;
}

export interface ExplainRuleResult {
  readonly rule: string;
  readonly title: string;
  readonly markdown: string;
}

/** Client → server request `hotpath/check`: the command line asks a warm daemon for the findings of a folder. */
export const checkMethod = "hotpath/check";

export interface CheckParams {
  /** Absolute, `/` separators. */
  readonly root: string;
  readonly configFile?: string;
  /** Rule ids or families; empty means all. */
  readonly rules: readonly string[];
  /** Whether each finding says how it can be fixed. */
  readonly fixes?: boolean;
}

/** Client → server request `hotpath/rescan`: forget everything derived and scan again. */
export const rescanMethod = "hotpath/rescan";

/** First message on a daemon socket, before the Language Server Protocol starts: one JSON line each way. */
export interface Handshake {
  readonly hotpath: string;
  readonly protocol: number;
  readonly purpose: "lsp" | "status" | "stop";
  /**
   * Keys of models by the name of their variable, for evaluations this client starts. They travel here because this line is written to no log and the socket
   * is the user's alone; messages of the language server protocol can be traced.
   */
  readonly keys?: Readonly<Record<string, string>>;
}

export const DAEMON_PROTOCOL = 1;
