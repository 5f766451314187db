/**
 * The contract between server and clients. Generated from server/protocol/ by
 * `python -m server.protocol.typescript`; do not edit.
 *
 * The server leaves out fields that equal their default, so those are optional here.
 */

export type TicketStateName =
  | "draft"
  | "ready"
  | "testing"
  | "implementing"
  | "review"
  | "conflicted"
  | "merged"
  | "blocked"
  | "rejected";

/** A message from the person to the team. */
export interface ChatParams {
  text: string;
  /** Conversation to continue; the newest one of the repository if left out. */
  sessionId?: string | null;
  /** `$/progress` token under which `ProgressValue`s arrive while the request runs. */
  partialResultToken?: string | number | null;
}

/** Value of a `$/progress` notification under a request's `partialResultToken`. */
export interface ProgressValue {
  /** `text`: more of the reply; `step`: what an agent is doing now. */
  kind: "text" | "step";
  agent: string;
  text: string;
  tokensPerSecond?: number | null;
  elapsedSeconds?: number | null;
  /** Estimate of the time left, where there is one. */
  remainingSeconds?: number | null;
}

/** One message of a conversation. */
export interface Turn {
  id: string;
  sessionId: string;
  role: "user" | "agent";
  text: string;
  createdAt: string;
  agent?: string;
  proposalId?: string | null;
  ticketIds?: string[];
  /** False when the person stopped the reply. */
  complete?: boolean;
}

/** The finished reply. */
export interface ChatResult {
  turn: Turn;
}

/** The person has begun to write a message. */
export type ChatPrepareParams = Record<string, never>;

/** The model is loaded, if it is one of this machine. */
export type ChatPrepareResult = Record<string, never>;

/** Which conversation to read. */
export interface ChatHistoryParams {
  sessionId?: string | null;
  limit?: number;
}

/** Messages, oldest first. */
export interface ChatHistoryResult {
  turns: Turn[];
}

/** An acceptance criterion, with an example when one can be run. */
export interface Criterion {
  id: string;
  text: string;
  call?: string | null;
  expected?: string | null;
  raises?: string | null;
  /** Who gave the example. */
  origin?: "person" | "model";
}

/** One requirement of the spec, with where its tickets stand. */
export interface Requirement {
  id: string;
  title: string;
  statement: string;
  /** The person's own words that it came from. */
  source?: string;
  criteria?: Criterion[];
  ticketIds?: string[];
  status?: "planned" | "inProgress" | "review" | "done" | "blocked" | "none";
}

/** One proposed change, accepted or rejected on its own. */
export interface RequirementChange {
  requirementId: string;
  kind: "add" | "modify" | "remove";
  status: "pending" | "accepted" | "rejected";
  before?: Requirement | null;
  after?: Requirement | null;
}

/** A proposed change of the spec. */
export interface SpecProposal {
  id: string;
  request: string;
  createdAt: string;
  changes: RequirementChange[];
  questions?: string[];
}

/** No parameters. */
export type SpecGetParams = Record<string, never>;

/** The spec as it stands, and what is proposed. */
export interface SpecResult {
  /** Path of the spec file relative to the repository. */
  path: string;
  exists: boolean;
  title: string;
  requirements: Requirement[];
  /** Proposals with a change still pending, oldest first. */
  proposals: SpecProposal[];
}

/** A wish in the person's words. */
export interface SpecProposeParams {
  request: string;
  partialResultToken?: string | number | null;
}

/** The proposal, not yet in the spec. */
export interface SpecProposeResult {
  proposal: SpecProposal;
}

/** Accept or reject a proposal, wholly or for some requirements. */
export interface SpecDecisionParams {
  proposalId: string;
  /** Requirements that the decision is about; all pending ones if left out. */
  requirementIds?: string[] | null;
  partialResultToken?: string | number | null;
}

/** The spec after the decision, and the tickets that it led to. */
export interface SpecDecisionResult {
  spec: SpecResult;
  ticketIds?: string[];
  /** What happened besides, e.g. why the spec file was not committed. */
  message?: string;
}

