import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    exclude: ["**/node_modules/**", "test/workspaces/**", "test/e2e/**", "**/fixtures/**"],
    // Tests drive the built command line and server, and a busy machine starts those slowly.
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // Some start servers, databases and editors' clients: on a busy machine the system may keep one of them waiting for longer than a test does.
    retry: process.env.CI === undefined ? 0 : 1,
    // The figures are read from the file by the CI script, never from the text meant for people.
    reporters: process.env.CI === undefined ? ["default"] : ["default", "json"],
    outputFile: { json: "build/test-results/vitest.json" },
  },
});
