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
  await page.keyboard.type("@ext:tenon.tenon");
  const group = page.locator(".settings-toc-container .monaco-list-row");
  for (const [number, section] of sections.entries()) {
    const row = group.filter({ hasText: said(section.title) }).first();
    await workbench.until(`the section ${said(section.title)}`, async () => {
      await row.click();
      return /selected/.test(await row.getAttribute("class"));
    });
    await workbench.screenshot(
      `${number + 1}-${said(section.title).toLowerCase()}`,
    );
  }
  await search.click();
  for (const section of sections) {
    const name = Object.keys(section.properties).at(-1);
    await page.keyboard.press("ControlOrMeta+a");
    await page.keyboard.type(`@id:${name}`);
    const item = page.locator(".settings-editor-tree .setting-item-contents");
    await workbench.until(`the setting ${name}`, async () => {
      const texts = await item.allInnerTexts();
      return texts.some((text) => text.trim() && !text.includes("%"));
    });
  }
});

async function read(file) {
  return JSON.parse(await readFile(join(options.extension, file), "utf8"));
}

/** What a person reads where the manifest has a placeholder. */
function said(text) {
  return words[text.replaceAll("%", "")] ?? text;
}
