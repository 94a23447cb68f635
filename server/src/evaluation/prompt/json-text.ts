/** JSON in a model's reply, which likes to wrap it in a fence or a sentence. */

/** The JSON value of a text: the whole of it, the inside of its one code fence, or undefined. */
export function jsonOf(text: string): unknown {
  const whole = parse(text.trim());
  if (whole !== undefined) return whole;
  const fence = /```(?:json)?\s*\n([\s\S]*?)```/.exec(text);
  return fence?.[1] === undefined ? undefined : parse(fence[1].trim());
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
