// A real VS Code (code-server) with the extension installed, driven in Chromium.
import { spawn } from "node:child_process";
import { mkdir, readFile, readdir, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { createServer } from "node:net";
import { join } from "node:path";

const require = createRequire(
  new URL("../../extension/package.json", import.meta.url),
);
const { chromium } = require("playwright-core");

const CHROMIUM_FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];
const PATIENCE = 90_000;
const MOMENT = 5_000; // milliseconds until a key counts as lost
const DEADLINE = 8 * 60_000;

/**
 * Start VS Code on a repository.
 *
 * options: vscode (folder of the test VS Code), extensions (folder with Tenon installed),
 * chromium (path), repository, work (scratch folder), output (folder of screenshots),
 * theme ("Default Light Modern", …), env (additions to the environment), settings (of the user).
 */
export async function openWorkbench(options) {
  const port = await freePort();
  const user = join(options.work, "user");
  const theme = options.theme ?? "Default Dark Modern";
  await writeSettings(user, theme, options.settings ?? {});
  const server = startServer(options, user, port);
  const browser = await chromium.launch({
    executablePath: options.chromium,
    args: CHROMIUM_FLAGS,
  });
  try {
    await untilServes(port, server);
    const page = await browser.newPage({
      viewport: { width: 1440, height: 900 },
    });
    page.setDefaultTimeout(PATIENCE);
    await page.goto(
      `http://127.0.0.1:${port}/?folder=${encodeURIComponent(options.repository)}`,
    );
    await page.locator(".monaco-workbench").waitFor();
    return new Workbench(page, options.output, user, () =>
      stop(browser, server),
    );
  } catch (error) {
    await stop(browser, server);
    throw error;
  }
}

/** What a test does with VS Code, in the words of a person who uses it. */
class Workbench {
  constructor(page, output, user, close) {
    this.page = page;
    this.output = output;
    this.user = user;
    this.close = close;
  }

  /** Open Tenon's side bar and return the chat's frame. */
  async openTenon() {
    await this.page.getByRole("tab", { name: "Tenon" }).click();
    return this.frame("Tenon chat");
  }

  /** The inner frame of a webview, by the title of its page. */
  async frame(title) {
    return this.until(`a webview titled ${title}`, async () => {
      for (const frame of this.page.frames()) {
        if ((await frame.title().catch(() => "")) === title) {
          return frame;
        }
      }
      return undefined;
    });
  }

  /** What the extension has written to its log so far. */
  async log() {
    const logs = join(this.user, "logs");
    const files = (await readdir(logs, { recursive: true })).filter((path) =>
      path.endsWith("Tenon.log"),
    );
    const texts = files.map((path) => readFile(join(logs, path), "utf-8"));
    return (await Promise.all(texts)).join("\n");
  }

  /** Run a command of the palette by its title. */
  async command(title) {
    await this.#quickInput("F1", `>${title}`, title);
  }

  /** Open a file of the repository in an editor. */
  async openFile(path) {
    const name = path.split("/").at(-1);
    await this.#quickInput("Control+P", path, name);
    await this.page.getByRole("tab", { name }).first().waitFor();
  }

