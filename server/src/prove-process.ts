/** Entry of the prover's process. */
import { serveProver } from "./proving/serve-prover.js";

serveProver();
