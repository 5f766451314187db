/** The extension, as a webview sees it. */

interface VsCodeApi {
  postMessage(message: unknown): void;
  getState(): unknown;
  setState(state: unknown): void;
}

declare function acquireVsCodeApi(): VsCodeApi;

const api = acquireVsCodeApi();

/** Typed door to the extension: messages out and messages in. */
export interface Host<Out, In> {
  send(message: Out): void;
  onMessage(handler: (message: In) => void): void;
}

/** Open the door. */
export function connect<Out, In>(): Host<Out, In> {
  return {
    send: (message) => {
      api.postMessage(message);
    },
    onMessage: (handler) => {
      window.addEventListener("message", (event: MessageEvent<In>) => {
        handler(event.data);
      });
    },
  };
}

/** Keep a text for the next time this page is shown. */
export function keepDraft(draft: string): void {
  api.setState({ draft });
}

/** The text that was kept; empty if there is none. */
export function keptDraft(): string {
  const state = api.getState() as { draft?: string } | undefined;
  return state?.draft ?? "";
}

/** Send clicks on links to the extension; a webview itself never leaves its page. */
export function forwardLinks(open: (address: string) => void): void {
  document.addEventListener("click", (event) => {
    const link = event.target instanceof Element ? event.target.closest("a[href]") : null;
    if (link) {
      event.preventDefault();
      open(link.getAttribute("href") ?? "");
    }
  });
}
