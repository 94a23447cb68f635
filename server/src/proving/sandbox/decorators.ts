/** What decorators of libraries with a stand-in say about classes, kept for those who read entities by them. All other decorators belong to nobody here. */

/** A decorator of a stand-in, as its factory made it. */
class Kept {
  readonly name: string;
  readonly args: readonly unknown[];
  constructor(name: string, args: readonly unknown[]) {
    this.name = name;
    this.args = args;
  }
}

export interface Decoration {
  readonly name: string;
  readonly args: readonly unknown[];
}

/** Decorations by class prototype and member; those of the class itself have an empty name. */
const kept = new WeakMap<object, Map<string, Decoration[]>>();

export function decorator(name: string): (...args: readonly unknown[]) => unknown {
  return (...args) => new Kept(name, args);
}

/** TypeScript's helper: the target of a member is the prototype (or the class, when static), of a class the class itself. */
export function decorate(decorators: readonly unknown[], target: unknown, key?: unknown): unknown {
  const owner = key === undefined && typeof target === "function" ? (target.prototype as object) : target;
  if (typeof owner !== "object" || owner === null) return target;
  for (const one of decorators) {
    if (!(one instanceof Kept)) continue;
    const members = kept.get(owner) ?? new Map<string, Decoration[]>();
    kept.set(owner, members);
    const member = typeof key === "string" ? key : "";
    members.set(member, [...(members.get(member) ?? []), one]);
  }
  return target;
}

/** Decorations of the members of a class and of those it extends, by member. */
export function decorationsOf(cls: { readonly prototype: object }): ReadonlyMap<string, readonly Decoration[]> {
  const found = new Map<string, readonly Decoration[]>();
  for (let at: object | null = cls.prototype; at !== null && at !== Object.prototype;) {
    for (const [member, own] of kept.get(at) ?? []) if (!found.has(member)) found.set(member, own);
    at = Object.getPrototypeOf(at) as object | null;
  }
  return found;
}
