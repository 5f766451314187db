// The base branch moves under a finished ticket: the conflict is told, and a rebase mends it.
import { execFileSync } from "node:child_process";
import { appendFileSync } from "node:fs";
import { join } from "node:path";
import { options } from "./options.mjs";
import { withWorkbench } from "./workbench.mjs";

const FILE = "textkit/cleaning.py";
const TITLE = "Turn a title into a URL slug.";

await withWorkbench(options, async (workbench) => {
  const { page } = workbench;
  const chat = await workbench.openTenon();
  await chat.getByRole("button", { name: "How is the work going?" }).waitFor();
  await workbench.openFile("tests/test_slugs.py");
  await workbench.command("Tenon: Build Code for the Open Tests");
  await workbench.answer("Source file to write or change", FILE);
  await workbench.answer("What is the code to do", TITLE);
  await workbench.answer("Function, class or Class.method", "slugify");
  await workbench.notification("is ready for your review").waitFor();
  await workbench.ticket(TITLE).first().click();
  await workbench.command("Tenon: Show Ticket Details");
  await page.waitForTimeout(2000);
  await workbench.screenshot("1-checks");

  appendFileSync(
    join(options.repository, FILE),
    '\n\ndef shout(text: str) -> str:\n    """Say it loud."""\n    return text.upper()\n',
  );
  execFileSync(
    "git",
    ["commit", "--quiet", "--all", "--message", "feat: shout"],
    {
      cwd: options.repository,
    },
  );
  await workbench.ticket(TITLE).first().click();
  await workbench.command("Tenon: Accept Ticket and Merge");
  await workbench.notification("changed the same lines").waitFor();
  await workbench.screenshot("2-told");
  await workbench.clearNotifications();
  await workbench.ticket(TITLE).first().click();
  await page.waitForTimeout(1000);
  await workbench.screenshot("3-conflicted");

  await workbench.pressOnTicket(TITLE, "Rebase Ticket and Run Its Tests Again");
  await workbench.notification("is ready for your review").waitFor();
  await workbench.screenshot("4-rebased");
});
