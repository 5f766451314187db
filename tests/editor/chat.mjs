// The chat: replies are shown safely, can be stopped, and a draft outlives the view.
import assert from "node:assert/strict";
import { options } from "./options.mjs";
import { withWorkbench } from "./workbench.mjs";

await withWorkbench(options, async (workbench) => {
  const { page } = workbench;
  const chat = await workbench.openTenon();
  const input = chat.getByRole("textbox", { name: "Message to the team" });
  const send = chat.getByRole("button", { name: "Send" });

  await chat.getByRole("button", { name: "How is the work going?" }).waitFor();
  await input.fill("What is in this project?");
  await send.click();
  const reply = chat.locator("article.agent:not(.running)");
  await reply.locator("strong", { hasText: "counting" }).waitFor();
  assert.equal(
    await reply.locator("img, script, [onerror], a[href^=javascript]").count(),
    0,
  );
  assert.equal(
    await chat.title(),
    "Tenon chat",
    "no script of a reply may run",
  );

  await input.fill("What takes long?");
  await send.click();
  await chat.locator("article.running .body", { hasText: "One One" }).waitFor();
  await chat.getByRole("button", { name: "Cancel" }).click();
  await reply.getByText("Not finished.").waitFor();
  await chat.locator("article.agent .body", { hasText: "One One" }).waitFor();
  await workbench.screenshot("stopped");

  const sent = async () =>
    (await workbench.log()).split("tenon/chat/prepare").length - 1;
  const before = await sent();
  await input.fill("A thought that is not finis");
  await workbench.until(
    "the model to be made ready while one writes",
    async () => (await sent()) > before,
  );
  await page.getByRole("tab", { name: "Explorer" }).first().click();
  await page.locator(".explorer-folders-view").waitFor();
  const shownAgain = await workbench.openTenon();
  const draft = shownAgain.getByRole("textbox", {
    name: "Message to the team",
  });
  await workbench.until(
    "the draft",
    async () => (await draft.inputValue()) !== "",
  );
  assert.equal(await draft.inputValue(), "A thought that is not finis");
  await shownAgain.getByText("Not finished.").waitFor(); // so does the stopped reply
});
