/** Prompt cases as work: every prompt with every row of variables and every provider. */
import { dirname, resolve } from "node:path/posix";
import { contentHash } from "../../base/content-hash.js";
import type { ResultCache } from "../attempt.js";
import type { ItemDraft, PlanContext } from "../plan-context.js";
import type { Assertion, ChatMessage, PromptCase } from "../suite.js";
import type { Observation, Verdict, WorkContext } from "../work.js";
import { checkAssertion, shown, type AssertionPorts, type Grade } from "./assertions.js";
import { gradingRequest, readGrade } from "./grading.js";
import { messagesOf, renderMessages } from "./messages.js";
import { costOf, type ModelProvider, type ModelReply, type ModelRequest } from "./provider.js";
import { renderTemplate, type Variables } from "./template.js";
import { variablesOf } from "./variables.js";

export interface PromptPorts extends Omit<AssertionPorts, "grade"> {
  readonly providers: ReadonlyMap<string, ModelProvider>;
  /** Grades are remembered like observations. */
  readonly cache: ResultCache;
}

/** Form of what is remembered; a change makes everything new. */
const REPLY_FORM = 1;

/** The items come one by one: there may be very many. */
export async function planPrompt(
  one: PromptCase,
  context: PlanContext,
  ports: PromptPorts,
): Promise<Iterable<ItemDraft>> {
  const rows = await variablesOf(one, context);
  const prompts = await promptTexts(one, context);
  const wanted = 0 < one.providers.length ? one.providers : context.suite.providers.map(({ id }) => id);
  const providers = wanted.flatMap((id) => ports.providers.get(id) ?? []);
  return { [Symbol.iterator]: () => draftsOf(one, { rows, prompts, providers }, context, ports) };
}

interface Combined {
  readonly rows: readonly Variables[];
  readonly prompts: readonly PromptText[];
  readonly providers: readonly ModelProvider[];
}

interface PromptText {
  readonly id: string;
  readonly text: string;
  readonly messages?: readonly ChatMessage[];
}

function* draftsOf(
  one: PromptCase,
  { rows, prompts, providers }: Combined,
  context: PlanContext,
  ports: PromptPorts,
): Generator<ItemDraft> {
  const alone = one.assertions.some(({ type }) => type === "latency");
  const judgesAtOnce = !one.assertions.some(({ type }) => type === "rubric" || type === "similar");
  const missing = new Set<string>();
  for (const provider of providers) {
    const parameters = { ...provider.parameters, ...one.parameters };
    const admit = (signal: AbortSignal): Promise<void> => provider.admit(signal);
    for (const prompt of prompts) {
      for (const [index, variables] of rows.entries()) {
        const talk = prompt.messages === undefined ? undefined : renderMessages(prompt.messages, variables);
        const rendered = talk ?? renderTemplate(prompt.text, variables);
        const system = one.system === undefined ? undefined : renderTemplate(one.system, variables);
        for (const name of [...rendered.missing, ...(system?.missing ?? [])]) missing.add(name);
        const request: ModelRequest = {
          system: system?.text,
          prompt: rendered.text,
          ...(talk === undefined ? {} : { messages: talk.messages }),
          parameters,
        };
        const parts = [
          ...(1 < providers.length ? [provider.id] : []),
          ...(1 < prompts.length ? [prompt.id] : []),
          ...(1 < rows.length ? [`row ${index + 1}`] : []),
        ];
        const suffix = parts.length === 0 ? undefined : parts.join(" / ");
        const variant =
          1 < providers.length * prompts.length ? variantName(provider, prompt, providers, prompts) : undefined;
        const draft = draftOf(one, provider, request, variables, ports);
        yield {
          ...draft,
          admit,
          alone,
          judgesAtOnce,
          ...(suffix === undefined ? {} : { suffix }),
          ...(variant === undefined ? {} : { variant, pair: `row ${index + 1}` }),
        };
      }
    }
  }
  if (missing.size === 0) return;
  const names = [...missing].map((name) => `\`${name}\``).join(", ");
  context.fault(one.place, `the prompt uses ${names}, which no variable gives`);
}