/** Outcome of a test run, computed from its report. */
export interface TestRun {
  command: string;
  passed: number;
  failed: number;
  errors: number;
  seconds: number;
  skipped?: number;
  failing?: string[];
  message?: string;
  sandbox?: string;
}

/** What one of the repository's own checks said to the accepted code. */
export interface CheckResult {
  check: string;
  kind: "lint" | "types" | "format";
  command: string;
  seconds: number;
  /** Those that the code before the ticket did not have. */
  findings?: string[];
  /** How many the code had before. */
  before?: number;
  /** Why it could not be run; then nothing is known. */
  problem?: string;
  sandbox?: string;
}

/** What one rung of the search took and came to. */
export interface RungCost {
  rung: string;
  candidates: number;
  completionTokens: number;
  seconds: number;
  /** Tests that the best attempt so far passes, of `tests`. */
  bestPassed: number;
  tests: number;
}

/** What came closest where no code passed every test. */
export interface BestAttempt {
  /** The whole target file. */
  text: string;
  rung: string;
  passed: number;
  tests: number;
  failure: string;
}

/** What proves a ticket. */
export interface Evidence {
  baseCommit?: string;
  baselineFailing?: string[];
  redRun?: TestRun | null;
  testHashes?: Record<string, string>;
  /** Who brought each locked test file. */
  testOrigins?: Record<string, "tester" | "person" | "ticket">;
  greenRun?: TestRun | null;
  suiteRun?: TestRun | null;
  /** The repository's own checks of the accepted code. */
  checks?: CheckResult[];
  /** What tools changed in it after it was found, in words. */
  repairs?: string[];
  commits?: string[];
  mergeCommit?: string;
  models?: string[];
  promptTokens?: number;
  completionTokens?: number;
  candidatesRun?: number;
  /** Stage of the search that the accepted code comes from. */
  rung?: string;
  /** Every step of the search, in order. */
  rungs?: RungCost[];
  /** What mutation changed in the accepted code, in words: no model wrote that. */
  mutations?: string[];
  /** Lines of the target file that mutation changed, from 1. */
  mutatedLines?: number[];
  /** Why the team does not call the ticket done although its tests pass; empty: it does. */
  reservation?: string;
  /** Tests that candidates contradict, and calls to which they answer otherwise, in words. */
  doubts?: string[];
  /** Of a blocked ticket. */
  bestAttempt?: BestAttempt | null;
  minutes?: number;
  review?: string;
}

/** One unit of work. */
export interface Ticket {
  id: string;
  revision: number;
  title: string;
  state: TicketStateName;
  priority: number;
  createdAt: string;
  updatedAt: string;
  description?: string;
  requirementIds?: string[];
  criteria?: Criterion[];
  dependencies?: string[];
  targetFile?: string;
  targetSymbol?: string;
  baseBranch?: string;
  branch?: string;
  /** Why it is blocked, conflicted or rejected, and what can be done. */
  note?: string;
  /** In review: why the team does not call it done although its tests pass; empty: it does. */
  reservation?: string;
  /** Files of which the ticket and its base branch have changed the same lines. */
  conflicts?: string[];
  /** True while this server works on it. */
  running?: boolean;
}

/** No parameters. */
export type TicketListParams = Record<string, never>;

/** Tickets by descending priority, then age. */
export interface TicketListResult {
  tickets: Ticket[];
}

/** A test file that somebody brings to a ticket. */
export interface BroughtTest {
  /** Relative to the repository, with forward slashes. */
  path: string;
  /** None: the file as the checked-out branch has it. */
  text?: string | null;
}

/** A ticket that brings its tests; they decide, and no model writes any. */
export interface TicketAddParams {
  title: string;
  targetFile: string;
  tests: BroughtTest[];
  /** Function, class or ``Class.method``; empty: the whole file. */
  targetSymbol?: string;
  description?: string;
}

