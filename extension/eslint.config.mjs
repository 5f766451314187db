import tseslint from "typescript-eslint";

export default tseslint.config(
  { ignores: ["out/", "src/protocol.ts", "node_modules/", "esbuild.mjs", "eslint.config.mjs"] },
  ...tseslint.configs.strictTypeChecked,
  {
    languageOptions: {
      parserOptions: {
        project: ["./tsconfig.json", "./webviews/tsconfig.json"],
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      "@typescript-eslint/no-explicit-any": "error",
      "@typescript-eslint/switch-exhaustiveness-check": "error",
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      // Handlers of VS Code's events return promises that nobody awaits.
      "@typescript-eslint/no-misused-promises": ["error", { checksVoidReturn: false }],
      eqeqeq: "error",
      "max-lines": ["error", 400],
    },
  },
  {
    files: ["test/**"],
    // node:test's test() returns a promise that the runner itself awaits.
    rules: { "@typescript-eslint/no-floating-promises": "off" },
  },
);
