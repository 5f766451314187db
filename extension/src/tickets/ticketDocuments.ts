import * as vscode from "vscode";
import { messageOf } from "../errors";
import type { FileChange, TicketChangesResult } from "../protocol";
import type { Team } from "../team";
import { ticketPage } from "./markdown";

type Side = "before" | "after" | "page";

/** Read-only documents of tickets: their pages, and both sides of the files they change. */
export class TicketDocuments implements vscode.TextDocumentContentProvider, vscode.Disposable {
  static readonly scheme = "tenon-ticket";

  readonly #changed = new vscode.EventEmitter<vscode.Uri>();
  readonly #changes = new Map<string, Promise<TicketChangesResult>>();
  readonly #subscriptions: vscode.Disposable[];

  readonly onDidChange = this.#changed.event;

  constructor(private readonly team: Team) {
    this.#subscriptions = [
      vscode.workspace.registerTextDocumentContentProvider(TicketDocuments.scheme, this),
      team.onDidChange(() => {
        this.#refreshPages();
      }),
      team.onDidAct(({ ticketId }) => {
        this.#refreshPages(ticketId ?? undefined);
      }),
    ];
  }

  /** What accepting the ticket would merge, as it is now. */
  changes(ticketId: string): Promise<TicketChangesResult> {
    const request = this.team.connection.request("tenon/tickets/changes", { id: ticketId });
    this.#changes.set(ticketId, request);
    return request;
  }

  /** Address of the page of a ticket. */
  page(ticketId: string): vscode.Uri {
    const title = this.team.ticket(ticketId)?.title ?? ticketId;
    return address(`${title.replaceAll("/", " ")}.md`, ticketId, "page");
  }

  /** Address of one side of a file; undefined where the file does not exist on that side. */
  file(ticketId: string, file: FileChange, side: "before" | "after"): vscode.Uri | undefined {
    const missing = side === "before" ? "added" : "deleted";
    return file.status === missing ? undefined : address(file.path, ticketId, side);
  }

  async provideTextDocumentContent(uri: vscode.Uri): Promise<string> {
    const { id, side } = parse(uri);
    if (side === "page") {
      return this.#page(id);
    }
    const changes = await (this.#changes.get(id) ?? this.changes(id));
    const file = changes.files.find(({ path }) => `/${path}` === uri.path);
    return file?.[side] ?? "";
  }

  dispose(): void {
    vscode.Disposable.from(...this.#subscriptions).dispose();
    this.#changed.dispose();
  }

  async #page(id: string): Promise<string> {
    try {
      return ticketPage(await this.team.connection.request("tenon/tickets/get", { id }));
    } catch (error) {
      return messageOf(error);
    }
  }

  #refreshPages(ticketId?: string): void {
    for (const { uri } of vscode.workspace.textDocuments) {
      if (uri.scheme === TicketDocuments.scheme) {
        const { id, side } = parse(uri);
        if (side === "page" && (!ticketId || id === ticketId)) {
          this.#changed.fire(uri);
        }
      }
    }
  }
}

function address(path: string, id: string, side: Side): vscode.Uri {
  return vscode.Uri.from({
    scheme: TicketDocuments.scheme,
    path: `/${path}`,
    query: new URLSearchParams({ id, side }).toString(),
  });
}

function parse(uri: vscode.Uri): { id: string; side: Side } {
  const query = new URLSearchParams(uri.query);
  const side = query.get("side");
  return {
    id: query.get("id") ?? "",
    side: side === "before" || side === "after" ? side : "page",
  };
}
