/** Where the user says a live database is: the environment alone, so that no workspace can point anywhere. */
export function databaseUrlFrom(env: Readonly<Record<string, string | undefined>>): string | undefined {
  const url = env["HOTPATH_DATABASE_URL"];
  return url === undefined || url.trim() === "" ? undefined : url.trim();
}
