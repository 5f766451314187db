// A server that cannot be started: what is said, and that the right setting mends it at once.
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { options } from "./options.mjs";
import { withWorkbench } from "./workbench.mjs";

await withWorkbench(options, async (workbench) => {
  const { page } = workbench;
  const chat = await workbench.openTenon();
  await chat.getByText(options.told).waitFor();
  await page.getByText("Tenon's server is not running.").first().waitFor();
  const told = workbench.notification(options.told);
  await told.getByRole("button", { name: "Show Log" }).waitFor();
  await told.getByRole("button", { name: "Open Settings" }).waitFor();
  if ((await workbench.notification("").count()) !== 1) {
    throw new Error("The problem is told more than once.");
  }
  await workbench.screenshot(options.shot);

  // VS Code in a browser keeps settings of the machine apart from those of the person.
  const folder = join(options.work, "user/Machine");
  await mkdir(folder, { recursive: true });
  const settings = { "tenon.command": options.command };
  await writeFile(join(folder, "settings.json"), JSON.stringify(settings));

  await chat.getByRole("button", { name: "How is the work going?" }).waitFor();
});
