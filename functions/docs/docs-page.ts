/**
 * `/docs`: the API's description as Scalar draws it in the browser, and below it every error, to which the
 * `type` of a problem leads. Nothing is fetched from another host.
 * @module
 */
import { html, raw } from "hono/html";

/** Where the page's files are: Scalar is a static asset of the deployment, the other is made here. */
export const SCALAR_PATH = "/docs/scalar.js";
export const START_PATH = "/docs/start.js";

// Scalar writes its styles into the page, and marks in attributes: so styles may be in the page itself,
// scripts may not. Try-it asks this origin alone.
export const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

const STYLE = `
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { margin: 0; }
#errors { max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
code { font: 0.875rem/1.45 ui-monospace, monospace; }
table { border-collapse: collapse; }
td, th { padding: 0.2rem 0.8rem 0.2rem 0; text-align: left; vertical-align: top; }
tr:target { background: #fc06; }
`;

/** What the page runs: it draws the description, then shows the error that its address names. */
export const START = `
Scalar.createApiReference("#reference", {
  url: "/openapi.json",
  agent: { disabled: true },
  defaultOpenFirstTag: true,
  hideClientButton: true,
  mcp: { disabled: true },
  persistAuth: false,
  showDeveloperTools: "never",
  telemetry: false,
  withDefaultFonts: false,
  onLoaded: () => document.getElementById(location.hash.slice(1))?.scrollIntoView(),
});
`.trimStart();

/**
 * Writes the page.
 * @param problems the table of problems, by code
 */
export function renderDocs(problems: Record<string, { status: number; title: string }>) {
  return html`
    <!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>Perigee API</title>
        <style>${raw(STYLE)}</style>
      </head>
      <body>
        <div id="reference"></div>
        <main id="errors">
          <p>Machine-readable: <a href="/openapi.json">/openapi.json</a></p>
          <h2>Errors</h2>
          <table><tr><th>Code</th><th>Status</th><th>Meaning</th></tr>
    ${Object.entries(problems).map(([name, { status, title }]) =>
      html`
        <tr id="${name}">
          <td><code>${name}</code></td>
          <td>${status}</td>
          <td>${title}</td>
        </tr>
      `
    )}
          </table>
        </main>
        <script src="${SCALAR_PATH}"></script>
        <script src="${START_PATH}"></script>
      </body>
    </html>
  `;
}
