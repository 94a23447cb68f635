/** Addresses of a Redis, told apart and shown without loading a client. */

/** Undefined for an address that is none. */
export function redisAddress(text: string): URL | undefined {
  if (!URL.canParse(text)) return undefined;
  const url = new URL(text);
  return url.protocol === "redis:" || url.protocol === "rediss:" ? url : undefined;
}

/** The address without what is secret in it. */
export function shownAddress(text: string): string {
  const url = redisAddress(text);
  return url === undefined ? "redis" : `${url.protocol}//${url.host}${url.pathname}`;
}
