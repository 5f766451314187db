/** What a test file's name says. Knows nothing of VS Code. */

const PYTHON = /^(?:test_(?<after>.+)|(?<before>.+)_test)(?<suffix>\.py)$/;
const SCRIPT = /^(?<before>.+)[.-](?:test|spec)(?<suffix>\.[cm]?[jt]sx?)$/;

/** The source file that a test file is about: `a.py` of `test_a.py`, `a.ts` of `a.spec.ts`. */
export function subjectOf(path: string): string | undefined {
  const name = path.slice(path.lastIndexOf("/") + 1);
  const found = (PYTHON.exec(name) ?? SCRIPT.exec(name))?.groups;
  const stem = found?.after ?? found?.before;
  return stem && `${stem}${found?.suffix ?? ""}`;
}

/** `path` relative to `root`, with forward slashes; undefined if it lies elsewhere. */
export function relativeTo(root: string, path: string): string | undefined {
  const base = root.endsWith("/") ? root : `${root}/`;
  return path.startsWith(base) ? path.slice(base.length) : undefined;
}
