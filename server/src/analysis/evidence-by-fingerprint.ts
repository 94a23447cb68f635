/** Finds a rule's evidence by the fingerprint of its finding. The rule runs on as findings are asked for, no further than it must, and each piece is looked at once. */
export function evidenceByFingerprint<E>(
  evidence: Iterable<E>,
  fingerprintOf: (one: E) => string,
): (fingerprint: string) => E | undefined {
  const found = new Map<string, E>();
  const rest = evidence[Symbol.iterator]();
  return (fingerprint) => {
    while (!found.has(fingerprint)) {
      const next = rest.next();
      if (next.done === true) return undefined;
      const own = fingerprintOf(next.value);
      if (!found.has(own)) found.set(own, next.value);
    }
    return found.get(fingerprint);
  };
}
