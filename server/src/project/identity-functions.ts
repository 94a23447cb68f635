/**
 * Functions of packages that give back what they are given, for our purposes: wrappers whose result behaves like the function (or value) inside.
 * By the last name of the export, or the package's name for a default export; data, so that more can be added.
 */
const identityFunctions: ReadonlySet<string> = new Set([
  // Caching and once-only wrappers.
  ..."memoize memoizee memoizeOne memoize-one mem p-memoize pMemoize moize cache unstable_cache once p-once lodash.memoize lodash.once".split(
    " ",
  ),
  // Promise plumbing.
  ..."promisify callbackify pify util.promisify p-limit-function pThrottle p-debounce debounce throttle bindAll".split(
    " ",
  ),
  // Error-forwarding wrappers of route handlers.
  ..."asyncHandler express-async-handler catchAsync wrapAsync asyncWrapper async-middleware".split(" "),
  // Tracing and framework wrappers around one function or class.
  ..."withSpan wrapTraced traceable instrument forwardRef lazy markRaw readonly shallowRef toRaw raw deepFreeze".split(
    " ",
  ),
]);

/** Whether an export of a package gives back what it is given. */
export function isIdentity({ module, path }: { readonly module: string; readonly path: readonly string[] }): boolean {
  const name = path[path.length - 1] ?? "";
  return identityFunctions.has(name === "default" ? module.slice(module.lastIndexOf("/") + 1) : name);
}
