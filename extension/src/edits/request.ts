import type { EditProposeParams } from "../protocol";

/** What a code action asks for; the document's text is added when it is sent. */
export type EditRequest = Pick<
  EditProposeParams,
  "kind" | "uri" | "startLine" | "endLine" | "diagnostic"
>;

/** Check the argument of `tenon.proposeEdit`; it comes from outside of this program. */
export function parseEditRequest(argument: unknown): EditRequest {
  const value = (argument ?? {}) as Record<string, unknown>;
  const { kind, uri, startLine, endLine, diagnostic } = value;
  if (
    (kind !== "fix" && kind !== "test") ||
    typeof uri !== "string" ||
    typeof startLine !== "number" ||
    typeof endLine !== "number"
  ) {
    throw new Error("Choose one of Tenon's code actions on a selection or a problem.");
  }
  return {
    kind,
    uri,
    startLine,
    endLine,
    diagnostic: typeof diagnostic === "string" ? diagnostic : null,
  };
}
