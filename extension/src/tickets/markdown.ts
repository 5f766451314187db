/** A ticket in Markdown: its tooltip and its page. Knows nothing of VS Code. */
import { agentName } from "../agents";
import type {
  ActivityEntry,
  CheckResult,
  Criterion,
  Evidence,
  TestRun,
  Ticket,
  TicketDetail,
} from "../protocol";

/** A few lines for the tooltip. All text of models and people is escaped. */
export function ticketTooltip({ ticket, evidence }: TicketDetail): string {
  return [
    `**${escapeMarkdown(ticket.title)}**`,
    note(ticket),
    notCalledDone(evidence),
    criteria(ticket.criteria ?? []),
    evidenceList(evidence),
  ]
    .filter(Boolean)
    .join("\n\n");
}

/** The whole page: what is asked, what proves it, what happened. */
export function ticketPage({ ticket, evidence, log }: TicketDetail): string {
  const proof = evidenceList(evidence);
  const review = evidence.review ? `### Architect's review\n\n${quote(evidence.review)}` : "";
  return [
    `# ${escapeMarkdown(ticket.title)}`,
    facts(ticket),
    note(ticket),
    section("Files in conflict", conflicts(ticket)),
    ticket.description ? quote(ticket.description) : "",
    section("Acceptance criteria", criteria(ticket.criteria ?? [])),
    section("Please decide", doubts(evidence)),
    section("New findings of your checks", findings(evidence)),
    section("Evidence", [proof, review].filter(Boolean).join("\n\n")),
    section("Search", search(evidence)),
    section("Log", log.map(logLine).join("\n")),
  ]
    .filter(Boolean)
    .join("\n\n");
}

