import { isDeepStrictEqual } from "node:util";
import * as vscode from "vscode";
import { agentName, figures } from "../agents";
import { messageOf } from "../errors";
import type { Ticket } from "../protocol";
import type { Team } from "../team";
import { contextValue, description, grouped, groupOf, iconOf, type Group } from "./groups";
import { ticketTooltip } from "./markdown";

export interface GroupNode {
  kind: "group";
  group: Group;
  tickets: Ticket[];
}

export interface TicketNode {
  kind: "ticket";
  ticket: Ticket;
}

export type Node = GroupNode | TicketNode;

/** The tickets by state, in the side bar. */
export class TicketTree implements vscode.TreeDataProvider<Node>, vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<Node | undefined>();
  readonly #view: vscode.TreeView<Node>;
  readonly #subscriptions: vscode.Disposable[];
  #tickets = new Map<string, TicketNode>();
  #groups: GroupNode[] = [];
  #shown: Ticket[] = [];

  readonly onDidChangeTreeData = this.#changed.event;

  constructor(private readonly team: Team) {
    this.#rebuild();
    this.#view = vscode.window.createTreeView("tenon.tickets", { treeDataProvider: this });
    this.#subscriptions = [
      this.#view,
      team.onDidChange(() => {
        this.#refresh();
        this.#showStep();
      }),
      team.onDidStep(() => {
        this.#showStep();
      }),
    ];
  }

  getChildren(node?: Node): Node[] {
    if (!node) {
      return this.#groups;
    }
    return node.kind === "group" ? node.tickets.map((ticket) => this.#node(ticket)) : [];
  }

  getParent(node: Node): Node | undefined {
    return node.kind === "ticket"
      ? this.#groups.find(({ group }) => group === groupOf(node.ticket))
      : undefined;
  }

  getTreeItem(node: Node): vscode.TreeItem {
    return node.kind === "group" ? groupItem(node) : this.#ticketItem(node.ticket);
  }

  /** Criteria and evidence are fetched when the pointer rests on a ticket. */
  async resolveTreeItem(item: vscode.TreeItem, node: Node): Promise<vscode.TreeItem> {
    if (node.kind === "ticket") {
      try {
        const detail = await this.team.connection.request("tenon/tickets/get", {
          id: node.ticket.id,
        });
        item.tooltip = new vscode.MarkdownString(ticketTooltip(detail));
      } catch (error) {
        item.tooltip = messageOf(error);
      }
    }
    return item;
  }

  /** Show a ticket in the tree. */
  async reveal(ticketId: string): Promise<void> {
    const node = this.#tickets.get(ticketId);
    if (node) {
      await this.#view.reveal(node, { select: true, focus: true });
    } else {
      await vscode.commands.executeCommand("tenon.tickets.focus");
    }
  }

  dispose(): void {
    vscode.Disposable.from(...this.#subscriptions).dispose();
    this.#changed.dispose();
  }

  /** Only a real change makes the tree anew: a click on a row that is being replaced is lost. */
  #refresh(): void {
    if (!isDeepStrictEqual(this.team.tickets, this.#shown)) {
      this.#rebuild();
      this.#changed.fire(undefined);
      this.#showBadge();
    }
  }

  #rebuild(): void {
    const { tickets } = this.team;
    this.#shown = tickets;
    this.#tickets = new Map(tickets.map((ticket) => [ticket.id, { kind: "ticket", ticket }]));
    this.#groups = [...grouped(tickets)].map(([group, members]) => ({
      kind: "group",
      group,
      tickets: members,
    }));
  }

  #node(ticket: Ticket): TicketNode {
    return this.#tickets.get(ticket.id) ?? { kind: "ticket", ticket };
  }

  #showBadge(): void {
    const waiting = ({ state }: Ticket): boolean => state === "review" || state === "conflicted";
    const value = this.team.tickets.filter(waiting).length;
    this.#view.badge = value
      ? { value, tooltip: value === 1 ? "1 ticket to review" : `${value} tickets to review` }
      : undefined;
  }

  /** What the team does now stands above the tree, where there is room for it. */
  #showStep(): void {
    const running = this.team.tickets.find((ticket) => ticket.running);
    const step = running && this.team.step(running.id);
    this.#view.message =
      step && [`${agentName(step.agent)}: ${step.text}`, figures(step)].filter(Boolean).join(" · ");
  }

  #ticketItem(ticket: Ticket): vscode.TreeItem {
    const group = groupOf(ticket);
    const item = new vscode.TreeItem(ticket.title);
    item.id = ticket.id;
    item.contextValue = contextValue(ticket);
    const { icon, color } = iconOf(ticket);
    item.iconPath = new vscode.ThemeIcon(icon, color ? new vscode.ThemeColor(color) : undefined);
    item.description = description(ticket);
    item.accessibilityInformation = {
      label: `${ticket.title}, ${group.title}, ${item.description}`,
    };
    const command = ticket.state === "review" ? "showDiff" : "showDetails";
    item.command = {
      title: "Open",
      command: `tenon.ticket.${command}`,
      arguments: [ticket.id],
    };
    return item;
  }
}

function groupItem({ group, tickets }: GroupNode): vscode.TreeItem {
  const state = group.collapsed
    ? vscode.TreeItemCollapsibleState.Collapsed
    : vscode.TreeItemCollapsibleState.Expanded;
  const item = new vscode.TreeItem(group.title, state);
  item.id = `group-${group.id}`;
  item.description = String(tickets.length);
  item.contextValue = "group";
  return item;
}
