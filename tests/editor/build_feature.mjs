// From a sentence in the chat to a merged branch, as a person does it.
import { options } from "./options.mjs";
import { withWorkbench } from "./workbench.mjs";

const TITLE = "Slug of a title";

/** The spec keeps the person's own words as a quote. */
async function scrollToWords(spec) {
  const words = spec.locator("blockquote", { hasText: options.request });
  await words.evaluate((quote) => quote.scrollIntoView({ block: "center" }));
}

await withWorkbench(options, async (workbench) => {
  const { page } = workbench;
  const chat = await workbench.openTenon();

  await chat.getByText("What shall the team build?").waitFor();
  await workbench.screenshot("1-welcome");
  const input = chat.getByRole("textbox", { name: "Message to the team" });
  await input.fill(options.request);
  await chat.getByRole("button", { name: "Send" }).click();
  await chat.getByRole("button", { name: "Cancel" }).waitFor();
  await workbench.screenshot("2-running");

  await chat.getByRole("button", { name: "Open proposal" }).click();
  const spec = await workbench.frame("Tenon spec");
  await spec.getByRole("heading", { name: TITLE }).waitFor();
  await spec.getByText("hello-world").first().waitFor();
  await workbench.screenshot("3-proposal");
  await spec.getByRole("button", { name: `Accept ${TITLE}` }).click();
  await spec.getByText("The team made 1 ticket of it").waitFor();
  await workbench.screenshot("4-accepted");

  await workbench.ticket(TITLE).waitFor();
  await workbench.pressOnTicket(TITLE, "Run Ticket");
  await page
    .locator(".pane .message", { hasText: "Developer: writing code" })
    .waitFor();
  await spec.getByText("In progress", { exact: true }).waitFor();
  await scrollToWords(spec);
  await workbench.screenshot("5-working");
  const finished = workbench.notification("is ready for your review");
  await finished.getByRole("button", { name: "Show Changes" }).click();
  await page.getByRole("tab", { name: `Review: ${TITLE}` }).waitFor();
  await page.locator(".multiDiffEntry", { hasText: "cleaning.py" }).waitFor();
  await page
    .locator(".multiDiffEntry .view-line", { hasText: "def slugify" })
    .first()
    .waitFor();
  await workbench.screenshot("6-review");

  await workbench.pressInEditorTitle("Accept Ticket and Merge");
  await workbench.notification("is merged into main").waitFor();
  await workbench.clearNotifications();
  await workbench.command("Tenon: Open Spec");
  const after = await workbench.frame("Tenon spec"); // a hidden webview is made anew
  await after.getByText("Done", { exact: true }).waitFor();
  await scrollToWords(after);
  await workbench.screenshot("7-merged");

  await page.reload();
  const again = await workbench.frame("Tenon chat");
  await again.getByText(options.request).first().waitFor(); // the history is kept
  const restored = await workbench.frame("Tenon spec");
  await restored.getByText("Done", { exact: true }).waitFor();
});