/** Text that Markdown shows as it is. */
export function escapeMarkdown(text: string): string {
  return text.replace(/[\\`*_{}[\]()#+\-!<>|~&]/g, "\\$&").replace(/\s*\n\s*/g, " ");
}

/** Text of models and tools: what stands between backticks is code, all else as it is. */
function prose(text: string): string {
  const parts = text.split(/`([^`\n]+)`/);
  return parts.map((part, place) => (place % 2 ? code(part) : escapeMarkdown(part))).join("");
}

function section(title: string, content: string): string {
  return content && `## ${title}\n\n${content}`;
}

function facts(ticket: Ticket): string {
  const rows: [string, string][] = [
    ["State", ticket.running ? `${ticket.state} (running)` : ticket.state],
    ["Priority", String(ticket.priority)],
    ["Requirements", (ticket.requirementIds ?? []).join(", ")],
    ["File", ticket.targetFile ?? ""],
    ["Symbol", ticket.targetSymbol ?? ""],
    ["Branch", ticket.branch ?? ""],
    ["Merges into", ticket.baseBranch ?? ""],
    ["Ticket", ticket.id],
  ];
  const lines = rows
    .filter(([, value]) => value)
    .map(([name, value]) => `| ${name} | ${code(value)} |`);
  return ["| | |", "|---|---|", ...lines].join("\n");
}

function note(ticket: Ticket): string {
  return ticket.note ? quote(ticket.note) : "";
}

function conflicts({ conflicts: files = [] }: Ticket): string {
  return files.map((file) => `- ${code(file)}`).join("\n");
}

function criteria(list: Criterion[]): string {
  return list
    .map(({ id, text, call, expected, raises }) => {
      const outcome = raises ? ` raises ${code(raises)}` : expected ? ` → ${code(expected)}` : "";
      const example = call ? `: ${code(call)}${outcome}` : "";
      const words = call ? text.replace(/:$/, "") : text;
      return `- ${escapeMarkdown(`${id} ${words}`)}${example}`;
    })
    .join("\n");
}

function evidenceList(evidence: Evidence): string {
  const commits = (evidence.commits ?? []).map((commit) => code(commit.slice(0, 10))).join(", ");
  const lines = [
    run("Tests failed first", evidence.redRun),
    run("Tests pass now", evidence.greenRun),
    run("Whole suite", evidence.suiteRun),
    ...(evidence.checks ?? []).map(check),
    ...(evidence.repairs ?? []).map((repair) => `- Repaired by tools: ${prose(repair)}`),
    commits && `- Commits: ${commits}`,
    mutated(evidence),
    evidence.mergeCommit && `- Merged as ${code(evidence.mergeCommit.slice(0, 10))}`,
    effort(evidence),
  ];
  return lines.filter(Boolean).join("\n");
}

function run(title: string, result: TestRun | null | undefined): string {
  if (!result) {
    return "";
  }
  const counts = [`${result.passed} passed`, `${result.failed} failed`];
  if (result.errors) {
    counts.push(`${result.errors} errors`);
  }
  const sandbox = result.sandbox ? `, sandbox: ${result.sandbox}` : "";
  return `- ${title}: ${counts.join(", ")} in ${result.seconds.toFixed(1)} s${escapeMarkdown(sandbox)}`;
}

function check(result: CheckResult): string {
  const name = escapeMarkdown(result.check);
  if (result.problem) {
    return `- ${name} could not be run: ${escapeMarkdown(result.problem)}`;
  }
  const count = result.findings?.length ?? 0;
  const before = result.before ? `, ${result.before} from before` : "";
  const told = count === 1 ? "1 new finding" : `${count} new findings`;
  return `- ${name}: ${count ? told : "nothing new"}${before}`;
}

/** What the repository's own checks find in the accepted code and did not find before. */
function findings({ checks = [] }: Evidence): string {
  const lines = checks.flatMap((result) =>
    (result.findings ?? []).map((text) => `- ${prose(`${result.check}: ${text}`)}`),
  );
  return lines.join("\n");
}

function effort(evidence: Evidence): string {
  const parts = [
    (evidence.models ?? []).map(code).join(", "),
    evidence.completionTokens ? `${evidence.completionTokens} tokens written` : "",
    evidence.candidatesRun ? `${evidence.candidatesRun} candidates tried` : "",
    evidence.minutes ? `${evidence.minutes.toFixed(1)} minutes` : "",
  ].filter(Boolean);
  return parts.length ? `- ${parts.join(" · ")}` : "";
}

function mutated({ mutations = [], mutatedLines = [] }: Evidence): string {
  if (!mutatedLines.length) {
    return "";
  }
  const what = mutations.length ? ` (${mutations.map(prose).join("; ")})` : "";
  return `- Changed by search, not by a model: lines ${mutatedLines.join(", ")}${what}`;
}

/** Where candidates disagree with a test or with each other, so that only the person can tell. */
function doubts(evidence: Evidence): string {
  const lines = (evidence.doubts ?? []).map((doubt) => `- ${prose(doubt)}`).join("\n");
  return [
    notCalledDone(evidence),
    lines && `The tests do not settle this:\n\n${lines}`,
    lines && "Where the code is wrong, give the right answer as an example.",
  ]
    .filter(Boolean)
    .join("\n\n");
}

function notCalledDone({ reservation }: Evidence): string {
  return reservation ? `**The team does not call this done:** ${prose(reservation)}.` : "";
}

function search({ rungs = [] }: Evidence): string {
  if (!rungs.length) {
    return "";
  }
  const rows = rungs.map(
    (cost) =>
      `| ${escapeMarkdown(cost.rung)} | ${cost.candidates} | ${cost.completionTokens} | ` +
      `${cost.seconds.toFixed(0)} | ${cost.bestPassed} of ${cost.tests} |`,
  );
  const head = ["| Step | Candidates | Tokens | Seconds | Best so far |", "|---|---|---|---|---|"];
  return [...head, ...rows].join("\n");
}

function logLine(entry: ActivityEntry): string {
  const time = entry.createdAt.slice(11, 19);
  return `- ${code(time)} **${escapeMarkdown(agentName(entry.agent))}** ${prose(entry.text)}`;
}

function code(text: string): string {
  const fence = text.includes("`") ? "``" : "`";
  const inner = text.replace(/\s+/g, " ").replaceAll("|", "\\|");
  return fence === "``" ? `${fence} ${inner} ${fence}` : `${fence}${inner}${fence}`;
}

function quote(text: string): string {
  return text
    .split("\n")
    .map((line) => `> ${prose(line)}`)
    .join("\n");
}
