/** Where the team stands, and what a person can do about it. Knows nothing of VS Code. */
import type { StatusResult } from "./protocol";

type ProblemCode = Exclude<NonNullable<StatusResult["problemCode"]>, "">;

export type TeamState =
  "ready" | "notReady" | "untrusted" | "starting" | "stopped" | "failed" | ProblemCode;

/** What decides the state. */
export interface Situation {
  hasFolder: boolean;
  trusted: boolean;
  connection: "starting" | "running" | "stopped" | "failed";
  /** Why there is no connection, if it is known. */
  connectionProblem: string;
  status: StatusResult | undefined;
}

/** A button: a VS Code command and what it is called. */
export interface Action {
  title: string;
  command: string;
}

/** Why the team cannot take a request, and the ways out. */
export interface Problem {
  text: string;
  actions: Action[];
}

/** The one state that views, context keys and the status bar follow. */
export function teamState(situation: Situation): TeamState {
  const { connection, status } = situation;
  if (!situation.hasFolder) {
    return "noFolder";
  }
  if (!situation.trusted) {
    return "untrusted";
  }
  if (connection !== "running") {
    return connection;
  }
  if (!status) {
    return "starting";
  }
  return status.problemCode || (status.ready ? "ready" : "notReady");
}

const SHOW_LOG: Action = { title: "Show Log", command: "tenon.showLog" };
const SETTINGS: Action = { title: "Open Settings", command: "tenon.openSettings" };
const LOOK_AGAIN: Action = { title: "Look Again", command: "tenon.tickets.refresh" };

/** Words that stand in where the server has not said more, and the buttons. */
const PROBLEMS: Record<Exclude<TeamState, "ready" | "starting">, Problem> = {
  noFolder: {
    text: "Open a folder with a Git repository, and the team can work on it.",
    actions: [{ title: "Open Folder", command: "workbench.action.files.openFolder" }],
  },
  untrusted: {
    text: "The team runs tests and Git in this folder, so it starts once you trust the workspace.",
    actions: [{ title: "Manage Workspace Trust", command: "workbench.trust.manage" }],
  },
  stopped: {
    text: "Tenon's server is not running.",
    actions: [{ title: "Start Server", command: "tenon.restart" }, SHOW_LOG],
  },
  failed: {
    text: "Tenon's server could not be started.",
    actions: [{ title: "Start Server", command: "tenon.restart" }, SHOW_LOG, SETTINGS],
  },
  noRepository: {
    text: "This folder is not a Git repository. The team builds each ticket on its own branch.",
    actions: [{ title: "Initialize Repository", command: "git.init" }, LOOK_AGAIN],
  },
  noCommit: {
    text: "This repository has no commit yet. Commit your files once.",
    actions: [{ title: "Open Source Control", command: "workbench.view.scm" }, LOOK_AGAIN],
  },
  detachedHead: {
    text: "No branch is checked out, so there is nothing to merge into.",
    actions: [{ title: "Check Out a Branch", command: "git.checkout" }, LOOK_AGAIN],
  },
  noModel: {
    text: "The language model is not on this machine yet. It is fetched once.",
    actions: [{ title: "Pull Model", command: "tenon.pullModel" }, SETTINGS],
  },
  readOnly: {
    text: "This repository cannot be written to, so the team can make no branches in it.",
    actions: [LOOK_AGAIN],
  },
  notReady: {
    text: "The team cannot take a request yet.",
    actions: [{ title: "Run Doctor", command: "tenon.doctor" }, LOOK_AGAIN],
  },
};

/** The problem to show; undefined while the team is ready or getting ready. */
export function problemOf(situation: Situation): Problem | undefined {
  const state = teamState(situation);
  if (state === "ready" || state === "starting") {
    return undefined;
  }
  const known = PROBLEMS[state];
  const told =
    situation.connection === "running" ? situation.status?.problem : situation.connectionProblem;
  const local = state === "noFolder" || state === "untrusted";
  return { text: (!local && told) || known.text, actions: known.actions };
}
