/** Entry of the model's process. */
import { serveEmbedder } from "./model/serve-embedder.js";

serveEmbedder();
