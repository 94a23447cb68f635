/** A function that other files know becomes async only where every call of it is in sight and can wait. */
import { expect, test } from "vitest";
import { fixesIn, type Files } from "../harness/apply-fix.js";

const HELPER = `import { readFileSync } from "node:fs";
export function terms(language: string) {
  return readFileSync(\`terms.\${language}.html\`, "utf8");
}
`;
const APP = `import express from "express";
import { terms } from "./terms";
const app = express();
app.get("/:language", (request, response) => { response.send(terms(request.params.language)); });
`;

function titles(files: Files): readonly string[] {
  const found = fixesIn({ "src/terms.ts": HELPER, "src/app.ts": APP, ...files }, "sync-io-in-request");
  expect(found.length).toBeGreaterThan(0);
  return found.flatMap(({ fixes }) => fixes.map(({ title }) => title));
}

test("when all calls can wait, they do", () => {
  expect(titles({})).toEqual(["Wait for `readFile` instead, and make 2 functions async in 2 files"]);
  const other = 'import { terms } from "./terms";\nexport async function mail() { return terms("en").trim(); }\n';
  expect(titles({ "src/mail.ts": other })).toEqual([
    "Wait for `readFile` instead, and make 2 functions async in 3 files",
  ]);
});

test.each<[string, Files]>([
  ["it is a value", { "src/b.ts": 'import { terms } from "./terms";\nexport const all = ["en"].map(terms);\n' }],
  [
    "a callback cannot wait",
    { "src/b.ts": 'import { terms } from "./terms";\nexport const all = (xs: string[]) => xs.map((x) => terms(x));\n' },
  ],
  ["a module cannot wait", { "src/b.ts": 'import { terms } from "./terms";\nexport const english = terms("en");\n' }],
  [
    "its type is used",
    { "src/b.ts": 'import { terms } from "./terms";\nexport type Terms = ReturnType<typeof terms>;\n' },
  ],
  [
    "a test mocks it",
    { "src/b.test.ts": 'import { vi } from "vitest";\nvi.mock("./terms", () => ({ terms: () => "" }));\n' },
  ],
  [
    "a test replaces it",
    { "src/b.test.ts": 'import * as all from "./terms";\nvi.spyOn(all, "terms").mockReturnValue("");\n' },
  ],
  ["it is loaded late", { "src/b.ts": 'export const late = async () => (await import("./terms")).terms("en");\n' }],
  [
    "a getter calls it",
    { "src/b.ts": 'import { terms } from "./terms";\nexport class A { get all() { return terms("en"); } }\n' },
  ],
  [
    "it is a parameter's default",
    { "src/b.ts": 'import { terms } from "./terms";\nexport async function f(text = terms("en")) { return text; }\n' },
  ],
  [
    "the package gives it to others",
    {
      "src/main.ts": 'export { terms } from "./terms";\n',
      "package.json": '{ "name": "terms", "main": "src/main.ts", "dependencies": { "express": "*" } }',
    },
  ],
])("nothing where %s", (_, files) => {
  expect(titles(files)).toEqual([]);
});

test("nothing where the next caller would find something half done", () => {
  const cached = `import { readFileSync } from "node:fs";
const known = new Map<string, string>();
export function terms(language: string) {
  if (known.size === 0) for (const one of ["en", "de"]) known.set(one, readFileSync(\`terms.\${one}.html\`, "utf8"));
  return known.get(language);
}
`;
  const found = fixesIn({ "src/terms.ts": cached, "src/app.ts": APP }, "sync-io-in-request");
  expect(found.flatMap(({ fixes }) => fixes)).toEqual([]);
});

test("nothing where a method may be called unseen", () => {
  const service = `import { Injectable } from "@nestjs/common";
import * as fs from "fs";
@Injectable()
export class MailService {
  template(name: string) { return fs.readFileSync(name, "utf8"); }
}
`;
  const controller = `import { Controller, Get, Param } from "@nestjs/common";
import { MailService } from "./mail.service";
@Controller("mail")
export class MailController {
  constructor(private readonly mails: MailService) {}
  @Get(":name")
  preview(@Param("name") name: string): string { return this.mails.template(name); }
}
`;
  const files = { "src/mail.service.ts": service, "src/mail.controller.ts": controller };
  const offers = (more: Files): number =>
    fixesIn({ ...files, ...more }, "sync-io-in-request").flatMap(({ fixes }) => fixes).length;
  expect(offers({})).toBe(1);
  expect(offers({ "src/b.ts": 'export const f = (any: any) => any.template("x");\n' })).toBe(0);
  expect(offers({ "src/b.test.ts": 'const mails = { template: () => "" };\n' })).toBe(0);
  expect(
    offers({
      "src/b.ts":
        'import { MailService } from "./mail.service";\nexport class Other extends MailService { template() { return ""; } }\n',
    }),
  ).toBe(0);
});
