/** The one page of the station; everything that changes on it is made in the browser. */
export const INDEX_PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>pursebench station</title>
<link rel="icon" href="/icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/station.css">
<script type="module" src="/app/browser/main.js"></script>
</head>
<body>
<div id="app"><p class="wait">Loading the station page…</p></div>
<noscript><p class="wait">This page needs JavaScript. Without it: <code>pursebench certify</code> at the command line.</p></noscript>
</body>
</html>
`;

export const ICON = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect x="2" y="6" width="28" height="20" rx="3" fill="#0b57a4"/><rect x="6" y="12" width="8" height="7" rx="1.5" fill="#f4d58a"/><path d="M18 22h9" stroke="#fff" stroke-width="2"/></svg>
`;
