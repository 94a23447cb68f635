/** Remembers what was made of a list of objects, until the list holds others. Nothing is kept longer than its first member. */

export function remember<K extends object, V>(make: (members: readonly K[]) => V): (members: readonly K[]) => V {
  const known = new WeakMap<K, { readonly members: readonly K[]; readonly value: V }>();
  return (members) => {
    const [first] = members;
    if (first === undefined) return make(members);
    const before = known.get(first);
    if (before?.members.length === members.length && before.members.every((one, i) => one === members[i]))
      return before.value;
    const value = make(members);
    known.set(first, { members, value });
    return value;
  };
}
