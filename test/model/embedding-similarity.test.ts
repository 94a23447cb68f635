import path from "node:path";
import { afterAll, expect, test } from "vitest";
import { embeddingSimilarity } from "../../server/src/evaluation-io/embedding-similarity.js";
import { createEmbedder } from "../../server/src/model/create-embedder.js";
import { noEmbedder } from "../../server/src/ranking/embedder.js";
import { repositoryRoot } from "../harness/repository.js";

const embedder = createEmbedder({
  processFile: path.join(repositoryRoot, "server/src/embedder-process.ts"),
  execArgv: ["--import", "tsx"],
  modelFolder: path.join(repositoryRoot, "server/model"),
  provider: "cpu",
});
afterAll(() => embedder.close());
const { signal } = new AbortController();

test("what means the same is alike though no word is shared", async () => {
  const similarity = embeddingSimilarity(() => embedder);
  const same = await similarity.compare(
    "The invoice was paid yesterday.",
    "Payment of the bill arrived a day ago.",
    signal,
  );
  const other = await similarity.compare("The invoice was paid yesterday.", "Cats sleep most of the day.", signal);
  expect(same).toBeGreaterThan(0.6);
  expect(other).toBeLessThan(0.3);
  expect(similarity.name).toBe("all-MiniLM-L6-v2");
});

test("without the model letters are compared, and the name says why", async () => {
  const similarity = embeddingSimilarity(() => noEmbedder("it is switched off"));
  expect(await similarity.compare("paid", "paid", signal)).toBeCloseTo(1, 5);
  expect(similarity.name).toBe("letters, because it is switched off");
});
