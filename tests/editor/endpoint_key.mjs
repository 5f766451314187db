// The endpoint's key: kept by the editor, handed to the server, and shown nowhere.
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { options } from "./options.mjs";
import { withWorkbench } from "./workbench.mjs";

const folder = join(options.work, "user/Machine");
await mkdir(folder, { recursive: true });
const settings = { "tenon.trace.server": "verbose" };
await writeFile(join(folder, "settings.json"), JSON.stringify(settings));

await withWorkbench(options, async (workbench) => {
  const { page } = workbench;
  const chat = await workbench.openTenon();
  const ready = chat.getByRole("button", { name: "How is the work going?" });
  await ready.waitFor();
  await given("");

  await workbench.command("Tenon: Set Endpoint Key");
  const input = page.locator(".quick-input-widget input[type=password]");
  await input.fill(options.key);
  await workbench.screenshot("asked");
  await page.keyboard.press("Enter");
  await workbench.notification("kept in the editor's secret store").waitFor();
  await given(options.key);
  await ready.waitFor();

  await workbench.until("the doctor's page", async () => {
    await workbench.command("Tenon: Run Doctor");
    await page.waitForTimeout(3000);
    const texts = page
      .frames()
      .map((frame) => frame.innerText("body").catch(() => ""));
    // The rest of the environment reaches the server as well.
    return (await Promise.all(texts)).some(
      (text) =>
        /endpoint_api_key\s+\(set\)\s+environment/.test(text) &&
        /data_dir\s+\S.*\s+environment/.test(text),
    );
  });
  await workbench.screenshot("doctor");

  await workbench.command("Tenon: Forget Endpoint Key");
  await workbench.notification("removed from the editor's secret").waitFor();
  await given("");

  /** Wait until the server was last started with that key. */
  async function given(key) {
    await workbench.until(`a server started with “${key}”`, async () => {
      const starts = (await readFile(options.given, "utf8")).split(";");
      return starts.at(-2) === key;
    });
  }
});
