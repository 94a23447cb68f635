/** Takes secrets out of text that is shown or kept. */

/** Shorter values are no keys, and hiding them would garble texts. */
const SHORTEST_SECRET = 8;
const KEY_NAME = /(?:_API_KEY|_TOKEN|_SECRET|_PASSWORD)$/;

/** @param names Variables that hold keys, beside those whose names say so. */
export function redactor(
  env: Readonly<Record<string, string | undefined>>,
  names: readonly string[],
): (text: string) => string {
  const secrets = Object.entries(env)
    .filter(([name]) => KEY_NAME.test(name) || names.includes(name))
    .flatMap(([, value]) => (value !== undefined && SHORTEST_SECRET <= value.length ? [value] : []))
    // A secret inside a longer one must not leave the rest of that behind.
    .sort((a, b) => b.length - a.length);
  return (text) => secrets.reduce((shown, secret) => shown.replaceAll(secret, "•••"), text);
}
