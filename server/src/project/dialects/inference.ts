/**
 * Model inference: a call takes from a tenth of a second to a minute and costs money. Embeddings take many texts in one call everywhere; other calls can only
 * overlap.
 */
import { defineDialect } from "./define-dialect.js";
import { bulkRead, calls, each, leads, readMany, readOne } from "./steps.js";

export const openai = defineDialect({
  id: "openai",
  title: "OpenAI",
  kind: "inference",
  packages: ["openai", "groq-sdk", "together-ai"],
  instances: {
    default: { state: "client" },
    OpenAI: { state: "client" },
    AzureOpenAI: { state: "client" },
    OpenAIApi: { state: "old" },
    Groq: { state: "client" },
  },
  states: {
    client: {
      members: {
        embeddings: { get: { to: "resource" } },
        ...each("withOptions", { call: { to: "client" } }),
        "*": { get: { to: "resource" } },
      },
    },
    resource: {
      members: {
        ...calls("create parse generate edit createVariation transcribe", readOne),
        ...each("stream", { call: { operation: readOne } }),
        ...calls("retrieve list del delete update cancel submitToolOutputs createAndPoll", {
          ...readMany,
          kind: "rpc",
        }),
        "*": { get: { to: "resource" } },
      },
    },
    // Version 3 of the package.
    old: { members: { ...calls("create*", readOne) } },
  },
  documentation: "OpenAI API reference: Chat, Responses, Embeddings (input as array)",
});

export const anthropic = defineDialect({
  id: "anthropic",
  title: "Anthropic",
  kind: "inference",
  packages: ["@anthropic-ai/sdk", "@anthropic-ai/bedrock-sdk", "@anthropic-ai/vertex-sdk"],
  instances: {
    default: { state: "client" },
    Anthropic: { state: "client" },
    AnthropicBedrock: { state: "client" },
    AnthropicVertex: { state: "client" },
  },
  states: {
    client: {
      members: {
        messages: { get: { to: "messages" } },
        completions: { get: { to: "messages" } },
        beta: { get: { to: "client" } },
      },
    },
    messages: {
      members: { ...calls("create stream countTokens parse toolRunner", readOne), batches: { get: { to: "batches" } } },
    },
    batches: {
      members: { ...calls("create", bulkRead), ...calls("retrieve list cancel results", { ...readMany, kind: "rpc" }) },
    },
  },
  documentation: "Anthropic API reference: Messages, Message Batches",
});

const generate = { call: { operation: readOne } };

export const aiSdk = defineDialect({
  id: "ai",
  title: "AI SDK",
  kind: "inference",
  packages: ["ai"],
  exports: {
    generateText: "generate",
    generateObject: "generate",
    streamText: "generate",
    streamObject: "generate",
    embed: "generate",
    experimental_generateImage: "generate",
    generateImage: "generate",
    generateSpeech: "generate",
    experimental_generateSpeech: "generate",
    transcribe: "generate",
    experimental_transcribe: "generate",
    rerank: "many",
    embedMany: "many",
  },
  states: { generate, many: { call: { operation: bulkRead } } },
  documentation: "AI SDK reference: generateText, generateObject, embed, embedMany",
});

export const googleAi = defineDialect({
  id: "google-ai",
  title: "Google Generative AI",
  kind: "inference",
  packages: ["@google/generative-ai", "@google/genai", "@google-cloud/vertexai"],
  instances: {
    GoogleGenerativeAI: { state: "client" },
    GoogleGenAI: { state: "client" },
    VertexAI: { state: "client" },
    GenerativeModel: { state: "model" },
    ChatSession: { state: "chat" },
  },
  states: {
    client: {
      members: {
        ...leads("getGenerativeModel preview", "model"),
        models: { get: { to: "model" } },
        chats: { get: { to: "chats" } },
      },
    },
    chats: { members: { ...leads("create", "chat") } },
    model: {
      members: {
        ...calls("generateContent generateContentStream embedContent countTokens generateImages", readOne),
        ...calls("batchEmbedContents", bulkRead),
        ...leads("startChat", "chat"),
      },
    },
    chat: { members: { ...calls("sendMessage sendMessageStream", readOne) } },
  },
  documentation: "Gemini API reference: generateContent, embedContent, batchEmbedContents",
});

export const ollama = defineDialect({
  id: "ollama",
  title: "Ollama",
  kind: "inference",
  packages: ["ollama", "cohere-ai", "@mistralai/mistralai", "@huggingface/inference", "replicate"],
  exports: { default: "client" },
  instances: {
    Ollama: { state: "client" },
    CohereClient: { state: "client" },
    CohereClientV2: { state: "client" },
    Mistral: { state: "mistral" },
    HfInference: { state: "client" },
    InferenceClient: { state: "client" },
    default: { state: "client" },
  },
  states: {
    client: {
      members: {
        ...calls(
          "chat generate embeddings chatCompletion textGeneration featureExtraction summarization translation run classify",
          readOne,
        ),
        // The endpoint takes a list of inputs; the older `embeddings` takes one.
        ...calls("embed rerank", readOne),
      },
    },
    mistral: { members: { "*": { get: { to: "resource" } } } },
    resource: { members: { ...calls("complete stream create", readOne) } },
  },
  documentation: "Ollama JavaScript library; Cohere, Mistral, Hugging Face and Replicate client references",
});

/** LangChain: runnables are asked one by one or in a batch, embeddings for a query or for documents. */
export const langchain = defineDialect({
  id: "langchain",
  title: "LangChain",
  kind: "inference",
  packages: ["@langchain/*", "langchain"],
  instances: {
    ChatOpenAI: { state: "model" },
    AzureChatOpenAI: { state: "model" },
    ChatAnthropic: { state: "model" },
    ChatGoogleGenerativeAI: { state: "model" },
    ChatOllama: { state: "model" },
    ChatGroq: { state: "model" },
    BaseChatModel: { state: "model" },
    "*Embeddings": { state: "embeddings" },
  },
  states: {
    model: {
      members: {
        ...calls("invoke stream predict call", readOne),
        ...calls("batch", bulkRead),
        ...leads("withStructuredOutput bindTools bind withConfig withRetry withFallbacks pipe", "model"),
      },
    },
    embeddings: { members: { ...calls("embedQuery", readOne), ...calls("embedDocuments", bulkRead) } },
  },
  documentation: "LangChain JavaScript API reference: Runnable, Embeddings",
});
