/** Tickets in groups, as the tree shows them. Knows nothing of VS Code. */
import type { Ticket, TicketStateName } from "../protocol";

export interface Group {
  id: string;
  title: string;
  /** Codicon and theme colour of its tickets. */
  icon: string;
  color: string;
  /** Finished work is folded away at first. */
  collapsed: boolean;
  states: readonly TicketStateName[];
}

/** In the order of what needs the person first. */
export const GROUPS: readonly Group[] = [
  group("review", "Needs Your Review", "git-pull-request", "charts.purple", ["review"]),
  group("conflicted", "Conflicts", "git-compare", "charts.red", ["conflicted"]),
  group("working", "In Progress", "beaker", "charts.orange", ["testing", "implementing"]),
  group("blocked", "Blocked", "warning", "charts.red", ["blocked"]),
  group("ready", "Ready", "circle-large-outline", "charts.blue", ["ready"]),
  group("draft", "Drafts", "circle-outline", "disabledForeground", ["draft"]),
  group("merged", "Merged", "pass-filled", "charts.green", ["merged"], true),
  group("rejected", "Dropped", "circle-slash", "disabledForeground", ["rejected"], true),
];

function group(
  id: string,
  title: string,
  icon: string,
  color: string,
  states: readonly TicketStateName[],
  collapsed = false,
): Group {
  return { id, title, icon, color, states, collapsed };
}

/** The group of a ticket. A ticket that is being worked on is in progress, whatever its state. */
export function groupOf(ticket: Ticket): Group {
  const id = ticket.running ? "working" : undefined;
  const found = GROUPS.find((one) => one.id === id || (!id && one.states.includes(ticket.state)));
  if (!found) {
    throw new Error(`No group holds tickets in the state ${ticket.state}.`);
  }
  return found;
}

/** Groups that hold a ticket, each with its tickets in the server's order. */
export function grouped(tickets: readonly Ticket[]): Map<Group, Ticket[]> {
  const result = new Map<Group, Ticket[]>();
  for (const one of GROUPS) {
    const members = tickets.filter((ticket) => groupOf(ticket) === one);
    if (members.length) {
      result.set(one, members);
    }
  }
  return result;
}

/** Codicon and theme colour of a ticket; work that the team does not call done asks a question. */
export function iconOf(ticket: Ticket): Pick<Group, "icon" | "color"> {
  if (ticket.running) {
    return { icon: "loading~spin", color: "" };
  }
  return ticket.reservation ? { icon: "question", color: "charts.yellow" } : groupOf(ticket);
}

/** What stands beside a ticket's title. */
export function description(ticket: Ticket): string {
  const { targetFile, priority, conflicts = [], reservation } = ticket;
  const files = conflicts.length ? conflicts.join(", ") : targetFile;
  const parts = [reservation && "not called done", files, priority && `priority ${priority}`];
  return parts.filter(Boolean).join(" · ");
}

/** What may be done with a ticket, for the menus: `ticket.running`, `ticket.review` and so on. */
export function contextValue(ticket: Ticket): string {
  return `ticket.${ticket.running ? "running" : ticket.state}`;
}
