/** Secrets of a person in the editor's secret store. Knows nothing of VS Code. */

/** One secret, and how it is told apart. */
export interface Secret {
  /** Name in the secret store. */
  key: string;
  /** Environment variable by which the server gets it. */
  variable: string;
  /** What a person calls it. */
  title: string;
  /** What is wrong with a value; undefined if nothing is. Never repeats it. */
  check: (value: string) => string | undefined;
}

/** The part of VS Code's secret store that is needed. */
export interface SecretStore {
  get(key: string): PromiseLike<string | undefined>;
  store(key: string, value: string): PromiseLike<void>;
  delete(key: string): PromiseLike<void>;
}

/** How a person is asked and told. */
export interface Dialogs {
  /** A secret, typed unseen; undefined if the person gave up. */
  ask(secret: Secret): PromiseLike<string | undefined>;
  tell(text: string): void;
}

export const ENDPOINT_KEY: Secret = {
  key: "tenon.endpointApiKey",
  variable: "TENON_ENDPOINT_API_KEY",
  title: "Endpoint Key",
  check: (value) =>
    /^[!-~]+$/.test(value)
      ? undefined
      : "A key has no spaces, line breaks or letters beyond ASCII.",
};

export const MONGODB_URI: Secret = {
  key: "tenon.mongodbUri",
  variable: "TENON_MONGODB_URI",
  title: "MongoDB Connection String",
  check: (value) =>
    /^mongodb(\+srv)?:\/\/\S+$/.test(value)
      ? undefined
      : "A connection string begins with mongodb:// or mongodb+srv:// and has no spaces.",
};

const SECRETS = [ENDPOINT_KEY, MONGODB_URI];

/** The secret of that name in the store, if it is one of Tenon's. */
export function secretOf(key: string): Secret | undefined {
  return SECRETS.find((secret) => secret.key === key);
}

/** Whether the environment names the secret; it then goes before the store. */
export function isGiven(secret: Secret, environment: NodeJS.ProcessEnv): boolean {
  return Boolean(environment[secret.variable]);
}

/** The server's whole environment: the editor's own, and what is kept. Rejects if the store does. */
export async function serverEnvironment(
  store: SecretStore,
  environment: NodeJS.ProcessEnv,
): Promise<NodeJS.ProcessEnv> {
  const whole = { ...environment };
  for (const secret of SECRETS) {
    const value = isGiven(secret, environment) ? undefined : await store.get(secret.key);
    if (value) {
      whole[secret.variable] = value;
    }
  }
  return whole;
}

/** Ask for a secret and keep it. */
export async function setSecret(
  secret: Secret,
  store: SecretStore,
  environment: NodeJS.ProcessEnv,
  dialogs: Dialogs,
): Promise<void> {
  const value = (await dialogs.ask(secret))?.trim();
  if (!value) {
    return;
  }
  const problem = secret.check(value);
  if (problem) {
    throw new Error(problem);
  }
  if ((await store.get(secret.key)) !== value) {
    await store.store(secret.key, value);
  }
  dialogs.tell(
    `${secret.title}: kept in the editor's secret store.${precedence(secret, environment)}`,
  );
}

/** Remove a secret from the store. */
export async function forgetSecret(
  secret: Secret,
  store: SecretStore,
  environment: NodeJS.ProcessEnv,
  dialogs: Dialogs,
): Promise<void> {
  const known = Boolean(await store.get(secret.key));
  if (known) {
    await store.delete(secret.key);
  }
  const done = known ? "removed from" : "there is none in";
  dialogs.tell(
    `${secret.title}: ${done} the editor's secret store.${precedence(secret, environment)}`,
  );
}

function precedence(secret: Secret, environment: NodeJS.ProcessEnv): string {
  return isGiven(secret, environment)
    ? ` The environment variable ${secret.variable} is set and is used instead.`
    : "";
}
