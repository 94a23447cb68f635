/** Functions that run once per process or provider, so that what they make is kept. */
import type { FileView } from "../../project/file-view.js";

/** Functions by these names run when the program starts, whoever calls them. */
const BOOT =
  /^(main|bootstrap|boot|init|initialize|setup|start|startup|connect|register|configure|onModuleInit|onApplicationBootstrap|beforeAll|useFactory|factory)([A-Z_]|$)/;

/** Module bodies, constructors and initialisers run once per process or provider; so do boot functions and what is written inside them. */
export function isKeptFunction(view: FileView, start: number): boolean {
  for (let fn = start, hops = 0; hops < 20; hops++) {
    const fact = view.facts.functions[fn];
    if (fact === undefined || fact.kind === "module") return fn === start;
    if (fact.kind === "constructor" || fact.kind === "field-initializer" || fact.kind === "static-block") return true;
    if (BOOT.test(fact.name)) return true;
    fn = fact.parent;
  }
  return false;
}
