/** Whatever happens to the model: the findings and their order are those without one, search answers by words, and the status says what is wrong. */
import { cpSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { modelStatus } from "../../server/src/lsp/model-status.js";
import { createEmbedder, type EmbedderOptions } from "../../server/src/model/create-embedder.js";
import { openFeedback } from "../../server/src/model/feedback-store.js";
import { noEmbedder, type Embedder } from "../../server/src/ranking/embedder.js";
import { createCodeSearch } from "../../server/src/service/code-search.js";
import { topFindings } from "../../server/src/service/finding-order.js";
import type { WorkspaceService } from "../../server/src/service/workspace-service.js";
import { temporaryFolder } from "../harness/planner-image.js";
import { handlerText, temporaryWorkspace } from "../harness/temporary-workspace.js";
import { repositoryRoot } from "../harness/repository.js";

const fixtures = path.join(repositoryRoot, "test/model/fixtures");
const workspace = temporaryWorkspace({
  "package.json": '{ "name": "shop", "dependencies": { "pg": "8", "express": "4" } }',
  "src/db.ts": 'import { Pool } from "pg";\nexport const pool = new Pool();\n',
  "src/apples.ts": handlerText("apples"),
  "src/plums.ts": handlerText("plums"),
});
const { root } = workspace;
const state: { service?: WorkspaceService; embedder?: Embedder } = {};

beforeAll(async () => {
  state.service = (await workspace.open()).service;
});
afterEach(async () => {
  await state.embedder?.close();
});
afterAll(() => workspace.dispose());

/** A copy of the small model that works, damaged. */
function damaged(damage: (folder: string) => void): Partial<EmbedderOptions> {
  const folder = temporaryFolder(`failures-model-${process.pid}`);
  rmSync(folder, { recursive: true, force: true });
  cpSync(path.join(fixtures, "tiny"), folder, { recursive: true });
  damage(folder);
  return { modelFolder: folder };
}

function misbehaving(fault: string): Partial<EmbedderOptions> {
  const env = { ...process.env, HOTPATH_TEST_FAULT: fault, HOTPATH_TEST_LOG: path.join(root, "starts.log") };
  return { processFile: path.join(fixtures, "misbehave.mjs"), execArgv: [], env, requestLimitMs: 2000 };
}

const failures: Readonly<Record<string, { readonly options: () => Partial<EmbedderOptions>; readonly told: RegExp }>> =
  {
    "a process that is killed": { options: () => misbehaving("dies"), told: /the model's process ended \(SIGKILL\)/i },
    "a process that hangs": { options: () => misbehaving("hangs"), told: /took longer than/ },
    "no memory": { options: () => misbehaving("out-of-memory"), told: /bad allocation/i },
    "output that is no number": {
      options: () => ({ modelFolder: path.join(fixtures, "nan") }),
      told: /values that are no numbers/,
    },
    "a wrong checksum": {
      options: () => damaged((folder) => writeFileSync(path.join(folder, "model.onnx"), "something else")),
      told: /model\.onnx is not the file its manifest describes/i,
    },
    "a corrupt model that no checksum is known of": {
      options: () =>
        damaged((folder) => {
          const file = path.join(folder, "manifest.json");
          const manifest = JSON.parse(readFileSync(file, "utf8")) as Record<string, unknown>;
          writeFileSync(file, JSON.stringify({ ...manifest, sha256: {} }));
          writeFileSync(path.join(folder, "model.onnx"), "something else");
        }),
      told: /does not run/,
    },
    "a missing tokenizer": {
      options: () => damaged((folder) => rmSync(path.join(folder, "tokenizer.json"))),
      told: /has no tokenizer\.json/,
    },
    "a missing folder": { options: () => ({ modelFolder: path.join(root, "nowhere") }), told: /there is no folder/i },
  };

for (const [failure, { options, told }] of Object.entries(failures))
  test(`${failure}: findings and order stay, and the status tells`, { timeout: 60_000 }, async () => {
    const { service } = state;
    if (service === undefined) throw new Error("no workspace");
    const placesWith = async (embedder: Embedder): Promise<readonly string[]> => {
      const search = createCodeSearch({ service, embedder });
      const reason = await search.update(() => undefined);
      const feedback = openFeedback(path.join(root, "no-feedback.jsonl"));
      const ranked = await topFindings({ service, search, feedback }, 100);
      const { found } = await search.search("list of plums", {}, 3);
      const status = modelStatus(await search.status(), reason);
      if (embedder === state.embedder) expect(`${status.text} ${status.detail}`).toMatch(told);
      expect(path.basename(found[0]?.unit.path ?? "")).toBe("plums.ts");
      return ranked.map(({ finding }) => `${finding.fingerprint} ${finding.severity}`);
    };
    const without = await placesWith(noEmbedder("off"));
    expect(without.length).toBeGreaterThan(1);
    state.embedder = createEmbedder({
      processFile: path.join(repositoryRoot, "server/src/embedder-process.ts"),
      execArgv: ["--import", "tsx"],
      modelFolder: path.join(fixtures, "tiny"),
      provider: "cpu",
      ...options(),
    });
    expect(await placesWith(state.embedder)).toEqual(without);
  });
