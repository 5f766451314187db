/** The part of VS Code's configuration that is asked. */
export interface Configuration {
  /** The value in force, the objects of all scopes merged. */
  get(name: string): unknown;
  inspect(name: string): Inspection | undefined;
}

/** What VS Code tells about one setting. */
export interface Inspection {
  globalValue?: unknown;
  workspaceValue?: unknown;
  workspaceFolderValue?: unknown;
}

/** Settings that the server reads; names are those of its own settings in camelCase. */
export const SERVER_SETTINGS = [
  "offline",
  "model",
  "heavyModel",
  "megaModel",
  "modelFallbacks",
  "modelPaths",
  "catalog",
  "modelSources",
  "contextWindow",
  "threads",
  "modelOptions",
  "agents",
  "memoryBudget",
  "memoryWait",
  "modelTtl",
  "modelTurn",
  "loadTimeout",
  "endpointUrl",
  "endpointModel",
  "endpointContextWindow",
  "endpointConnectTimeout",
  "endpointTimeout",
  "dataDir",
  "cacheDir",
  "longTermUri",
  "embeddingModel",
  "embeddingEndpointUrl",
  "embeddingEndpointModel",
  "embeddingEndpointDimensions",
  "embeddingQueryPrefix",
  "embeddingTextPrefix",
  "retentionDays",
  "retentionRecords",
  "retentionMegabytes",
  "index",
  "indexMaxFiles",
  "python",
  "specPath",
  "commitSpec",
  "maxMinutes",
  "maxCandidates",
  "testRunner",
  "testTimeout",
  "parallelTickets",
  "gitHooks",
] as const;

/**
 * The settings that the person has set in any scope. Defaults are left out: they would hide the
 * server's environment variables.
 */
export function explicitSettings(configuration: Configuration): Record<string, unknown> {
  const settings: Record<string, unknown> = {};
  for (const name of SERVER_SETTINGS) {
    const value = isSet(configuration.inspect(name)) ? configuration.get(name) : undefined;
    if (value !== undefined && value !== null && value !== "") {
      settings[name] = value;
    }
  }
  return settings;
}

function isSet(found: Inspection | undefined): boolean {
  return [found?.workspaceFolderValue, found?.workspaceValue, found?.globalValue].some(
    (value) => value !== undefined,
  );
}
