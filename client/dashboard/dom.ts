/** Elements in a line of code. Text is always text: nothing from a workspace becomes markup. */

type Child = Node | string;

export function element<K extends keyof HTMLElementTagNameMap>(
  name: K,
  attributes: Readonly<Record<string, string>> = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

export function heading(text: string): HTMLElement {
  return element("h2", {}, text);
}

/** A box that says what to do, where there is nothing to show yet. Words in backquotes are code. */
export function emptyState(text: string): HTMLElement {
  const parts = text.split("`").map((part, i) => (i % 2 === 0 ? part : element("code", {}, part)));
  return element("p", { class: "empty" }, ...parts);
}

export interface Column<T> {
  readonly title: string;
  readonly isNumber?: true;
  readonly cell: (row: T) => Child;
}

export function table<T>(caption: string, columns: readonly Column<T>[], rows: readonly T[]): HTMLTableElement {
  const kind = (column: Column<T>): Record<string, string> => (column.isNumber === true ? { class: "number" } : {});
  return element(
    "table",
    {},
    element("caption", { class: "unseen" }, caption),
    element(
      "thead",
      {},
      element("tr", {}, ...columns.map((one) => element("th", { scope: "col", ...kind(one) }, one.title))),
    ),
    element(
      "tbody",
      {},
      ...rows.map((row) => element("tr", {}, ...columns.map((one) => element("td", kind(one), one.cell(row))))),
    ),
  );
}

/** Tells a screen reader. */
export function announce(text: string): void {
  const announcer = document.getElementById("announcer");
  if (announcer !== null) announcer.textContent = text;
}

export const percent = (share: number): string => `${(100 * share).toFixed(share < 0.1 ? 1 : 0)} %`;
export const milliseconds = (ms: number): string =>
  ms < 10 ? `${ms.toFixed(1)} ms` : ms < 10_000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;
export const megabytes = (bytes: number): string => `${Math.round(bytes / 2 ** 20)} MB`;
export const moment = (at: number): string =>
  new Date(at).toLocaleString(undefined, { dateStyle: "medium", timeStyle: "short" });
