import type { OpenAPIHono } from '@hono/zod-openapi';
import { html } from 'hono/html';

type Document = ReturnType<OpenAPIHono['getOpenAPI31Document']>;
type PathItem = NonNullable<Document['paths']>[string];

const methods = ['get', 'post', 'put', 'patch', 'delete'] as const;
const json = (value: unknown) => JSON.stringify(value, null, 2);

const style = html`<style>
  body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
  h2 { border-top: 1px solid #8886; padding-top: 1rem; }
  code { text-transform: uppercase; }
  pre { background: #8881; padding: 0.75rem; overflow-x: auto; font-size: 0.875rem; }
  :root { color-scheme: light dark; }
</style>`;

function operations(path: string, item: PathItem) {
  return methods.flatMap((method) => {
    const operation = item[method];
    if (!operation) return [];
    const { summary, description, parameters, requestBody, responses } = operation;
    return html`<h2><code>${method}</code> ${path}</h2>
      <p>${summary}</p>
      ${description ? html`<p>${description}</p>` : ''}
      ${parameters ? html`<h3>Parameters</h3><pre>${json(parameters)}</pre>` : ''}
      ${requestBody ? html`<h3>Body</h3><pre>${json(requestBody)}</pre>` : ''}
      <h3>Answers</h3>
      <pre>${json(responses)}</pre>`;
  });
}

/** The OpenAPI document as one page that loads nothing; the JSON document is the truth. */
export function documentPage(document: Document) {
  const paths = Object.entries(document.paths ?? {});
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width" />
        <title>${document.info.title}</title>
        ${style}
      </head>
      <body>
        <h1>${document.info.title}</h1>
        <p>${document.info.description}</p>
        <p><a href="openapi.json">openapi.json</a></p>
        ${paths.flatMap(([path, item]) => operations(path, item))}
        <h2>Schemas</h2>
        <pre>${json(document.components?.schemas ?? {})}</pre>
      </body>
    </html>`;
}
