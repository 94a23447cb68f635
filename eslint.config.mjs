import { defineConfig, globalIgnores } from "eslint/config";
import tseslint from "typescript-eslint";

/** Habits of CONTRIBUTING.md that a syntax selector can hold. */
const habits = [
  {
    selector: "Program > VariableDeclaration[kind='let'], ExportNamedDeclaration > VariableDeclaration[kind='let']",
    message: "No module-level `let`: state belongs to a value that someone constructs and disposes.",
  },
  {
    selector: "ExportDefaultDeclaration",
    message: "No default exports: a name should be the same everywhere it is used.",
  },
  {
    selector: "TSEnumDeclaration",
    message: "No `enum`: a union of strings is plain data.",
  },
  {
    selector: "ExportAllDeclaration",
    message: "No barrels: import from the file that defines the name.",
  },
];

export default defineConfig(
  globalIgnores([
    "build/",
    "coverage/",
    "dist/",
    "**/fixtures/",
    "evaluation/",
    "test/e2e/node_modules/",
    "test/workspaces/",
  ]),
  { linterOptions: { reportUnusedDisableDirectives: "error" } },
  {
    files: ["**/*.ts"],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      eqeqeq: "error",
      "no-console": "error",
      "no-var": "error",
      "object-shorthand": "error",
      "prefer-const": "error",
      "no-restricted-syntax": ["error", ...habits],
      "@typescript-eslint/consistent-type-imports": ["error", { fixStyle: "inline-type-imports" }],
      "@typescript-eslint/consistent-type-exports": "error",
      "@typescript-eslint/switch-exhaustiveness-check": ["error", { considerDefaultExhaustiveForUnions: true }],

      // Tree walkers read better with these off or relaxed.
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true, allowBoolean: true }],
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
      "@typescript-eslint/no-unnecessary-condition": ["error", { allowConstantLoopConditions: true }],
      "@typescript-eslint/prefer-nullish-coalescing": ["error", { ignorePrimitives: { string: true, boolean: true } }],
      "@typescript-eslint/array-type": ["error", { default: "array" }],
      "@typescript-eslint/consistent-type-definitions": "off",
      "@typescript-eslint/dot-notation": "off",
      "@typescript-eslint/no-unsafe-enum-comparison": "off",
      // A test for undefined says what is meant where absence and a different value are two cases.
      "@typescript-eslint/prefer-optional-chain": "off",
      "@typescript-eslint/prefer-regexp-exec": "off",
      "@typescript-eslint/unified-signatures": "off",
    },
  },
  {
    files: ["server/src/cli/**", "server/src/cli.ts", "scripts/**", "bench/**"],
    rules: { "no-console": "off" },
  },
  {
    files: ["test/**/*.ts"],
    rules: {
      // A test that reaches into a value that is not there should fail right there, which `!` does.
      "@typescript-eslint/no-non-null-assertion": "off",
      "@typescript-eslint/require-await": "off",
    },
  },
  {
    files: ["*.config.ts"],
    rules: { "no-restricted-syntax": "off" },
  },
);
