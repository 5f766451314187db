import * as vscode from "vscode";
import { figures } from "../agents";
import { isCancelled, showError } from "../errors";
import type { EditProposal } from "../protocol";
import type { Team } from "../team";
import { changedRange, isUnchanged } from "./changedRange";
import { ProposalDocuments, type OpenProposal } from "./proposalDocuments";
import { parseEditRequest, type EditRequest } from "./request";

/** Edits that the team proposes: shown as a diff, applied as one undo step, or dropped. */
export class EditActions implements vscode.Disposable {
  readonly #documents = new ProposalDocuments();

  constructor(private readonly team: Team) {}

  dispose(): void {
    this.#documents.dispose();
  }

  /** Ask for an edit and show it. The argument comes from the server's code actions. */
  async propose(argument: unknown): Promise<void> {
    const request = parseEditRequest(argument);
    const document = await vscode.workspace.openTextDocument(vscode.Uri.parse(request.uri));
    const proposal = await this.#ask(request, document);
    if (proposal) {
      const open = { proposal, request };
      this.#documents.add(open);
      await this.#show(open);
    }
  }

  async accept(target: unknown): Promise<void> {
    const open = this.#find(target);
    if (!open) {
      return;
    }
    const edit = await workspaceEdit(open.proposal);
    if (!edit) {
      void this.#tellChanged(open);
      return;
    }
    if (!(await vscode.workspace.applyEdit(edit, { isRefactoring: false }))) {
      throw new Error("VS Code could not apply the edit. The proposal is kept.");
    }
    await this.#close(open);
    await vscode.window.showTextDocument(vscode.Uri.parse(open.proposal.uri));
  }

  async reject(target: unknown): Promise<void> {
    const open = this.#find(target);
    if (open) {
      await this.#close(open);
    }
  }

  async #ask(
    request: EditRequest,
    document: vscode.TextDocument,
  ): Promise<EditProposal | undefined> {
    const name = vscode.workspace.asRelativePath(document.uri);
    const title = request.kind === "fix" ? `Fixing ${name}` : `Writing a test for ${name}`;
    const location = vscode.ProgressLocation.Notification;
    const params = { ...request, text: document.getText(), version: document.version };
    try {
      return await vscode.window.withProgress(
        { location, title, cancellable: true },
        (progress, token) =>
          this.team.connection.request("tenon/edits/propose", params, {
            token,
            onProgress: (value) => {
              if (value.kind === "step") {
                const message = [value.text, figures(value)].filter(Boolean).join(" · ");
                progress.report({ message });
              }
            },
          }),
      );
    } catch (error) {
      if (isCancelled(error)) {
        return undefined;
      }
      throw error;
    }
  }

  async #show(open: OpenProposal): Promise<void> {
    const { proposal } = open;
    const target = vscode.Uri.parse(proposal.uri);
    const left = (await exists(target)) ? target : this.#documents.address(open, "nothing");
    const name = target.path.split("/").at(-1) ?? "";
    const right = this.#documents.address(open, "after");
    await vscode.commands.executeCommand("vscode.diff", left, right, `${name}: ${proposal.title}`, {
      preview: false,
    });
    void this.#offer(open);
  }

  /** The notification beside the diff; the editor's title has the same two buttons. */
  async #offer({ proposal }: OpenProposal): Promise<void> {
    const text = [proposal.title, proposal.explanation].filter(Boolean).join(": ");
    const choice = await vscode.window.showInformationMessage(text, "Accept", "Reject");
    try {
      if (choice === "Accept") {
        await this.accept(proposal.id);
      } else if (choice === "Reject") {
        await this.reject(proposal.id);
      }
    } catch (error) {
      await showError(error);
    }
  }

  async #tellChanged(open: OpenProposal): Promise<void> {
    const again = "Propose Again";
    const name = vscode.workspace.asRelativePath(vscode.Uri.parse(open.proposal.uri));
    const text = `${name} has changed since this edit was proposed, so nothing was applied.`;
    if ((await vscode.window.showWarningMessage(text, again)) === again) {
      await this.#close(open);
      await this.propose(open.request).catch(showError);
    }
  }

  #find(target: unknown): OpenProposal | undefined {
    if (typeof target === "string" || target instanceof vscode.Uri) {
      return this.#documents.find(target);
    }
    const uri = vscode.window.activeTextEditor?.document.uri;
    return uri && this.#documents.find(uri);
  }

  async #close(open: OpenProposal): Promise<void> {
    const address = this.#documents.address(open, "after").toString();
    const tabs = vscode.window.tabGroups.all
      .flatMap((group) => group.tabs)
      .filter(
        ({ input }) =>
          input instanceof vscode.TabInputTextDiff && input.modified.toString() === address,
      );
    this.#documents.remove(open.proposal.id);
    await vscode.window.tabGroups.close(tabs);
  }
}

/** The edit to apply; undefined if the document is no longer what the proposal was made for. */
async function workspaceEdit(proposal: EditProposal): Promise<vscode.WorkspaceEdit | undefined> {
  const uri = vscode.Uri.parse(proposal.uri);
  const edit = new vscode.WorkspaceEdit();
  if (!(await exists(uri))) {
    edit.createFile(uri, { contents: new TextEncoder().encode(proposal.after) });
    return proposal.before ? undefined : edit;
  }
  const document = await vscode.workspace.openTextDocument(uri);
  const current = document.getText();
  if (!isUnchanged(current, proposal.before)) {
    return undefined;
  }
  const { start, end, text } = changedRange(current, lineEndsOf(document, proposal.after));
  edit.replace(uri, new vscode.Range(document.positionAt(start), document.positionAt(end)), text);
  return edit;
}

function lineEndsOf(document: vscode.TextDocument, text: string): string {
  const lines = text.replaceAll("\r\n", "\n");
  return document.eol === vscode.EndOfLine.CRLF ? lines.replaceAll("\n", "\r\n") : lines;
}

async function exists(uri: vscode.Uri): Promise<boolean> {
  return vscode.workspace.fs.stat(uri).then(
    () => true,
    () => false,
  );
}
