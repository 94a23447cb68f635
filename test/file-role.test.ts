/** What a file is for, by its path alone. */
import { expect, test } from "vitest";
import { pathRole } from "../server/src/project/file-role.js";

test.each([
  ["packages/schemas/alterations/1.0.0_rc.0-1674032095.5-multi-tenancy.ts", "migration"],
  ["src/db/changes/20240131120000_add_users.ts", "migration"],
  ["src/db/1677208902-update-config.js", "migration"],
  ["migrations/init.ts", "migration"],
  ["src/__e2e__/orders.ts", "test"],
  ["src/middleware/installCypressServerCommand.ts", "test"],
  ["packages/server/src/utils/testing/users.ts", "test"],
  ["views/service-worker.js", "client-side"],
  ["src/lib/webpack/plugins/Styles.ts", "config"],
  ["scripts/import.ts", "script"],
  ["packages/payload/src/bin/generate.ts", "script"],
  ["prisma/seed.ts", "seed"],
  ["packages/cli-v3/src/dev/watch.ts", "script"],
  ["packages/shop-cli/src/run.ts", "script"],
])("%s is a %s", (path, role) => {
  expect(pathRole(`/w/${path}`, ["/w"])).toBe(role);
});

test.each([
  "src/orders.ts",
  "src/iso-8601-dates.ts",
  "src/v1.2.3/users.ts",
  "src/2024-report.ts",
  "src/commands/run.ts",
  "src/testing/experiments.ts",
])("%s is part of the program", (path) => {
  expect(pathRole(`/w/${path}`, ["/w"])).toBeUndefined();
});
