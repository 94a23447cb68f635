/** Whether each part of Hotpath works here. The command line's doctor and the editor show the same report. */

/** Client → server request `hotpath/health`. */
export const healthMethod = "hotpath/health";

export interface HealthParams {
  /** Also tries what takes seconds and much memory: the planner and the model. */
  readonly thorough: boolean;
}

/** `absent`: the part is optional and not set up. No part is healthy before it was tried. */
export type HealthState = "healthy" | "degraded" | "absent";

export interface HealthPart {
  readonly name: string;
  readonly state: HealthState;
  /** What was seen. */
  readonly detail: string;
  /** What to do about it, for a part that is not healthy. */
  readonly next?: string;
  readonly tookMs: number;
}

export interface HealthReport {
  readonly version: string;
  /** Degraded when any part is. */
  readonly state: Exclude<HealthState, "absent">;
  readonly parts: readonly HealthPart[];
}
