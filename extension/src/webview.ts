import { randomBytes } from "node:crypto";
import * as vscode from "vscode";

/** What every webview may load: its own bundle and nothing else. */
export function webviewOptions(extensionUri: vscode.Uri): vscode.WebviewOptions {
  return { enableScripts: true, localResourceRoots: [bundles(extensionUri)] };
}

/** The page of a webview: an empty body, the bundle, and a policy that forbids the rest. */
export function webviewHtml(
  webview: vscode.Webview,
  extensionUri: vscode.Uri,
  name: "chat" | "spec",
  title: string,
): string {
  const nonce = randomBytes(16).toString("base64");
  const address = (file: string) =>
    webview.asWebviewUri(vscode.Uri.joinPath(bundles(extensionUri), file)).toString();
  const policy = [
    "default-src 'none'",
    `style-src ${webview.cspSource}`,
    `script-src 'nonce-${nonce}'`,
  ].join("; ");
  return `<!DOCTYPE html>
<html lang="en">
<head>
  <meta charset="UTF-8">
  <meta http-equiv="Content-Security-Policy" content="${policy}">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <title>${title}</title>
  <link rel="stylesheet" href="${address(`${name}.css`)}">
</head>
<body>
  <div id="app"></div>
  <script nonce="${nonce}" src="${address(`${name}.js`)}"></script>
</body>
</html>`;
}

/** Open a link of a webview outside of it; only the web may be reached so. */
export async function openLink(address: string): Promise<void> {
  const uri = vscode.Uri.parse(address);
  if (uri.scheme === "https" || uri.scheme === "http") {
    await vscode.env.openExternal(uri);
  }
}

function bundles(extensionUri: vscode.Uri): vscode.Uri {
  return vscode.Uri.joinPath(extensionUri, "out", "webviews");
}
