/** The approximate search, loaded when it is first needed: most workspaces never are so large. */
import type { CreateNearest } from "../ranking/vector-shelf.js";
import type { createUsearchRows } from "./usearch-rows.js";

/** Before the library is there, and where it does not load, the exact search goes on. */
export function nearestFactory(): CreateNearest {
  const state: { create?: typeof createUsearchRows; asked?: true } = {};
  return (dimensions) => {
    if (state.asked === undefined) {
      state.asked = true;
      import("./usearch-rows.js").then(
        (library) => (state.create = library.createUsearchRows),
        () => undefined,
      );
    }
    return state.create?.(dimensions);
  };
}
