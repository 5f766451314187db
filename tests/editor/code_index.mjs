// A repository with many files: the status bar says how far reading them is, until it is done.
import { options } from "./options.mjs";
import { withWorkbench } from "./workbench.mjs";

await withWorkbench(options, async (workbench) => {
  const { page } = workbench;
  await workbench.openTenon();
  const progress = page.locator(".statusbar-item", {
    hasText: /Tenon: reading the code.*\d+ of \d+ files/,
  });
  await progress.waitFor();
  await workbench.screenshot("reading");
  await progress.waitFor({ state: "detached" });
});
