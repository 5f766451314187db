// Bundles the extension host code, the webviews and, with --tests, the unit tests.
import { existsSync, readdirSync, rmSync } from "node:fs";
import { resolve } from "node:path";
import { build } from "esbuild";

const production = process.argv.includes("--production");
const tests = process.argv.includes("--tests");

// A checkout that packs the extension knows where its own server is.
const checkoutCommand = resolve(import.meta.dirname, "../.venv/bin/tenon");

const common = {
  absWorkingDir: import.meta.dirname,
  bundle: true,
  minify: production,
  sourcemap: !production,
  logLevel: "warning",
  target: "es2022",
};

const host = {
  ...common,
  platform: "node",
  format: "cjs",
  external: ["vscode"],
  define: {
    CHECKOUT_COMMAND: JSON.stringify(existsSync(checkoutCommand) ? checkoutCommand : ""),
  },
};

if (tests) {
  rmSync(resolve(import.meta.dirname, "out/test"), { recursive: true, force: true });
  const entryPoints = readdirSync(resolve(import.meta.dirname, "test"))
    .filter((name) => name.endsWith(".test.ts"))
    .map((name) => `test/${name}`);
  await build({ ...host, entryPoints, outdir: "out/test" });
} else {
  await build({ ...host, entryPoints: ["src/extension.ts"], outfile: "out/extension.js" });
  await build({
    ...common,
    platform: "browser",
    format: "iife",
    entryPoints: { chat: "webviews/chat/main.ts", spec: "webviews/spec/main.ts" },
    outdir: "out/webviews",
  });
}
