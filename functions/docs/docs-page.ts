/**
 * The API's description as one page of plain HTML: no script, nothing fetched from elsewhere.
 * @module
 */
import { html, raw } from "hono/html";

type Schema = Record<string, unknown>;
interface Operation {
  summary?: string;
  security?: Record<string, unknown>[];
  parameters?: {
    name: string;
    in: string;
    required?: boolean;
    schema?: Schema;
    description?: string;
  }[];
  requestBody?: { content?: Record<string, { schema?: Schema }> };
  responses?: Record<
    string,
    { description: string; content?: Record<string, { schema?: Schema }> }
  >;
}
interface Document {
  info: { title: string; version: string; description?: string };
  paths?: Record<string, Record<string, Operation>>;
  components?: { schemas?: Record<string, unknown> };
}

const STYLE = `
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
code, pre { font: 0.875rem/1.45 ui-monospace, monospace; }
pre { overflow: auto; padding: 0.75rem; border: 1px solid #8886; border-radius: 6px; }
summary { cursor: pointer; padding: 0.35rem 0; }
summary b { display: inline-block; min-width: 4.5rem; text-transform: uppercase; }
table { border-collapse: collapse; } td, th { padding: 0.2rem 0.8rem 0.2rem 0; text-align: left; vertical-align: top; }
`;

/**
 * Writes the page.
 * @param document an OpenAPI document
 * @param problems the table of problems, by code
 */
export function renderDocs(
  document: object,
  problems: Record<string, { status: number; title: string }>,
) {
  const { info, paths = {}, components } = document as Document;
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation }))
  );
  return html`
    <!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>${info.title} API</title>
        <style>${raw(STYLE)}</style>
      </head>
      <body>
    <h1>${info.title} API <small>${info.version}</small></h1>
    <p>${info.description}</p>
    <p>Machine-readable: <a href="/openapi.json">/openapi.json</a></p>
    <h2>Operations</h2>
    ${operations.map(renderOperation)}
    <h2>Schemas</h2>
    ${Object.entries(components?.schemas ?? {}).map(([name, schema]) =>
      html`<details id="schema-${name}"><summary><code>${name}</code></summary>${
        code(schema)
      }</details>`
    )}
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
      </body>
    </html>
  `;
}

function renderOperation(
  { path, method, operation }: { path: string; method: string; operation: Operation },
) {
  const { summary, security = [], parameters = [], requestBody, responses = {} } = operation;
  const needs = security.flatMap((scheme) => Object.keys(scheme)).join(", ");
  const [body] = Object.values(requestBody?.content ?? {});
  return html`
    <details
      id="${method}${path}"><summary><b>${method}</b> <code>${path}</code> ${summary}</summary>
    ${needs && html`<p>Needs: ${needs}</p>`}
    ${parameters.length > 0 && html`<table>${
      parameters.map((p) =>
        html`
          <tr>
            <td><code>${p.name}</code></td>
            <td>${p.in}${p.required && ", required"}</td>
            <td>${p.description}</td>
            <td><code>${JSON.stringify(p.schema)}</code></td>
          </tr>
        `
      )
    }</table>`}
    ${body && html`<p>Body</p>${code(body.schema)}`}
    ${Object.entries(responses).map(([status, response]) => {
      const [content] = Object.values(response.content ?? {});
      return html`<p><code>${status}</code> ${response.description} ${
        content && named(content.schema)
      }</p>`;
    })}
    </details>
  `;
}

/** A schema by its name where it has one, else written out. */
function named(schema: Schema = {}) {
  const name = typeof schema.$ref === "string" ? schema.$ref.split("/").at(-1) : undefined;
  return name ? html`<a href="#schema-${name}"><code>${name}</code></a>` : code(schema);
}

const code = (value: unknown) => html`<pre>${JSON.stringify(value, null, 2)}</pre>`;
