// A folder that is no repository yet: what is shown, and that `git init` elsewhere is noticed.
import { execFileSync } from "node:child_process";
import { options } from "./options.mjs";
import { withWorkbench } from "./workbench.mjs";

await withWorkbench(options, async (workbench) => {
  const { page } = workbench;
  const chat = await workbench.openTenon();
  await chat.getByText("is not in a Git repository").waitFor();
  await chat.getByRole("button", { name: "Initialize Repository" }).waitFor();
  await page
    .getByText("This folder is not a Git repository.")
    .first()
    .waitFor();
  await workbench.screenshot("no-repository");

  git("init", "--quiet");
  await chat.getByText("no commit").first().waitFor();
  git("add", "--all");
  git("commit", "--quiet", "--message=First");

  await chat.getByRole("button", { name: "How is the work going?" }).waitFor();
  await page.getByText("No tickets yet.").waitFor();
});

function git(...words) {
  const person = [
    "-c",
    "user.name=Person",
    "-c",
    "user.email=person@tenon.invalid",
  ];
  execFileSync("git", [...person, ...words], { cwd: options.repository });
}
