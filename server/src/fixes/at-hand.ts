/** Packages a file may import without the project taking anything on. */
import type { FixSources } from "./fix.js";

/**
 * Whether a package that is nothing but a module can be imported in a file: the project declares it among what is there at run time, and imports it elsewhere
 * in the same package or consists of modules itself (`require` of such a package fails).
 */
export function isAtHand({ program }: FixSources, path: string, module: string): boolean {
  const around = program?.packagesAround(path) ?? [];
  const [own] = around;
  if (program === undefined || own === undefined) return false;
  if (!around.some(({ atRunTime }) => atRunTime.includes(module))) return false;
  if (/\.m[jt]s$/.test(path) || (own.isModule && !/\.c[jt]s$/.test(path))) return true;
  return program.files().some((file) => {
    if (!file.startsWith(`${own.directory}/`)) return false;
    return program
      .factsOf(file)
      ?.imports.some((one) => one.module === module && one.imported === "default" && one.form === "import");
  });
}
