/** A proof takes its time elsewhere; calls that come after it do not wait. */
import { expect, test } from "vitest";
import { inThisThread } from "../../server/src/lsp/service-thread.js";
import type { WorkspaceService } from "../../server/src/service/workspace-service.js";

test("a refresh asked for after a proof is answered before it", async () => {
  const order: string[] = [];
  const slow: { finish: (any: boolean) => void } = { finish: () => undefined };
  const fake: Partial<WorkspaceService> = {
    prove: () => new Promise<boolean>((resolve) => (slow.finish = resolve)),
    refresh: () => ({
      revision: 1,
      changed: [],
      work: {
        extracted: [],
        linked: [],
        summarized: 0,
        checked: [],
        ruleMs: {},
        stageMs: { extract: 0, link: 0, summarize: 0, check: 0 },
      },
    }),
    isWarm: () => true,
    close: () => Promise.resolve(),
  };
  const service = inThisThread(() => Promise.resolve(fake as WorkspaceService));
  await service.open({ roots: ["/case"], cacheFolder: undefined, overrides: {} });
  const proof = service.prove().then((any) => order.push(`proof ${any}`));
  await service.refresh().then(() => order.push("refresh"));
  slow.finish(true);
  await proof;
  expect(order).toEqual(["refresh", "proof true"]);
  await service.close();
});
