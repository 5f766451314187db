import * as vscode from "vscode";
import { ChatView } from "./chat/chatView";
import { COMMAND_IDS, type CommandId } from "./commandIds";
import { ServerConnection } from "./connection";
import { EditActions } from "./edits/editActions";
import { showError } from "./errors";
import { SecretActions } from "./secretActions";
import { ENDPOINT_KEY, MONGODB_URI } from "./secrets";
import { pullModel, showDoctor } from "./serverActions";
import { SpecPanel } from "./spec/specPanel";
import { StatusItems } from "./statusItems";
import { Team } from "./team";
import { Reviews } from "./tickets/review";
import { TicketActions } from "./tickets/ticketActions";
import { TicketDocuments } from "./tickets/ticketDocuments";
import { TicketTree } from "./tickets/ticketTree";

const GIT_SETTLES_MS = 500;

type Handler = (target?: unknown) => unknown;

let connection: ServerConnection | undefined;

/** Plug the parts together and start the server. */
export function activate(context: vscode.ExtensionContext): void {
  const log = vscode.window.createOutputChannel("Tenon", { log: true });
  const server = new ServerConnection(log, context.secrets);
  connection = server;
  const team = new Team(server, log);
  const spec = new SpecPanel(context.extensionUri, team);
  const documents = new TicketDocuments(team);
  const reviews = new Reviews(team, documents);
  const tree = new TicketTree(team);
  const tickets = new TicketActions(team, documents, reviews);
  const edits = new EditActions(team);
  const secrets = new SecretActions(context.secrets, team);
  const handlers: Record<CommandId, Handler> = {
    "tenon.openSpec": (id) => spec.open(typeof id === "string" ? id : undefined),
    "tenon.spec.openFile": () => spec.openFile(),
    "tenon.tickets.refresh": () => team.refresh(),
    "tenon.tickets.reveal": (id) => tree.reveal(typeof id === "string" ? id : ""),
    "tenon.ticket.showDetails": (target) => tickets.showDetails(target),
    "tenon.ticket.run": (target) => tickets.run(target),
    "tenon.ticket.cancel": (target) => tickets.cancel(target),
    "tenon.ticket.showDiff": (target) => tickets.showDiff(target),
    "tenon.ticket.accept": (target) => tickets.accept(target),
    "tenon.ticket.rebase": (target) => tickets.rebase(target),
    "tenon.ticket.reject": (target) => tickets.reject(target),
    "tenon.ticket.buildForTests": () => tickets.buildForTests(),
    "tenon.ticket.makeReady": (target) => tickets.makeReady(target),
    "tenon.proposeEdit": (request) => edits.propose(request),
    "tenon.edit.accept": (target) => edits.accept(target),
    "tenon.edit.reject": (target) => edits.reject(target),
    "tenon.pullModel": () => pullModel(team),
    "tenon.restart": () => server.restart(),
    "tenon.showLog": () => {
      log.show();
    },
    "tenon.openSettings": () =>
      vscode.commands.executeCommand("workbench.action.openSettings", "@ext:tenon.tenon"),
    "tenon.doctor": () => showDoctor(team),
    "tenon.endpointKey.set": () => secrets.set(ENDPOINT_KEY),
    "tenon.endpointKey.forget": () => secrets.forget(ENDPOINT_KEY),
    "tenon.mongodbUri.set": () => secrets.set(MONGODB_URI),
    "tenon.mongodbUri.forget": () => secrets.forget(MONGODB_URI),
  };
  context.subscriptions.push(
    ...COMMAND_IDS.map((id) => register(id, handlers[id])),
    ...followWorkspace(server, team),
    new ChatView(context.extensionUri, team),
    new StatusItems(team),
    edits,
    secrets,
    tree,
    reviews,
    documents,
    spec,
    team,
    server,
    log,
  );
  void server.restart();
}

/** Stop the server in order. */
export async function deactivate(): Promise<void> {
  await connection?.stop();
}

/** Every failure of a command is told, with a way to look into it. */
function register(id: CommandId, handler: Handler): vscode.Disposable {
  return vscode.commands.registerCommand(id, async (target?: unknown) => {
    try {
      await handler(target);
    } catch (error) {
      await showError(error);
    }
  });
}

function followWorkspace(server: ServerConnection, team: Team): vscode.Disposable[] {
  const publish = () => vscode.commands.executeCommand("setContext", "tenon.state", team.state);
  void publish();
  return [
    team.onDidChange(publish),
    server.onDidChangeState((state) => {
      if (state === "failed") {
        void tellFailure(server.problem);
      }
    }),
    vscode.workspace.onDidGrantWorkspaceTrust(() => server.restart()),
    vscode.workspace.onDidChangeWorkspaceFolders(() => server.restart()),
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration("tenon.command")) {
        void server.restart();
      } else if (event.affectsConfiguration("tenon")) {
        void server.sendSettings();
      }
    }),
    ...watchRepository(team),
  ];
}

/** A repository, a first commit or another branch may change whether the team can work. */
function watchRepository(team: Team): vscode.Disposable[] {
  const folder = vscode.workspace.workspaceFolders?.[0];
  if (!folder) {
    return [];
  }
  // A new folder is told of without what is in it.
  const paths = "{.git,.git/HEAD,.git/logs,.git/logs/HEAD,.git/refs/heads/**}";
  const watcher = vscode.workspace.createFileSystemWatcher(
    new vscode.RelativePattern(folder, paths),
  );
  let timer: NodeJS.Timeout | undefined;
  const refreshSoon = () => {
    clearTimeout(timer); // Git moves several files for one commit; look when it is done
    timer = setTimeout(() => void team.refresh(), GIT_SETTLES_MS);
  };
  return [
    watcher,
    watcher.onDidCreate(refreshSoon),
    watcher.onDidChange(refreshSoon),
    vscode.window.onDidChangeWindowState(({ focused }) => {
      if (focused && team.problem) {
        refreshSoon();
      }
    }),
    new vscode.Disposable(() => {
      clearTimeout(timer);
    }),
  ];
}

async function tellFailure(problem: string): Promise<void> {
  const log = "Show Log";
  const settings = "Open Settings";
  const choice = await vscode.window.showErrorMessage(problem, log, settings);
  if (choice) {
    await vscode.commands.executeCommand(choice === log ? "tenon.showLog" : "tenon.openSettings");
  }
}
