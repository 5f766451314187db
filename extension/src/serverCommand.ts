import { access, constants } from "node:fs/promises";
import { homedir } from "node:os";
import { delimiter, isAbsolute, join, resolve } from "node:path";

/** Where the server's command was found. */
export interface ServerCommand {
  path: string;
  source: "setting" | "environment" | "PATH" | "checkout";
}

/** Where to look, in the order of precedence. */
export interface CommandPlaces {
  setting: string;
  environment: NodeJS.ProcessEnv;
  /** Command of the checkout that the extension was packed from; empty if there was none. */
  checkout: string;
  /** Folder that a relative path is taken from. */
  folder: string;
}

/** The server's command cannot be found; the message says what to do. */
export class CommandNotFoundError extends Error {}

/**
 * Find the command that starts the server: the setting, `TENON_COMMAND`, `tenon` on the PATH,
 * then the checkout. What a person named is used or refused, never silently skipped.
 */
export async function findServerCommand(places: CommandPlaces): Promise<ServerCommand> {
  const named = places.setting || places.environment.TENON_COMMAND;
  if (named) {
    const source = places.setting ? "setting" : "environment";
    const path = expand(named, places.folder);
    if (await isExecutable(path)) {
      return { path, source };
    }
    const name = places.setting ? "the setting “tenon.command”" : "TENON_COMMAND";
    throw new CommandNotFoundError(
      `Tenon's server cannot be started: “${path}”, named by ${name}, is not a program.`,
    );
  }
  const onPath = await findOnPath(places.environment.PATH ?? "");
  if (onPath) {
    return { path: onPath, source: "PATH" };
  }
  if (places.checkout && (await isExecutable(places.checkout))) {
    return { path: places.checkout, source: "checkout" };
  }
  throw new CommandNotFoundError(
    "Tenon's server is not installed: there is no “tenon” on the PATH. " +
      "Run “make setup” in a checkout of Tenon, then set “tenon.command” to its .venv/bin/tenon.",
  );
}

function expand(path: string, folder: string): string {
  const home = path.startsWith("~/") ? join(homedir(), path.slice(2)) : path;
  return isAbsolute(home) ? home : resolve(folder, home);
}

async function findOnPath(path: string): Promise<string | undefined> {
  const name = process.platform === "win32" ? "tenon.exe" : "tenon";
  for (const directory of path.split(delimiter).filter(isAbsolute)) {
    const candidate = join(directory, name);
    if (await isExecutable(candidate)) {
      return candidate;
    }
  }
  return undefined;
}

async function isExecutable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}