/** One ticket. */
export interface TicketParams {
  id: string;
}

/** A ticket with its evidence and its log. */
export interface TicketDetail {
  ticket: Ticket;
  evidence: Evidence;
  /** Agent log of the ticket, oldest first. */
  log: ActivityEntry[];
}

/** One file that a ticket's branch changes. Text is empty where the file does not exist. */
export interface FileChange {
  path: string;
  status: "added" | "modified" | "deleted";
  before: string;
  after: string;
}

/** What accepting the ticket would merge. */
export interface TicketChangesResult {
  id: string;
  files: FileChange[];
  /** Unified diff of the branch against its merge base. */
  diff: string;
}

/** Fields to change; those left out stay. */
export interface TicketUpdateParams {
  id: string;
  /** Revision that the client last saw; a newer one in the store refuses the update. */
  revision: number;
  title?: string | null;
  priority?: number | null;
  state?: "draft" | "ready" | "rejected" | null;
}

/**
 * Let the pair work on a ticket until it is in review or blocked. With a review the answer waits
 * until the Architect has looked at the diff, too.
 */
export interface TicketRunParams {
  id: string;
  seed?: number;
  withReview?: boolean;
  partialResultToken?: string | number | null;
}

/**
 * Bring finished work onto its base branch as it is now, and run its tests and the suite. The
 * ticket is in review afterwards, or conflicted with its branch as it was.
 */
export interface TicketRebaseParams {
  id: string;
  partialResultToken?: string | number | null;
}

/** Send a finished ticket back to work, or drop it. */
export interface TicketRejectParams {
  id: string;
  reason: string;
  /** True: the ticket is rejected for good and its branch is deleted. */
  drop?: boolean;
}

/** The ticket after the action. */
export interface TicketResult {
  ticket: Ticket;
  message?: string;
}

/** Ask for a change of a document: fix it, or write a test for it. */
export interface EditProposeParams {
  kind: "fix" | "test";
  uri: string;
  /** The document as the editor shows it, saved or not. */
  text: string;
  version: number;
  /** First line of the selection or diagnostic, from 0. */
  startLine: number;
  /** Last line, inclusive, from 0. */
  endLine: number;
  diagnostic?: string | null;
  partialResultToken?: string | number | null;
}

/** A proposed new text of one document. Nothing is written by the server. */
export interface EditProposal {
  id: string;
  /** Document to change; for a test it may be a file that does not exist yet. */
  uri: string;
  /** Version of the document that the proposal was made for; None for a new file. */
  version: number | null;
  before: string;
  after: string;
  title: string;
  explanation?: string;
}

/** No parameters. */
export type ModelsParams = Record<string, never>;

/** A configured model. */
export interface Model {
  id: string;
  tier: "standard" | "heavy" | "mega";
  kind: "local" | "remote" | "scripted";
  state: "missing" | "stopped" | "starting" | "ready" | "stopping" | "failed";
  detail?: string;
  path?: string;
  sizeBytes?: number;
  contextWindow?: number;
  licence?: string;
  /** What its process holds, as last measured; 0 when it is not in memory. */
  memoryBytes?: number;
  /** Requests that it works on now. */
  running?: number;
  /** Requests that wait for it. */
  queueLength?: number;
  /** How long it has been in memory without a request. */
  idleSeconds?: number;
  /** Decoding rate of its latest answers, each by itself; 0 when there is none. */
  tokensPerSecond?: number;
}

/** Every configured model. */
export interface ModelsResult {
  models: Model[];
}

/** Fetch a model of the catalogue into the cache. */
export interface ModelPullParams {
  id: string;
  partialResultToken?: string | number | null;
}

/** The model after the download. */
export interface ModelPullResult {
  model: Model;
}

/** A question about the repository's code, or words of it. */
export interface MemorySearchParams {
  query: string;
  limit?: number;
  /** Only files whose path begins so, or is like this glob (``*?[``). */
  path?: string | null;
  /**
   * ``python``, ``typescript``, ``javascript``, ``go``, ``rust``, ``java``, ``markdown`` or
   * ``text``.
   */
  language?: string | null;
  kind?: "function" | "method" | "class" | "head" | "section" | null;
}

