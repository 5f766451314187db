/** The smallest piece of a text that has to be replaced. Knows nothing of VS Code. */
export interface ChangedRange {
  /** Offsets into the old text, in UTF-16 code units; `end` is exclusive. */
  start: number;
  end: number;
  text: string;
}

/** What to replace in `before` to get `after`, so that cursors and folds elsewhere stay. */
export function changedRange(before: string, after: string): ChangedRange {
  const shorter = Math.min(before.length, after.length);
  let start = 0;
  while (start < shorter && before[start] === after[start]) {
    start++;
  }
  let tail = 0;
  while (
    tail < shorter - start &&
    before[before.length - 1 - tail] === after[after.length - 1 - tail]
  ) {
    tail++;
  }
  const end = before.length - tail;
  return { start, end, text: after.slice(start, after.length - tail) };
}

/** The text with line feeds alone, as far as two texts are compared. */
export function normalizeLineEnds(text: string): string {
  return text.replaceAll("\r\n", "\n");
}

/** True when the document still reads as it did when the proposal was made. */
export function isUnchanged(current: string, before: string): boolean {
  return normalizeLineEnds(current) === normalizeLineEnds(before);
}
