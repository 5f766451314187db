// Code actions to their diffs: one accepted and undone, one refused because the text changed.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { options } from "./options.mjs";
import { withWorkbench } from "./workbench.mjs";

const PATH = "textkit/counting.py";
const onDisk = () => readFile(join(options.repository, PATH), "utf8");

await withWorkbench(options, async (workbench) => {
  const { page } = workbench;
  const original = await onDisk();
  await workbench.openFile(PATH);
  await untilReady(workbench);

  await propose(workbench);
  await workbench.screenshot("code-action-1-proposal");
  await workbench.pressInEditorTitle("Accept Proposed Edit");
  await untilClosed(workbench);
  await save(workbench);
  assert.match(await onDisk(), /text\.casefold\(\)/);
  await page.keyboard.press("Control+Z");
  await save(workbench);
  assert.equal(
    await onDisk(),
    original,
    "one undo step takes the accepted edit back",
  );

  await propose(workbench);
  await page.getByRole("tab", { name: "counting.py" }).first().click();
  await page.keyboard.press("Control+Home");
  await page.keyboard.type("# a line of the person\n");
  await save(workbench);
  const changed = await onDisk();
  await page.getByRole("tab", { name: "Fix word_count" }).click();
  await workbench.pressInEditorTitle("Accept Proposed Edit");
  const refusal = workbench.notification(
    "has changed since this edit was proposed",
  );
  await refusal.getByRole("button", { name: "Propose Again" }).waitFor();
  await workbench.screenshot("code-action-2-changed");
  assert.equal(
    await onDisk(),
    changed,
    "nothing is applied to a document that changed",
  );
  assert.equal(
    await page.getByRole("tab", { name: "Fix word_count" }).count(),
    1,
  );
});

/** Nobody has opened Tenon's side bar: a Python file alone brings the team. */
async function untilReady(workbench) {
  await workbench.page
    .getByRole("button", { name: "Tenon, The team is ready" })
    .waitFor();
}

async function propose(workbench) {
  const { page } = workbench;
  await workbench.until("a selection", async () => {
    await page.keyboard.press("Control+A"); // the editor may not have the focus yet
    return page.getByText(/\(\d+ selected\)/).count();
  });
  await page.keyboard.press("Control+.");
  await workbench.chooseAction("Tenon: fix this");
  await page.getByRole("tab", { name: "Fix word_count" }).waitFor();
  await page
    .locator(".monaco-diff-editor .view-line", { hasText: "casefold" })
    .waitFor();
}

async function untilClosed(workbench) {
  const tab = workbench.page.getByRole("tab", { name: "Fix word_count" });
  await tab.waitFor({ state: "detached" });
}

async function save(workbench) {
  await workbench.page.keyboard.press("Control+S");
  await workbench.page.locator(".tab.active:not(.dirty)").first().waitFor();
}
