// Code that only changes made fit the examples: the person is told that it is not called done.
import { options } from "./options.mjs";
import { withWorkbench } from "./workbench.mjs";

const TITLE = "Palindromes";

await withWorkbench(options, async (workbench) => {
  const { page } = workbench;
  const chat = await workbench.openTenon();
  const input = chat.getByRole("textbox", { name: "Message to the team" });
  await input.fill(options.request);
  await chat.getByRole("button", { name: "Send" }).click();
  await chat.getByRole("button", { name: "Open proposal" }).click();
  const spec = await workbench.frame("Tenon spec");
  await spec.getByRole("button", { name: `Accept ${TITLE}` }).click();
  await workbench.ticket(TITLE).waitFor();
  await workbench.pressOnTicket(TITLE, "Run Ticket");

  await workbench.notification("does not call it done").waitFor();
  await workbench.screenshot("1-told");
  await workbench.clearNotifications();
  await workbench
    .ticket(TITLE)
    .filter({ hasText: "not called done" })
    .waitFor();
  await input.fill("How is the work going?");
  await chat.getByRole("button", { name: "Send" }).click();
  await chat.getByText("review, not called done").first().waitFor();
  await workbench.screenshot("2-asked");
  await workbench.ticket(TITLE).first().click();
  await workbench.command("Tenon: Show Ticket Details");
  await page.waitForTimeout(2000);
  await workbench.screenshot("3-details");
});
