/** Texts of pages shown in the editor. */

/** For texts and attribute values alike. */
export function escapeHtml(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("'", "&#39;");
}

export function countText(count: number): string {
  return String(Math.round(count)).replace(/\B(?=(\d{3})+$)/g, ",");
}

export function rowText(count: number): string {
  return `${countText(count)} ${Math.round(count) === 1 ? "row" : "rows"}`;
}

/** Small costs are told apart by their first decimal. */
export function costText(cost: number): string {
  return cost < 10 ? cost.toFixed(1) : countText(cost);
}

/** Text with `code` in back quotes. */
export function withCode(text: string): string {
  return text
    .split("`")
    .map((part, i) => (i % 2 === 0 ? escapeHtml(part) : `<code>${escapeHtml(part)}</code>`))
    .join("");
}
