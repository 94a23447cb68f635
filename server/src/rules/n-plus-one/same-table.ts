/** Whether two names mean one table, as code and schemas spell them. */
export function sameTable(a: string, b: string): boolean {
  const plain = (name: string): string =>
    name
      .toLowerCase()
      .replace(/[^a-z0-9]/g, "")
      .replace(/s$/, "");
  return plain(a) === plain(b);
}