  /** Take the first entry of the quick input; it is opened anew where the focus moves and closes it. */
  async #quickInput(key, text, entry) {
    await this.until(`${entry} in the quick input`, async () => {
      await this.page.keyboard.press(key);
      try {
        await this.#takeFirst(text, entry);
        return true;
      } catch (error) {
        if (error.name !== "TimeoutError") {
          throw error;
        }
        await this.page.keyboard.press("Escape");
        return false;
      }
    });
  }

  async #takeFirst(text, entry) {
    const input = this.page.locator(".quick-input-widget input:visible");
    const row = this.page.locator(".quick-input-list .monaco-list-row").first();
    await input.first().fill(text, { timeout: MOMENT });
    await row.filter({ hasText: entry }).waitFor({ timeout: MOMENT });
    await input.first().press("Enter", { timeout: MOMENT });
  }

  /** Answer a question that is asked in the quick input. */
  async answer(prompt, text) {
    const widget = this.page.locator(".quick-input-widget", {
      hasText: prompt,
    });
    await widget.waitFor();
    await widget.locator("input:visible").first().fill(text);
    await this.page.keyboard.press("Enter");
    await widget.waitFor({ state: "hidden" }).catch(() => undefined);
  }

  /** Choose an entry of the menu of code actions by keyboard; it takes no clicks while it opens. */
  async chooseAction(title) {
    const focused = this.page.locator(
      ".action-widget .monaco-list-row.focused",
    );
    await focused.waitFor();
    await this.until(`the code action ${title}`, async () => {
      if ((await focused.innerText()).includes(title)) {
        return true;
      }
      await this.page.keyboard.press("ArrowDown");
      return false;
    });
    await this.page.keyboard.press("Enter");
  }

  /** A row of the ticket tree. */
  ticket(title) {
    return this.page.locator(".pane .monaco-list-row", { hasText: title });
  }

  /** Press an inline button of a row of the ticket tree. */
  async pressOnTicket(title, button) {
    const row = this.ticket(title);
    await row.hover();
    await row.getByRole("button", { name: button }).click();
  }

  /** Press a button of the title of the active editor. */
  async pressInEditorTitle(button) {
    await this.page
      .locator(".editor-actions")
      .getByRole("button", { name: button })
      .click();
  }

  /** A notification, by what it says. */
  notification(text) {
    return this.page.locator(".notification-list-item", { hasText: text });
  }

  /** Close every notification, so that none covers what a picture is to show. */
  async clearNotifications() {
    await this.command("Notifications: Clear All Notifications");
  }

  async screenshot(name) {
    await mkdir(this.output, { recursive: true });
    await this.page.mouse.move(900, 895); // away from what shows a tooltip
    await this.page.waitForTimeout(400); // pictures alone: let animations of VS Code end
    await this.page.screenshot({ path: join(this.output, `${name}.png`) });
  }

  /** Wait until `look` finds something, and return it. */
  async until(what, look) {
    const end = Date.now() + PATIENCE;
    while (Date.now() < end) {
      const found = await look();
      if (found) {
        return found;
      }
      await this.page.waitForTimeout(200);
    }
    await this.screenshot("failed");
    throw new Error(`Waited in vain for ${what}.`);
  }
}

/** Run a test on a workbench; a failure leaves a picture behind. */
export async function withWorkbench(options, test) {
  const workbench = await openWorkbench(options);
  const timer = setTimeout(() => workbench.close(), DEADLINE); // ends whatever is waited for
  try {
    await test(workbench);
  } catch (error) {
    await workbench.screenshot("failed").catch(() => undefined);
    throw error;
  } finally {
    clearTimeout(timer);
    await workbench.close();
  }
}

function startServer(options, user, port) {
  const entry = join(
    options.vscode,
    "node_modules/code-server/out/node/entry.js",
  );
  const server = spawn(
    process.execPath,
    [
      entry,
      "--auth=none",
      `--bind-addr=127.0.0.1:${port}`,
      "--disable-telemetry",
      "--disable-update-check",
      "--disable-workspace-trust",
      `--extensions-dir=${options.extensions}`,
      `--user-data-dir=${user}`,
    ],
    {
      env: { ...process.env, ...options.env },
      detached: true,
      stdio: ["ignore", "pipe", "pipe"],
    },
  );
  server.words = "";
  for (const stream of [server.stdout, server.stderr]) {
    stream.on("data", (piece) => {
      server.words = (server.words + String(piece)).slice(-4000);
    });
  }
  return server;
}

async function untilServes(port, server) {
  const end = Date.now() + PATIENCE;
  while (Date.now() < end && server.exitCode === null) {
    const answer = await fetch(`http://127.0.0.1:${port}/healthz`).catch(
      () => undefined,
    );
    if (answer?.ok) {
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error(`The test VS Code did not start.\n${server.words}`);
}

async function stop(browser, server) {
  await browser.close();
  if (server.exitCode !== null) {
    return;
  }
  const ended = new Promise((resolve) => server.once("exit", resolve));
  process.kill(-server.pid, "SIGTERM"); // the group: code-server and its children
  const timer = setTimeout(() => process.kill(-server.pid, "SIGKILL"), 15_000);
  await ended;
  clearTimeout(timer);
}

async function writeSettings(user, theme, own) {
  await mkdir(join(user, "User"), { recursive: true });
  const settings = {
    "workbench.colorTheme": theme,
    "workbench.startupEditor": "none",
    "workbench.tips.enabled": false,
    "security.workspace.trust.enabled": false,
    "git.openRepositoryInParentFolders": "never",
    "window.menuBarVisibility": "compact",
    "files.autoSave": "off",
    "extensions.ignoreRecommendations": true,
    ...own,
  };
  await writeFile(
    join(user, "User", "settings.json"),
    JSON.stringify(settings),
  );
}

async function freePort() {
  const probe = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => probe.once("listening", resolve));
  const { port } = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  return port;
}