/** A piece of a file of the repository, as it was saved when it was indexed. */
export interface CodeHit {
  path: string;
  language: string;
  kind: "function" | "method" | "class" | "head" | "section";
  /** Qualified name within the file (``Stack.push``); empty for the head of a file. */
  symbol: string;
  text: string;
  /** From 1. */
  startLine: number;
  /** Inclusive. */
  endLine: number;
  /** Larger is better; comparable within one result only. */
  score: number;
}

/** The best pieces of code, best first; none where nothing has been indexed. */
export interface MemorySearchResult {
  hits: CodeHit[];
}

/** No parameters. */
export type StatusParams = Record<string, never>;

/** One agent of the team. */
export interface AgentStatus {
  agentType: string;
  state: "created" | "idle" | "working" | "waiting" | "stopped" | "failed";
  detail?: string;
}

/** What the team is doing. */
export interface StatusResult {
  /** Path of the Git top level; None when the folder is no Git repository. */
  repository: string | null;
  branch: string | null;
  /** True when the team can take a request. */
  ready: boolean;
  /** Why it cannot, and what to do. */
  problem?: string;
  problemCode?:
    | ""
    | "noFolder"
    | "noRepository"
    | "noCommit"
    | "detachedHead"
    | "noModel"
    | "readOnly";
  agents?: AgentStatus[];
  models?: Model[];
  runningTicketIds?: string[];
  offline?: boolean;
  version?: string;
}

/** No parameters. */
export type DoctorParams = Record<string, never>;

/** One setting, its value and where it came from. */
export interface SettingInForce {
  name: string;
  value: string;
  source: "environment" | "editor" | "default";
}

/** One thing that was checked. */
export interface Finding {
  name: string;
  level: "ok" | "warning" | "error";
  text: string;
  /** Command or setting that mends it. */
  remedy?: string;
}

/** Settings in force and what is missing. */
export interface DoctorResult {
  settings: SettingInForce[];
  findings: Finding[];
}

/** Tickets were created or changed. */
export interface TicketsChanged {
  ticketIds: string[];
}

/** The spec file or its proposals changed. */
export type SpecChanged = Record<string, never>;

/** One line of the agent log. */
export interface ActivityEntry {
  id: string;
  createdAt: string;
  agent: string;
  kind: "message" | "step" | "decision" | "generation" | "error";
  text: string;
  ticketId?: string | null;
  tokensPerSecond?: number | null;
  elapsedSeconds?: number | null;
  remainingSeconds?: number | null;
}

/** The team's status changed. */
export interface StatusChanged {
  status: StatusResult;
}

/** Names of the requests. */
export const Requests = {
  chat: "tenon/chat",
  chatPrepare: "tenon/chat/prepare",
  chatHistory: "tenon/chat/history",
  specGet: "tenon/spec/get",
  specPropose: "tenon/spec/propose",
  specAccept: "tenon/spec/accept",
  specReject: "tenon/spec/reject",
  ticketsList: "tenon/tickets/list",
  ticketsAdd: "tenon/tickets/add",
  ticketsGet: "tenon/tickets/get",
  ticketsChanges: "tenon/tickets/changes",
  ticketsUpdate: "tenon/tickets/update",
  ticketsRun: "tenon/tickets/run",
  ticketsCancel: "tenon/tickets/cancel",
  ticketsAccept: "tenon/tickets/accept",
  ticketsRebase: "tenon/tickets/rebase",
  ticketsReject: "tenon/tickets/reject",
  editsPropose: "tenon/edits/propose",
  memorySearch: "tenon/memory/search",
  modelsList: "tenon/models/list",
  modelsPull: "tenon/models/pull",
  status: "tenon/status",
  doctor: "tenon/doctor",
} as const;

