/** When a repeated operation happens: once in the life of an account, or while somebody tidies up. Nobody waits for it often. */
import { NONE } from "../../facts/model.js";
import type { FileView } from "../../project/file-view.js";
import type { CallSite } from "../../project/model.js";
import type { Runtime } from "../runtime-code.js";

/** Words that say it alone, wherever they stand in a name. */
const SELDOM =
  /^(signup|onboard|onboarding|bootstrap|provision|provisioning|deprovision|backfill|reindex|maintenance|prune|trim|purge|cleanup|reap|reaper|orphans?|teardown|uninstall|reseed|migrate|migration)$/;
const ENDS = /^(delete|deletion|remove|removal|destroy|close|erase|anonymi[sz]e|deactivate|wipe)$/;
const OWNERS = /^(users?|accounts?|tenants?|organi[sz]ations?|orgs?|workspaces?|instances?)$/;
const SETS_UP = /^(create|setup|set|init|initiali[sz]e|ensure|install|add|apply|seed)$/;
const DEFAULTS = /^(defaults?|samples?|demo|initial)$/;

/** Told by the names on the way: the functions around the call, the file's name and the route. */
export function isSeldom(view: FileView, site: CallSite, { reach: { entry } }: Runtime): boolean {
  const label = entry?.point.label ?? "";
  if (/\/(register|sign-?up|onboarding|setup|install)(\/|$)/i.test(label)) return true;
  return [...namesAround(view, site), ...routeOf(view.path), label].some(tellsSeldom);
}

function* namesAround(view: FileView, site: CallSite): Generator<string> {
  let fn = site.fn;
  for (let hops = 0; hops < 20 && fn !== NONE; hops++) {
    const own = view.facts.functions[fn];
    if (own === undefined || fn === 0) return;
    yield own.name;
    fn = view.inlinedInto(fn)?.site.fn ?? own.parent;
  }
}

/** `AccountDeletionRequestedHandler`, and `users/[id]/delete` where folders are routes. */
function routeOf(path: string): readonly string[] {
  const segments = path.replace(/\.\w+$/, "").split("/");
  const name = segments.pop() ?? "";
  const tail = segments.slice(-2);
  const isRoute = tail.some((segment) => /^[#[:(]|^api$|^routes$/.test(segment)) || /^(route|index)$/.test(name);
  return isRoute ? [name, [...tail, name].join("-")] : [name];
}

function tellsSeldom(name: string): boolean {
  const words = wordsOf(name);
  if (words.some((word) => SELDOM.test(word))) return true;
  const has = (pattern: RegExp): boolean => words.some((word) => pattern.test(word));
  // A method of one word tells nothing of whom: `delete` of a service.
  if (words.length < 2) return false;
  return isEndOfOwner(words) || (has(SETS_UP) && has(DEFAULTS));
}

/** `deleteUser`, `accountDeletion`, `users-[id]-delete`: what ends is the owner, not something it has (`deleteUserSessions`). */
function isEndOfOwner(words: readonly string[]): boolean {
  const end = words.findIndex((word) => ENDS.test(word));
  const owner = words.findIndex((word) => OWNERS.test(word));
  if (end < 0 || owner < 0) return false;
  if (owner < end) return words.slice(owner + 1, end).every((word) => word === "id" || word === "user");
  return (
    words.slice(end + 1, owner).every((word) => /^(my|own|the|entire|whole|a|an)$/.test(word)) &&
    isLastThing(words, owner)
  );
}

/** Nothing of the owner's is named after it: handlers, hooks and the like are no thing. */
function isLastThing(words: readonly string[], owner: number): boolean {
  return words
    .slice(owner + 1)
    .every((word) =>
      /^(by|id|handler|service|action|job|task|processor|account|data|use|case|requested|event|command|and|with|for|of|api|route)$/.test(
        word,
      ),
    );
}

function wordsOf(name: string): readonly string[] {
  return name
    .replace(/([a-z\d])([A-Z])/g, "$1-$2")
    .toLowerCase()
    .split(/[^a-z]+/)
    .filter((word) => word !== "");
}
