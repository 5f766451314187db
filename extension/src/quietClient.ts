import { LanguageClient } from "vscode-languageclient/node";

/**
 * A language client that leaves it to Tenon to tell a person about failures: its own notices
 * repeat them in the words of the protocol. They stay in the log.
 */
export class QuietClient extends LanguageClient {
  override error(message: string, data?: unknown): void {
    super.error(message, data, false);
  }
}
