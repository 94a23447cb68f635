import path from "node:path";
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { readModelFolder, verifyModel } from "../../server/src/model/model-folder.js";
import { repositoryRoot } from "../harness/repository.js";

const folder = path.join(repositoryRoot, "server/model");

test("the model in the box is the one its manifest and its page describe", async () => {
  const model = readModelFolder(folder);
  expect([...model.checksums.keys()].map((file) => path.basename(file)).sort()).toEqual([
    "model.int8.onnx",
    "tokenizer.json",
  ]);
  await verifyModel(model);
  const page = readFileSync(path.join(folder, "MODEL.md"), "utf8");
  for (const sum of model.checksums.values()) expect(page).toContain(sum);
});
