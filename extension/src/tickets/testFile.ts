/** What a test file's name says. Knows nothing of VS Code. */

const TEST_FILE = /^(?:test_(?<after>.+)|(?<before>.+)_test)\.py$/;

/** The source file that a test file is about: `a.py` of `test_a.py` or `a_test.py`. */
export function subjectOf(path: string): string | undefined {
  const found = TEST_FILE.exec(path.slice(path.lastIndexOf("/") + 1));
  const stem = found?.groups?.after ?? found?.groups?.before;
  return stem && `${stem}.py`;
}

/** `path` relative to `root`, with forward slashes; undefined if it lies elsewhere. */
export function relativeTo(root: string, path: string): string | undefined {
  const base = root.endsWith("/") ? root : `${root}/`;
  return path.startsWith(base) ? path.slice(base.length) : undefined;
}