/** Only what differs has to be said. */
function variantName(
  provider: ModelProvider,
  prompt: { readonly id: string },
  providers: readonly unknown[],
  prompts: readonly unknown[],
): string {
  const parts = [...(1 < providers.length ? [provider.id] : []), ...(1 < prompts.length ? [prompt.id] : [])];
  return parts.join(" + ");
}

async function promptTexts(one: PromptCase, context: PlanContext): Promise<readonly PromptText[]> {
  const texts: PromptText[] = [];
  for (const { id, text = "", file, messages } of one.prompts) {
    if (file === undefined) {
      texts.push({ id, text, ...(messages === undefined ? {} : { messages }) });
      continue;
    }
    const read = await context.files.read(resolve(dirname(one.place.file), file));
    if (read.kind === "unreadable") context.fault(one.place, `the prompt \`${file}\` cannot be read: ${read.reason}`);
    else texts.push({ id, text: read.text, ...chatOf(file, read.text, one, context) });
  }
  return texts;
}

/** Files of data hold a conversation; those of text are sent as they are. */
function chatOf(file: string, text: string, one: PromptCase, context: PlanContext): Pick<PromptText, "messages"> {
  if (!/\.(?:json|ya?ml)$/.test(file)) return {};
  const messages = messagesOf(text);
  if (messages !== undefined) return { messages };
  context.fault(one.place, `the prompt \`${file}\` holds no list of messages with a \`role\` and a \`content\``);
  return {};
}

function draftOf(
  one: PromptCase,
  provider: ModelProvider,
  request: ModelRequest,
  variables: Variables,
  ports: PromptPorts,
): Pick<ItemDraft, "cacheKey" | "observe" | "judge"> {
  return {
    cacheKey: contentHash(JSON.stringify([REPLY_FORM, provider.identity, request])),
    observe: async ({ signal, attempt }) => {
      const reply = await provider.ask(request, signal, attempt === 1 ? "admitted" : "not admitted");
      return { ...reply };
    },
    judge: (observation, work) => judge(one, provider, observation, variables, ports, work),
  };
}

async function judge(
  one: PromptCase,
  provider: ModelProvider,
  observation: Observation,
  variables: Variables,
  ports: PromptPorts,
  { signal }: WorkContext,
): Promise<Verdict> {
  const reply = observation as unknown as ModelReply;
  const cost = costOf(reply, provider);
  const grade = (rubric: string, text: string, assertion: Assertion): Promise<Grade> =>
    gradeBy(ports.providers.get(assertion.provider ?? provider.id) ?? provider, rubric, text, ports.cache, signal);
  let weight = 0;
  let score = 0;
  const messages = [];
  for (const assertion of one.assertions) {
    const asserted = await checkAssertion(assertion, reply, cost, variables, { ...ports, grade }, signal);
    weight += assertion.weight ?? 1;
    score += (assertion.weight ?? 1) * asserted.score;
    if (asserted.message !== undefined) messages.push(asserted.message);
  }
  const share = weight === 0 ? 1 : score / weight;
  return {
    passed: one.threshold === undefined ? messages.length === 0 : one.threshold <= share,
    score: share,
    messages,
    output: shown(reply.text),
    metrics: {
      latencyMs: reply.latencyMs,
      ...(reply.firstTokenMs === undefined ? {} : { firstTokenMs: reply.firstTokenMs }),
      ...(reply.inputTokens === undefined ? {} : { inputTokens: reply.inputTokens }),
      ...(reply.outputTokens === undefined ? {} : { outputTokens: reply.outputTokens }),
      ...(cost === undefined ? {} : { cost }),
    },
  };
}

async function gradeBy(
  grader: ModelProvider,
  rubric: string,
  text: string,
  cache: ResultCache,
  signal: AbortSignal,
): Promise<Grade> {
  const request = gradingRequest(rubric, text, grader.parameters);
  const key = contentHash(JSON.stringify(["grade", REPLY_FORM, grader.identity, request]));
  const known = cache.get(key);
  if (known !== undefined) return readGrade(known);
  const reply = await grader.ask(request, signal, "not admitted");
  const grade = readGrade(reply.text);
  cache.put(key, JSON.stringify(grade));
  return grade;
}
