/** Entry of the planner's process. */
import { servePlanner } from "./planner/serve-planner.js";

servePlanner();
