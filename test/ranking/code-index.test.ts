import fc from "fast-check";
import { expect, test } from "vitest";
import { CodeIndex, type IndexedUnit } from "../../server/src/ranking/code-index.js";
import { best, fuse } from "../../server/src/ranking/fuse.js";
import { passageText } from "../../server/src/ranking/passage-text.js";
import { spacedIdentifiers, wordsOf } from "../../server/src/ranking/split-identifiers.js";
import type { NearestRows } from "../../server/src/ranking/vector-shelf.js";
import { cosine, fromHalf, toHalf } from "../../server/src/ranking/vectors.js";
import { WordIndex } from "../../server/src/ranking/word-index.js";

function unit(path: string, start: number, text: string): IndexedUnit {
  return { path, kind: "function", name: text, start, end: start + 10, at: start, key: text, words: wordsOf(text) };
}

function direction(...values: readonly number[]): Float32Array {
  const length = Math.hypot(...values);
  return Float32Array.from(values, (value) => value / length);
}

const all = (): boolean => true;
const names = (index: CodeIndex, text: string, vector?: Float32Array): string[] =>
  index
    .search({ words: wordsOf(text), vector, limit: 10, accept: all })
    .map((hit) => `${hit.unit.path}:${hit.unit.name}`);

test("identifiers and sentences come to the same words", () => {
  expect(wordsOf("findUsersByID(user_ids)")).toEqual(["find", "user", "id", "user", "id"]);
  expect(wordsOf("find the users by their id")).toEqual(["find", "user", "their", "id"]);
  expect(wordsOf("parseHTMLQueries2 addresses")).toEqual(["parse", "html", "query", "address"]);
  expect(spacedIdentifiers("loadHTTPResponse user_id")).toBe("load HTTP Response user id");
  expect(passageText("for (const orderId of ids) {\n  await load(orderId);\n}")).toBe(
    "for (const order Id of ids) { await load(order Id); }",
  );
});

test("words that few documents have weigh more; what is removed is not found", () => {
  const index = new WordIndex();
  const first = index.add(wordsOf("load orders of a user"));
  const second = index.add(wordsOf("load invoices of a user"));
  index.add(wordsOf("load settings of a user"));
  expect(best(index.search(wordsOf("load user invoices")), 3)[0]?.document).toBe(second);
  index.remove(second, wordsOf("load invoices of a user"));
  index.remove(second, wordsOf("load invoices of a user"));
  expect([...index.search(["invoice"]).keys()]).toEqual([]);
  expect(index.search(["order"]).get(first)).toBeGreaterThan(0);
  expect(index.size).toBe(2);
});

test("a document without a vector is judged by its words, one without the words by its vector", () => {
  const order = (candidates: Parameters<typeof fuse>[0]): number[] => fuse(candidates).map((hit) => hit.document);
  expect(
    order([
      { document: 1, words: 0, vector: 0.9 },
      { document: 2, words: 5, vector: undefined },
      { document: 3, words: 0, vector: 0.1 },
    ]),
  ).toEqual([1, 2, 3]);
  expect(
    order([
      { document: 1, words: 1, vector: undefined },
      { document: 2, words: 5, vector: undefined },
    ]),
  ).toEqual([2, 1]);
  expect(fuse([])).toEqual([]);
});

test("vectors arrive later, equal texts share one, and what is gone takes its vector with it", () => {
  const index = new CodeIndex();
  index.setFile("a.ts", [unit("a.ts", 0, "load orders"), unit("a.ts", 20, "parse date")]);
  index.setFile("b.ts", [unit("b.ts", 0, "load orders")]);
  expect(index.missing()).toEqual(["load orders", "parse date"]);
  expect(names(index, "orders")).toEqual(["a.ts:load orders", "b.ts:load orders"]);
  index.setVector("load orders", direction(1, 0));
  index.setVector("parse date", direction(0, 1));
  index.setVector("never heard of", direction(1, 1));
  expect(index.coverage).toEqual({ embedded: 2, texts: 2 });
  expect(names(index, "something else", direction(0.1, 1))[0]).toBe("a.ts:parse date");
  index.setFile("a.ts", []);
  expect(index.coverage).toEqual({ embedded: 1, texts: 1 });
  expect(names(index, "orders", direction(0, 1))).toEqual(["b.ts:load orders"]);
  index.removeFile("b.ts");
  expect(index.size).toBe(0);
  expect(names(index, "orders", direction(0, 1))).toEqual([]);
});

test("an index that was edited for long answers like one made at once", () => {
  const edited = new CodeIndex();
  for (let round = 0; round < 6000; round++) {
    edited.setFile("a.ts", [unit("a.ts", 0, `load orders ${round}`), unit("a.ts", 20, "parse date")]);
    if (round % 1000 === 0) edited.setVector("parse date", direction(0, 1));
  }
  const fresh = new CodeIndex();
  fresh.setFile("a.ts", [unit("a.ts", 0, "load orders 5999"), unit("a.ts", 20, "parse date")]);
  fresh.setVector("parse date", direction(0, 1));
  for (const [text, vector] of [["orders"], ["date"], ["date", direction(1, 1)]] as const)
    expect(names(edited, text, vector)).toEqual(names(fresh, text, vector));
});

test("over the limit, the approximate search answers as soon as it holds everything", () => {
  const rows = new Map<number, Float32Array>();
  const asked: number[] = [];
  const nearest: NearestRows = {
    add: (row, vector) => void rows.set(row, vector.slice()),
    remove: (row) => void rows.delete(row),
    search: (query, limit) => {
      asked.push(limit);
      return [...rows]
        .map(([row, vector]) => [row, cosine(query, vector)] as const)
        .sort((a, b) => b[1] - a[1])
        .slice(0, limit);
    },
  };
  const index = new CodeIndex(() => nearest, 20);
  const texts = Array.from({ length: 40 }, (_, i) => `text ${i} z`);
  index.setFile(
    "a.ts",
    texts.map((text, i) => unit("a.ts", i * 10, text)),
  );
  for (const [i, text] of texts.entries()) index.setVector(text, direction(Math.cos(i), Math.sin(i)));
  expect(rows.size).toBe(40);
  const before = names(index, "nothing", direction(Math.cos(7), Math.sin(7)));
  expect(before[0]).toBe("a.ts:text 7 z");
  expect(asked.length).toBe(1);
  index.setFile(
    "a.ts",
    texts.slice(0, 5).map((text, i) => unit("a.ts", i * 10, text)),
  );
  expect(rows.size).toBe(5);
});

test("half-precision numbers keep a vector's direction", () => {
  fc.assert(
    fc.property(fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 8, maxLength: 64 }), (values) => {
      fc.pre(values.some((value) => 0.01 < Math.abs(value)));
      const vector = direction(...values);
      const again = fromHalf(toHalf(vector));
      expect(cosine(vector, again)).toBeGreaterThan(0.999);
    }),
  );
});
