import type { HttpResponse } from "../../link/exchange.ts";
import { html, type Markup } from "./html.ts";

const STYLE: Markup = {
  markup: `body{font:1.05rem/1.5 system-ui,sans-serif;color:#1b1b1b;background:#fff;margin:0}
main{max-width:40rem;margin:2rem auto;padding:0 1rem}
table{border-collapse:collapse;width:100%}
th,td{text-align:left;padding:.5rem .25rem;border-bottom:1px solid #ccc}
td.amount,th.amount{text-align:right;white-space:nowrap}
.total{font-size:1.5rem;font-weight:600}
pre{white-space:pre-wrap;background:#f4f4f4;padding:1rem}
button{font:inherit;padding:.4rem 1rem}`,
};

/** A whole page of the merchant's site. It loads nothing and runs nothing: every byte it needs is in it. */
export function page(status: number, title: string, body: Markup): HttpResponse {
  const { markup } = html`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>${title}</h1>
${body}
</main>
</body>
</html>
`;
  return {
    status,
    headers: {
      "content-type": "text/html; charset=utf-8",
      "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'",
      "cache-control": "no-store",
    },
    body: markup,
  };
}

/** A page with one sentence for the user. */
export function sentencePage(status: number, title: string, sentence: string): HttpResponse {
  return page(status, title, html`<p>${sentence}</p>`);
}
