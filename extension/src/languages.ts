/** The editor's names of the languages that Tenon writes. */
export const LANGUAGES = [
  "python",
  "javascript",
  "javascriptreact",
  "typescript",
  "typescriptreact",
] as const;
