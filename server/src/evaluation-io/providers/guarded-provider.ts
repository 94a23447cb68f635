/** What stands around every provider: its rate limit, its circuit breaker, and who takes over while it is open. */
import { createCircuitBreaker } from "../../evaluation/circuit-breaker.js";
import type { Clock } from "../../evaluation/clock.js";
import type { ModelProvider, ModelReply, ModelRequest } from "../../evaluation/prompt/provider.js";
import { createTokenBucket } from "../../evaluation/token-bucket.js";
import { CaseError } from "../../evaluation/work.js";

export interface GuardOptions {
  readonly id: string;
  readonly identity: unknown;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly price: ModelProvider["price"];
  readonly requestsPerMinute: number | undefined;
  /** Looked up when it is needed: it may have one too. Suites in which they go in circles are not run. */
  readonly fallback: () => ModelProvider | undefined;
  readonly ask: (request: ModelRequest, signal: AbortSignal, onPatience: (ms: number) => void) => Promise<ModelReply>;
  /** Takes secrets out of what is shown. */
  readonly redact: (text: string) => string;
}

export function guardedProvider(options: GuardOptions, clock: Clock): ModelProvider {
  const bucket = createTokenBucket(options.requestsPerMinute, clock);
  const breaker = createCircuitBreaker(clock);
  const state = { lastFailure: "" };

  const askSelf = async (request: ModelRequest, signal: AbortSignal): Promise<ModelReply> => {
    try {
      const reply = await options.ask(request, signal, (ms) => bucket.hold(ms));
      breaker.succeeded();
      return { ...reply, text: options.redact(reply.text) };
    } catch (error) {
      if (signal.aborted) breaker.withdrawn();
      // Being asked to wait, or refused for good, says nothing about whether the provider works.
      else if (error instanceof CaseError && (error.patience || !error.retryable)) breaker.succeeded();
      else breaker.failed();
      if (!(error instanceof CaseError)) throw error;
      state.lastFailure = options.redact(error.message);
      throw new CaseError(`${options.id}: ${state.lastFailure}`, error);
    }
  };
  const { id, identity, parameters, price } = options;
  return {
    id,
    identity,
    parameters,
    price,
    admit: (signal) => bucket.take(signal),
    async ask(request, signal, admitted) {
      if (breaker.allows()) {
        if (admitted === "not admitted") await bucket.take(signal);
        return await askSelf(request, signal);
      }
      const other = options.fallback();
      if (other === undefined) {
        throw new CaseError(`${id} keeps failing and is left alone for a while (${state.lastFailure})`);
      }
      const reply = await other.ask(request, signal, "not admitted");
      return { ...reply, fallback: reply.fallback ?? other.id };
    },
  };
}
