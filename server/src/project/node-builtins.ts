/** Names of Node's built-in modules, so that `fs`, `node:fs` and `fs/promises` have one spelling each. */

const builtins: ReadonlySet<string> = new Set(
  (
    "assert async_hooks buffer child_process cluster console constants crypto dgram diagnostics_channel dns domain events fs http http2 https " +
    "inspector module net os path perf_hooks process punycode querystring readline repl sea sqlite stream string_decoder sys test timers tls trace_events " +
    "tty url util v8 vm wasi worker_threads zlib"
  ).split(" "),
);

/** `node:` form of a built-in's specifier, or undefined for anything else. */
export function builtinModule(specifier: string): string | undefined {
  if (specifier.startsWith("node:")) return specifier;
  const slash = specifier.indexOf("/");
  const root = slash < 0 ? specifier : specifier.slice(0, slash);
  // `test`, `sea` and `sqlite` exist only with the prefix.
  if (root === "test" || root === "sea" || root === "sqlite") return undefined;
  if (!builtins.has(root)) return undefined;
  // `punycode/` and `buffer/` name the npm packages.
  return specifier.endsWith("/") ? undefined : `node:${specifier}`;
}