/** Names of the notifications. */
export const Notifications = {
  ticketsChanged: "tenon/ticketsChanged",
  specChanged: "tenon/specChanged",
  activity: "tenon/activity",
  statusChanged: "tenon/statusChanged",
} as const;

/** Ids of the server's `workspace/executeCommand` commands. */
export const Commands = {
  cancelTicket: "tenon.server.cancelTicket",
  acceptTicket: "tenon.server.acceptTicket",
  rejectTicket: "tenon.server.rejectTicket",
  updateTicket: "tenon.server.updateTicket",
  acceptSpec: "tenon.server.acceptSpec",
  rejectSpec: "tenon.server.rejectSpec",
  status: "tenon.server.status",
} as const;

/** Request -> its parameters and its result. */
export interface RequestTypes {
  "tenon/chat": { params: ChatParams; result: ChatResult };
  "tenon/chat/prepare": { params: ChatPrepareParams; result: ChatPrepareResult };
  "tenon/chat/history": { params: ChatHistoryParams; result: ChatHistoryResult };
  "tenon/spec/get": { params: SpecGetParams; result: SpecResult };
  "tenon/spec/propose": { params: SpecProposeParams; result: SpecProposeResult };
  "tenon/spec/accept": { params: SpecDecisionParams; result: SpecDecisionResult };
  "tenon/spec/reject": { params: SpecDecisionParams; result: SpecDecisionResult };
  "tenon/tickets/list": { params: TicketListParams; result: TicketListResult };
  "tenon/tickets/add": { params: TicketAddParams; result: TicketResult };
  "tenon/tickets/get": { params: TicketParams; result: TicketDetail };
  "tenon/tickets/changes": { params: TicketParams; result: TicketChangesResult };
  "tenon/tickets/update": { params: TicketUpdateParams; result: TicketResult };
  "tenon/tickets/run": { params: TicketRunParams; result: TicketResult };
  "tenon/tickets/cancel": { params: TicketParams; result: TicketResult };
  "tenon/tickets/accept": { params: TicketParams; result: TicketResult };
  "tenon/tickets/rebase": { params: TicketRebaseParams; result: TicketResult };
  "tenon/tickets/reject": { params: TicketRejectParams; result: TicketResult };
  "tenon/edits/propose": { params: EditProposeParams; result: EditProposal };
  "tenon/memory/search": { params: MemorySearchParams; result: MemorySearchResult };
  "tenon/models/list": { params: ModelsParams; result: ModelsResult };
  "tenon/models/pull": { params: ModelPullParams; result: ModelPullResult };
  "tenon/status": { params: StatusParams; result: StatusResult };
  "tenon/doctor": { params: DoctorParams; result: DoctorResult };
}

/** Notification of the server -> its parameters. */
export interface NotificationTypes {
  "tenon/ticketsChanged": TicketsChanged;
  "tenon/specChanged": SpecChanged;
  "tenon/activity": ActivityEntry;
  "tenon/statusChanged": StatusChanged;
}

/** Command -> the request whose parameters are its one argument. */
export interface CommandTypes {
  "tenon.server.cancelTicket": RequestTypes["tenon/tickets/cancel"];
  "tenon.server.acceptTicket": RequestTypes["tenon/tickets/accept"];
  "tenon.server.rejectTicket": RequestTypes["tenon/tickets/reject"];
  "tenon.server.updateTicket": RequestTypes["tenon/tickets/update"];
  "tenon.server.acceptSpec": RequestTypes["tenon/spec/accept"];
  "tenon.server.rejectSpec": RequestTypes["tenon/spec/reject"];
  "tenon.server.status": RequestTypes["tenon/status"];
}

/** Tenon's own JSON-RPC error codes, besides those of JSON-RPC and LSP. */
export const ErrorCodes = {
  notReady: -32031,
  notFound: -32032,
  conflict: -32033,
  modelUnavailable: -32034,
  promptTooLong: -32035,
  invalidState: -32036,
  gitRefused: -32037,
} as const;
