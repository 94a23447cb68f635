/** JUnit XML. */
import { SaxesParser } from "saxes";
import type { CommandResults, TestResult } from "./test-results.js";

export function readJunit(text: string): CommandResults | string {
  const tests: TestResult[] = [];
  const state: {
    open: { name: string; ms?: number; status: TestResult["status"]; message: string } | undefined;
    inside: boolean;
    seen: boolean;
  } = {
    open: undefined,
    inside: false,
    seen: false,
  };
  const parser = new SaxesParser();
  parser.on("opentag", ({ name, attributes }) => {
    if (name === "testsuites" || name === "testsuite") state.seen = true;
    if (name === "testcase") {
      const seconds = Number(attributes["time"]);
      const full = [attributes["classname"], attributes["name"]]
        .filter((part) => part !== undefined && part !== "")
        .join(" ");
      state.open = {
        name: full,
        status: "passed",
        message: "",
        ...(Number.isFinite(seconds) ? { ms: seconds * 1000 } : {}),
      };
    }
    if (state.open === undefined) return;
    // Node marks what is still to be done as skipped, and reports how it fails all the same.
    if ((name === "failure" || name === "error") && state.open.status !== "skipped") {
      state.open.status = "failed";
      state.open.message = attributes["message"] ?? "";
      state.inside = true;
    } else if (name === "skipped") state.open = { ...state.open, status: "skipped", message: "" };
  });
  const addText = (part: string): void => {
    if (state.inside && state.open?.message === "" && part.trim() !== "") state.open.message = part.trim();
  };
  parser.on("text", addText);
  parser.on("cdata", addText);
  parser.on("closetag", ({ name }) => {
    if (name === "failure" || name === "error") state.inside = false;
    if (name !== "testcase" || state.open === undefined) return;
    const { message, ...test } = state.open;
    tests.push(message === "" ? test : { ...test, message });
    state.open = undefined;
  });
  try {
    parser.write(text).close();
  } catch (error) {
    return `they are no XML (${error instanceof Error ? error.message : String(error)})`;
  }
  return state.seen ? { tests } : "they are no JUnit XML: there is no `testsuite` in them";
}
