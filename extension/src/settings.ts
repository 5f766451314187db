/** What VS Code tells about one setting. */
export interface Inspection {
  globalValue?: unknown;
  workspaceValue?: unknown;
  workspaceFolderValue?: unknown;
}

/** Settings that the server reads; names are those of its own settings in camelCase. */
export const SERVER_SETTINGS = [
  "model",
  "contextWindow",
  "threads",
  "python",
  "specPath",
  "commitSpec",
  "dataDir",
  "mongodbUri",
  "offline",
  "endpointUrl",
  "endpointModel",
] as const;

/**
 * The settings that the person has set, innermost scope first. Defaults are left out: they
 * would hide the server's environment variables.
 */
export function explicitSettings(
  inspect: (name: string) => Inspection | undefined,
): Record<string, unknown> {
  const settings: Record<string, unknown> = {};
  for (const name of SERVER_SETTINGS) {
    const found = inspect(name);
    const value = found?.workspaceFolderValue ?? found?.workspaceValue ?? found?.globalValue;
    if (value !== undefined && value !== null && value !== "") {
      settings[name] = value;
    }
  }
  return settings;
}
