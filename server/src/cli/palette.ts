/** Colours of the terminal, or none of them when the output is not one. */
import picocolors from "picocolors";

export type Palette = ReturnType<typeof picocolors.createColors>;

/** Whether colours belong on this stream, by the conventions of NO_COLOR and FORCE_COLOR and whether it is a terminal. */
export function paletteFor(stream: { readonly isTTY?: boolean | undefined }, env: NodeJS.ProcessEnv): Palette {
  const forced = env["FORCE_COLOR"];
  if (forced !== undefined) return picocolors.createColors(forced !== "0" && forced !== "false");
  if (env["NO_COLOR"] !== undefined && env["NO_COLOR"] !== "") return picocolors.createColors(false);
  return picocolors.createColors(stream.isTTY === true && env["TERM"] !== "dumb");
}
