/** `npm start`: builds, checks the example shop, and says where to go from there. */
import { spawnSync } from "node:child_process";
import path from "node:path";
import { build } from "./build.js";

const repository = path.resolve(__dirname, "..");

async function main(): Promise<void> {
  await build({ outputFolder: path.join(repository, "dist"), production: false });

  const command = ["check", "test/workspaces/shop", "--fail-on", "never"];
  console.log(`\n$ hotpath ${command.join(" ")}\n`);
  const { status } = spawnSync(process.execPath, ["dist/cli.js", ...command], {
    cwd: repository,
    stdio: "inherit",
    env: { ...(process.env.NO_COLOR === undefined ? { FORCE_COLOR: "1" } : {}), ...process.env },
  });
  if (status !== 0) {
    process.exitCode = status ?? 1;
    return;
  }

  console.log(`
What next:
  your own code    npx hotpath check PATH
  one rule         npx hotpath explain RULE
  in the editor    code --extensionDevelopmentPath="${repository}" PATH
  as an extension  npm run package, then: code --install-extension build/hotpath-*.vsix`);
}

void main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
