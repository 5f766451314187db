import * as vscode from "vscode";
import type { EditProposal } from "../protocol";
import type { EditRequest } from "./request";

/** A proposal on show, and the request that a new one would repeat. */
export interface OpenProposal {
  proposal: EditProposal;
  request: EditRequest;
}

/** Read-only documents of proposed texts. A proposal is kept until it is decided on. */
export class ProposalDocuments implements vscode.TextDocumentContentProvider, vscode.Disposable {
  static readonly scheme = "tenon-proposal";

  readonly #open = new Map<string, OpenProposal>();
  readonly #subscription = vscode.workspace.registerTextDocumentContentProvider(
    ProposalDocuments.scheme,
    this,
  );

  add(open: OpenProposal): void {
    this.#open.set(open.proposal.id, open);
  }

  remove(id: string): void {
    this.#open.delete(id);
  }

  /** The proposal with an id, or the one that a document belongs to. */
  find(target: vscode.Uri | string): OpenProposal | undefined {
    const id = typeof target === "string" ? target : new URLSearchParams(target.query).get("id");
    return this.#open.get(id ?? "");
  }

  /** Address of the text that is proposed, or of nothing for the left side of a new file. */
  address({ proposal }: OpenProposal, side: "after" | "nothing"): vscode.Uri {
    return vscode.Uri.from({
      scheme: ProposalDocuments.scheme,
      path: vscode.Uri.parse(proposal.uri).path,
      query: new URLSearchParams({ id: proposal.id, side }).toString(),
    });
  }

  provideTextDocumentContent(uri: vscode.Uri): string {
    const side = new URLSearchParams(uri.query).get("side");
    return side === "after" ? (this.find(uri)?.proposal.after ?? "") : "";
  }

  dispose(): void {
    this.#subscription.dispose();
  }
}
