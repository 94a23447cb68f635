/**
 * Gives memory back before the analyzer runs out of it: caches first, then work nobody waits for, and the analyzer itself last, which starts again from what is on
 * disk. The editor's session stays in any case.
 */

export type Relief = "caches" | "background" | "restart";

/** Shares of what the analyzer's heap may hold. The garbage collector keeps a healthy one well below. */
const LEVELS: readonly { readonly from: number; readonly relief: Relief }[] = [
  { from: 0.92, relief: "restart" },
  { from: 0.85, relief: "background" },
  { from: 0.75, relief: "caches" },
];
/** What was done takes so long to show, and is not done again before. */
const REST_MS = 30_000;

export interface Heap {
  readonly usedBytes: number;
  readonly limitBytes: number;
}

/** @param relieve Told what to give up, with the reason as a clause. */
export function createMemoryWatchdog(
  relieve: (relief: Relief, reason: string) => void,
  now: () => number = () => performance.now(),
): (heap: Heap) => void {
  const doneAt = new Map<Relief, number>();
  return ({ usedBytes, limitBytes }) => {
    const share = usedBytes / limitBytes;
    const level = LEVELS.find(({ from }) => from <= share);
    if (level === undefined) return;
    const done = doneAt.get(level.relief);
    if (done !== undefined && now() < done + REST_MS) return;
    doneAt.set(level.relief, now());
    const megabytes = (bytes: number): string => `${Math.round(bytes / 2 ** 20)} MB`;
    relieve(level.relief, `the analyzer holds ${megabytes(usedBytes)} of ${megabytes(limitBytes)}`);
  };
}
