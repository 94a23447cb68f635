/** The state of the model in words. */
import type { ModelStatusParams } from "../../../protocol/src/search.js";
import type { SearchStatus } from "./search-calls.js";

/** @param reason Why vectors are missing. */
export function modelStatus(status: SearchStatus | undefined, reason: string | undefined): ModelStatusParams {
  if (status === undefined) return { state: "off", text: "no model", detail: "This server has no model." };
  const { embedder, texts, embedded } = status;
  const { state, model, provider, device, batchSize, perSecond, notUsed } = embedder;
  const why = embedder.reason ?? reason;
  if (state === "off" || (state === "failed" && why !== undefined))
    return {
      state,
      text: state === "off" ? "model switched off" : "model not usable",
      detail: `${sentence(why ?? "no reason is known")} Search goes by words alone; findings are the same.`,
    };
  const name = model ?? "the model";
  const rate = perSecond === undefined ? "" : `, ${perSecond.toFixed(0)} texts/s`;
  const lines = [
    ...(device === undefined
      ? []
      : [`${name} on ${provider ?? "cpu"}: ${device}, batches of ${batchSize ?? 1}${rate}.`]),
    `${embedded} of ${texts} places are embedded.`,
    ...notUsed.map((one) => `${one.provider} is not used: ${one.reason}.`),
    ...(why === undefined ? [] : [sentence(why)]),
    ...(state === "idle" ? ["It is loaded when it is needed."] : []),
  ];
  return { state, text: provider === undefined ? name : `${name} on ${provider}`, detail: lines.join(" ") };
}

function sentence(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}${text.endsWith(".") ? "" : "."}`;
}
