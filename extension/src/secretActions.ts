import * as vscode from "vscode";
import { forgetSecret, isGiven, secretOf, setSecret, type Dialogs, type Secret } from "./secrets";
import type { Team } from "./team";

/** Sets and forgets secrets, and has the server started anew when one changes. */
export class SecretActions implements vscode.Disposable {
  readonly #subscription: vscode.Disposable;

  constructor(
    private readonly store: vscode.SecretStorage,
    private readonly team: Team,
  ) {
    // Also told when another window changed it.
    this.#subscription = store.onDidChange(async ({ key }) => {
      const secret = secretOf(key);
      if (secret && !isGiven(secret, process.env)) {
        await this.#restart(secret);
      }
    });
  }

  set(secret: Secret): Promise<void> {
    return setSecret(secret, this.store, process.env, DIALOGS);
  }

  forget(secret: Secret): Promise<void> {
    return forgetSecret(secret, this.store, process.env, DIALOGS);
  }

  dispose(): void {
    this.#subscription.dispose();
  }

  async #restart({ title }: Secret): Promise<void> {
    if (this.team.atWork) {
      const restart = "Restart Server";
      const text =
        `${title}: the change counts once the server is started anew. ` +
        "The team is at work; restarting stops it, and the ticket can be run again.";
      if ((await vscode.window.showWarningMessage(text, restart)) !== restart) {
        return;
      }
    }
    await this.team.connection.restart();
  }
}

const DIALOGS: Dialogs = {
  ask: ({ title, check }) =>
    vscode.window.showInputBox({
      title,
      prompt: "Kept in the editor's secret store, never in settings or logs.",
      password: true,
      ignoreFocusOut: true,
      validateInput: (value) => (value ? check(value.trim()) : undefined),
    }),
  tell: (text) => void vscode.window.showInformationMessage(text),
};
