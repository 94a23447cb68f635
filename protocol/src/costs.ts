/** What requests cost: messages between server and clients, and the shape of `endpoints` in `hotpath check --costs --format json`. Types only. */

/** Client → server request: every entry point of the workspace with its cost, dearest first. */
export const endpointCostsMethod = "hotpath/endpointCosts";

/** Client → server request: the calls that make up the cost of one entry point. */
export const costPathMethod = "hotpath/costPath";

/** Client → server request: measure with the profile in a file the user has picked. Fails with a sentence for the user. */
export const importProfileMethod = "hotpath/importProfile";

export interface ImportProfileParams {
  /** Absolute path in the file system of the server. */
  readonly file: string;
}

export interface ImportProfileResult {
  /** What was found in it, in a sentence. */
  readonly message: string;
}

/** Client → server request: forget all profiles. */
export const clearProfilesMethod = "hotpath/clearProfiles";

export interface CostPlace {
  /** Absolute path with `/` separators; relative to the root in the command line's JSON. */
  readonly file: string;
  /** 1-based. */
  readonly range: {
    readonly start: { readonly line: number; readonly column: number };
    readonly end: { readonly line: number; readonly column: number };
  };
}

/** `times` multiplied with the size of each of `over`; `?` among them stands for a factor nobody knows. */
export interface CostTerm {
  readonly times: number;
  readonly over: readonly string[];
}

/** How often something happens in one request. Each entry of `min` and `max` is the sum of its terms; the least and the largest of them are the bounds. */
export interface CostCount {
  /** `2 + 3·orders`. */
  readonly text: string;
  readonly min: readonly (readonly CostTerm[])[];
  readonly max: readonly (readonly CostTerm[])[];
}

/** What could not be seen into: the cost is a lower bound. */
export interface CostUnknown extends CostPlace {
  readonly kind: "call" | "recursion" | "loop";
  readonly text: string;
}

export interface MeasuredCost {
  readonly calls?: number;
  readonly milliseconds?: number;
  /** Of the time of all requests, 0 to 1. */
  readonly share?: number;
  /** The source has changed since it was measured. */
  readonly stale?: true;
  /** `1,204 calls, 38 % of request time`. */
  readonly text: string;
}

export interface EndpointCost extends CostPlace {
  /** Stable while neither file nor handler moves: `src/orders.ts#listOrders@GET /orders`. */
  readonly id: string;
  /** `GET /orders`. */
  readonly label: string;
  /** `http-route`, `graphql-resolver`, `queue-worker` … */
  readonly kind: string;
  readonly framework: string;
  /** Name of the function that handles it; empty for an anonymous one. */
  readonly handler: string;
  /** `2 + 3·orders queries, 1 remote call, blocks ~fs`. */
  readonly cost: string;
  /** By what is counted: `queries`, `remote`, `inference`, `cache`, `queue`, `blocks fs` … */
  readonly counts: Readonly<Record<string, CostCount>>;
  readonly unknown: readonly CostUnknown[];
  /** Some call was followed by a guess among implementations or by name. */
  readonly guessed?: true;
  readonly measured?: MeasuredCost;
}

export interface EndpointCostsParams {
  /** Only entry points of this file: absolute, `/` separators. */
  readonly file?: string;
}

export interface EndpointCostsResult {
  readonly endpoints: readonly EndpointCost[];
  /** Where measured times come from; none when no profile is imported. */
  readonly profiles: readonly string[];
}

export interface CostPathParams {
  readonly id: string;
}

/** A call on the way from the entry point to what costs. */
export interface CostStep extends CostPlace {
  /** `loadCustomer(order.customerId)`. */
  readonly text: string;
  /** What one such call costs: `1 query`. */
  readonly cost: string;
  /** How often the caller makes it, where that is not once: `for each of orders`. */
  readonly often?: string;
  readonly measured?: MeasuredCost;
  readonly steps: readonly CostStep[];
}

export interface CostPathResult {
  readonly steps: readonly CostStep[];
}
