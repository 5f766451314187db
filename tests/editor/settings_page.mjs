// The settings page: every declared setting can be found, with its description.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { options } from "./options.mjs";
import { withWorkbench } from "./workbench.mjs";

const manifest = await read("package.json");
const words = await read("package.nls.json");
const sections = [manifest.contributes.configuration].flat();

await withWorkbench(options, async (workbench) => {
  const { page } = workbench;
  await workbench.openTenon();
  await workbench.command("Preferences: Open Settings (UI)");
  // Most settings belong to the machine, which here is the one that serves the editor.
  const tab = page.locator(".settings-tabs-widget .action-label");
  await tab.filter({ hasText: "Remote" }).click();
  const search = page.locator(".settings-header .monaco-editor").first();
  await search.click();
  const found = page.locator(".settings-count-widget");
  const item = page.locator(".settings-editor-tree .setting-item-contents");
  for (const [number, section] of sections.entries()) {
    const names = Object.keys(section.properties);
    await search.click();
    await page.keyboard.press("ControlOrMeta+a");
    await page.keyboard.type(`@id:${names.join(",")}`);
    await workbench.until(`all of ${said(section.title)}`, async () =>
      (await found.innerText()).startsWith(`${names.length} `),
    );
    const title = said(section.title).toLowerCase();
    await workbench.until(`words for ${title}`, async () => {
      const texts = await item.allInnerTexts();
      return texts.length && texts.every((text) => !/%setting/.test(text));
    });
    await workbench.screenshot(`${number + 1}-${title}`);
  }
});

async function read(file) {
  return JSON.parse(await readFile(join(options.extension, file), "utf8"));
}

/** What a person reads where the manifest has a placeholder. */
function said(text) {
  return words[text.replaceAll("%", "")] ?? text;
}
