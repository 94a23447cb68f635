/** Formats of profiles, where source maps may lead, and what happens to files that are none. */
import { mkdirSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { openReader } from "../server/src/profiles/open-reader.js";
import type { Profile } from "../server/src/profiles/model.js";
import { sampledTimes } from "../server/src/profiles/sampled-times.js";
import { readProfileFile } from "../server/src/workspace/profile-files.js";
import { temporaryWorkspace } from "./harness/temporary-workspace.js";

const outside = temporaryWorkspace({});
const root = temporaryWorkspace({ "src/app.ts": "export function slow() {\n  return 1;\n}\n" });
afterAll(async () => {
  await outside.dispose();
  await root.dispose();
});

/** Read in pieces of a few bytes, so that every value is cut somewhere. */
function read(name: string, text: string, pieceBytes = 7): Profile {
  const bytes = new TextEncoder().encode(text);
  const reader = openReader(name, bytes);
  for (let at = 0; at < bytes.length; at += pieceBytes) reader.push(bytes.subarray(at, at + pieceBytes));
  return reader.end();
}

function cpuProfile(url: string, lineNumber = 0, columnNumber = 20): string {
  const frame = (functionName: string, at = {}): object => ({
    functionName,
    scriptId: "1",
    url: "",
    lineNumber: -1,
    columnNumber: -1,
    ...at,
  });
  return JSON.stringify({
    nodes: [
      { id: 1, callFrame: frame("(root)"), hitCount: 0, children: [2, 4] },
      { id: 2, callFrame: frame("slow", { url, lineNumber, columnNumber }), hitCount: 2, children: [3] },
      { id: 3, callFrame: frame("slow", { url, lineNumber, columnNumber }), hitCount: 1 },
      { id: 4, callFrame: frame("(idle)"), hitCount: 1 },
    ],
    startTime: 0,
    endTime: 5000,
    samples: [2, 3, 4, 2],
    timeDeltas: [100, 1000, 2000, 3000],
  });
}

describe("V8 profiles", () => {
  test("a sample lasts until the next, idle time is nobody's, and a function that calls itself is counted once", () => {
    const profile = read("a.cpuprofile", cpuProfile("file:///app/a.js"));
    if (!("tree" in profile)) throw new Error("not sampled");
    const times = sampledTimes(profile, (frame) =>
      frame.url === "" ? undefined : { key: frame.functionName, what: frame.url },
    );
    expect(times.busy).toBe(3);
    expect(times.functions.get("slow")).toMatchObject({ self: 3, total: 3 });
  });

  test("the same, with samples behind their times and in one piece", () => {
    const { nodes, samples, timeDeltas } = JSON.parse(cpuProfile("file:///app/a.js")) as Record<string, unknown>;
    const profile = read("a.cpuprofile", JSON.stringify({ timeDeltas, samples, nodes }), 1 << 20);
    if (!("tree" in profile)) throw new Error("not sampled");
    expect([...profile.tree.self]).toEqual([0, 1, 2, 3]);
  });

  test("allocations", () => {
    const callFrame = { functionName: "make", url: "file:///app/a.js", lineNumber: 3, columnNumber: 1 };
    const head = {
      callFrame: { functionName: "(root)", url: "", lineNumber: -1, columnNumber: -1 },
      selfSize: 0,
      children: [{ callFrame, selfSize: 1000, children: [{ callFrame, selfSize: 24, children: [] }] }],
    };
    const profile = read("a.heapprofile", JSON.stringify({ head, samples: [] }));
    if (!("tree" in profile)) throw new Error("not sampled");
    expect(profile.kind).toBe("heap");
    expect([...profile.tree.self]).toEqual([0, 1000, 24]);
    expect([...profile.tree.parent]).toEqual([-1, 0, 1]);
  });
});

describe("statements", () => {
  const expected = [{ text: 'select "a", b\nfrom t where id = $1', calls: 1204, totalMs: 3010.5 }];

  test("as CSV, with quotes and line breaks inside", () => {
    const csv = 'userid,query,calls,total_exec_time\n10,"select ""a"", b\nfrom t where id = $1",1204,3010.5\n';
    expect(read("stat.csv", csv)).toMatchObject({ statements: expected });
  });

  test("as JSON rows, also with the columns of older versions and numbers as text", () => {
    const rows = [{ query: expected[0]?.text, calls: "1204", total_time: 3010.5 }];
    expect(read("stat.json", JSON.stringify(rows))).toMatchObject({ statements: expected });
    expect(read("stat.json", JSON.stringify({ rows }))).toMatchObject({ statements: expected });
  });
});

describe("traces and load", () => {
  const span = (more: object): object => ({
    startTimeUnixNano: "1700000000000000000",
    endTimeUnixNano: "1700000000020000000",
    ...more,
  });
  const attribute = (key: string, stringValue: string): object => ({ key, value: { stringValue } });
  const document = {
    resourceSpans: [
      {
        scopeSpans: [
          {
            spans: [
              span({
                kind: 2,
                name: "GET /orders/:id",
                attributes: [attribute("http.route", "/orders/:id"), attribute("http.request.method", "GET")],
              }),
              span({ kind: 3, name: "SELECT", attributes: [attribute("db.query.text", "select 1")] }),
              span({
                kind: 1,
                name: "load",
                attributes: [attribute("code.filepath", "/app/src/app.ts"), attribute("code.function", "load")],
              }),
            ],
          },
        ],
      },
    ],
  };

  test("OTLP as one document, and one per line", () => {
    const expected = {
      routes: [{ method: "GET", path: "/orders/:id", calls: 1 }],
      statements: [{ text: "select 1", calls: 1 }],
      functions: [{ file: "/app/src/app.ts", name: "load", calls: 1 }],
    };
    expect(read("trace.json", JSON.stringify(document))).toMatchObject(expected);
    const lines = read("trace.jsonl", `${JSON.stringify(document)}\n${JSON.stringify(document)}\n`, 64);
    expect(lines).toMatchObject({ routes: [{ calls: 2 }] });
    if (!("routes" in lines)) throw new Error("no routes");
    expect(lines.routes[0]?.totalMs).toBeCloseTo(40, 3);
  });

  test("autocannon and k6", () => {
    const cannon = { url: "http://localhost:3000/orders?x=1", requests: { total: 500 }, latency: { average: 12 } };
    expect(read("result.json", JSON.stringify(cannon))).toMatchObject({
      routes: [{ path: "/orders", calls: 500, totalMs: 6000 }],
    });
    const point = {
      type: "Point",
      metric: "http_req_duration",
      data: { value: 5, tags: { method: "GET", name: "http://a/orders/1" } },
    };
    const text = `${JSON.stringify({ type: "Metric" })}\n${JSON.stringify(point)}\n${JSON.stringify(point)}\n`;
    expect(read("k6.json", text)).toMatchObject({
      routes: [{ method: "GET", path: "/orders/1", calls: 2, totalMs: 10 }],
    });
  });
});

describe("files that cannot be used are told in one sentence", () => {
  test.each([
    ["empty.cpuprofile", "", "the file is empty"],
    ["cut.cpuprofile", cpuProfile("file:///a.js").slice(0, 300), "ends in the middle"],
    ["broken.cpuprofile", '{"nodes":[{]}', "not valid JSON"],
    ["other.cpuprofile", '{"a":1}', "holds no V8 profile"],
    ["other.heapprofile", '{"a":1}', "holds no heap profile"],
    ["text.txt", "hello", "it is none of"],
    ["object.json", '{"a":1}', "it is none of"],
    ["list.json", "[1,2", "not valid JSON"],
    ["stat.csv", "query,calls\n", "no statement"],
    ["trace.json", '{"resourceSpans":[]}', "no span"],
  ])("%s", async (name, text, sentence) => {
    const file = path.join(outside.root, name);
    writeFileSync(file, text);
    const error = await readProfileFile(file, [root.root]).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(Error);
    const { message } = error as Error;
    expect(message).toContain(`cannot use the profile ${name}: `);
    expect(message).toContain(sentence);
    expect(message).not.toContain("\n");
  });

  test("a file that is not there, and a folder", async () => {
    await expect(readProfileFile(path.join(outside.root, "none.cpuprofile"), [])).rejects.toThrow(
      "there is no such file",
    );
    await expect(readProfileFile(outside.root, [])).rejects.toThrow("it is a folder");
  });
});

describe("places", () => {
  const map = (sources: readonly string[], content?: string): string =>
    JSON.stringify({
      version: 3,
      sources,
      names: [],
      mappings: "AAAA",
      ...(content === undefined ? {} : { sourcesContent: [content] }),
    });
  const load = async (
    generated: string,
    mapText: string | undefined,
    mapName = "app.js.map",
  ): Promise<Awaited<ReturnType<typeof readProfileFile>>> => {
    mkdirSync(path.join(root.root, "dist"), { recursive: true });
    const program = path.join(root.root, "dist/app.js");
    writeFileSync(program, generated);
    if (mapText !== undefined) writeFileSync(path.join(root.root, "dist", mapName), mapText);
    const file = path.join(outside.root, "places.cpuprofile");
    writeFileSync(file, cpuProfile(`file://${program}`));
    return readProfileFile(file, [root.root]);
  };
  const placesOf = ({ places }: Awaited<ReturnType<typeof readProfileFile>>): readonly string[] =>
    places.flatMap((place) =>
      place === undefined ? [] : [`${path.relative(root.root, place.file)}${place.stale === true ? " stale" : ""}`],
    );

  test("a source map leads to the source; one that says what the source was tells whether it has changed", async () => {
    const same = await load(
      "function slow(){}\n//# sourceMappingURL=app.js.map",
      map(["../src/app.ts"], "export function slow() {\n  return 1;\n}\n"),
    );
    expect(placesOf(same)).toEqual(["src/app.ts"]);
    const changed = await load(
      "function slow(){}\n//# sourceMappingURL=app.js.map",
      map(["../src/app.ts"], "another text"),
    );
    expect(placesOf(changed)).toEqual(["src/app.ts stale"]);
  });

  test("without a map the program is the source, and changed when it was written later", async () => {
    const before = await load("function slow(){}\n", undefined);
    expect(placesOf(before)).toEqual(["dist/app.js"]);
    const file = path.join(outside.root, "places.cpuprofile");
    utimesSync(file, 1000, 1000);
    expect(placesOf(await readProfileFile(file, [root.root]))).toEqual(["dist/app.js stale"]);
  });

  test("a map written into the program", async () => {
    const inline = Buffer.from(map(["../src/app.ts"])).toString("base64");
    const read64 = await load(
      `function slow(){}\n//# sourceMappingURL=data:application/json;base64,${inline}`,
      undefined,
    );
    expect(placesOf(read64).map((one) => one.replace(" stale", ""))).toEqual(["src/app.ts"]);
  });

  test("maps and sources outside the workspace are refused", async () => {
    writeFileSync(path.join(outside.root, "evil.map"), map(["x.ts"]));
    writeFileSync(path.join(outside.root, "secret.ts"), "export const secret = 1;");
    const elsewhere = path.relative(path.join(root.root, "dist"), outside.root);
    const away = await load(`function slow(){}\n//# sourceMappingURL=${elsewhere}/evil.map`, undefined);
    expect(placesOf(away)).toEqual([]);
    expect(away.problems.join()).toContain("lies outside the workspace");
    const names = await load(
      "function slow(){}\n//# sourceMappingURL=app.js.map",
      map([`${elsewhere}/secret.ts`, "/etc/passwd"]),
    );
    expect(placesOf(names)).toEqual([]);
    expect(names.problems.join()).toContain("names a file outside the workspace");
  });

  test("links out of the workspace are refused", async () => {
    symlinkSync(path.join(outside.root, "secret.ts"), path.join(root.root, "src/link.ts"));
    const linked = await load("function slow(){}\n//# sourceMappingURL=app.js.map", map(["../src/link.ts"]));
    expect(placesOf(linked)).toEqual([]);
  });

  test("programs outside the workspace are not opened", async () => {
    const file = path.join(outside.root, "away.cpuprofile");
    writeFileSync(file, cpuProfile(`file://${outside.root}/secret.ts`));
    expect(placesOf(await readProfileFile(file, [root.root]))).toEqual([]);
  });
});
