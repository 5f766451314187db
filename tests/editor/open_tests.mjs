// Tests of one's own: the open test file becomes a ticket, and the pair builds the code for it.
import { options } from "./options.mjs";
import { withWorkbench } from "./workbench.mjs";

await withWorkbench(options, async (workbench) => {
  const { page } = workbench;
  const chat = await workbench.openTenon();
  await chat.getByRole("button", { name: "How is the work going?" }).waitFor();
  await workbench.openFile("tests/test_slugs.py");
  await workbench.command("Tenon: Build Code for the Open Tests");
  await workbench.answer(
    "Source file to write or change",
    "textkit/cleaning.py",
  );
  await workbench.answer(
    "What is the code to do",
    "Turn a title into a URL slug.",
  );
  await workbench.screenshot("1-asked");
  await workbench.answer("Function, class or Class.method", "slugify");

  await workbench.notification("is ready for your review").waitFor();
  const row = workbench.ticket("Turn a title into a URL slug.");
  await row.first().waitFor();
  await row.first().click();
  await workbench.command("Tenon: Show Ticket Details");
  await page.waitForTimeout(3000);
  await workbench.screenshot("2-details");
});
