/** The style sheet of the trend page and of the page of a night: light and dark, screen and paper. */
export const TREND_STYLE = `
:root { color-scheme: light dark; --ink: #16191d; --soft: #56606b; --paper: #fff; --panel: #f4f6f8; --rule: #ccd3da; --link: #0b57a4;
  --expected: #0b6b36; --unexpected: #b3141c; --unclear: #8a5300; --error: #7a2fa0; --quiet: #56606b; --on: #fff; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e9ec; --soft: #a3adb7; --paper: #14171a; --panel: #1d2125; --rule: #3a424a; --link: #7db7f2;
  --expected: #5fcf8d; --unexpected: #ff8a87; --unclear: #f0b75e; --error: #d5a3f0; --quiet: #a3adb7; --on: #14171a; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 84rem; padding: 1.5rem 2rem 3rem; background: var(--paper); color: var(--ink);
  font: 15px/1.5 system-ui, "Segoe UI", "Liberation Sans", Arial, sans-serif; font-variant-numeric: tabular-nums; }
a { color: var(--link); } a:focus-visible, .scroll:focus-visible, summary:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
h1 { font-size: 1.8rem; line-height: 1.2; margin: 0; } h2 { font-size: 1.25rem; margin: 2.2rem 0 .5rem; border-bottom: 2px solid var(--ink); padding-bottom: .2rem; }
.soft, caption, figcaption { color: var(--soft); } p { margin: .4rem 0; max-width: 60rem; } figure { margin: .6rem 0; }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
.state { display: inline-flex; gap: .4rem; align-items: baseline; font-weight: 600; white-space: nowrap; }
.big { font-size: 1.9rem; border: 3px solid currentColor; border-radius: 6px; padding: .3rem 1.2rem; margin: .6rem 0; }
.t-expected { color: var(--expected); } .t-unexpected { color: var(--unexpected); } .t-unclear { color: var(--unclear); } .t-notRun, .t-interrupted { color: var(--quiet); }
table { border-collapse: collapse; width: 100%; margin: .5rem 0; } caption { text-align: left; padding: .1rem 0 .3rem; }
th, td { text-align: left; vertical-align: top; padding: .3rem .8rem .3rem 0; border-bottom: 1px solid var(--rule); overflow-wrap: break-word; }
thead th { color: var(--soft); font-size: .88rem; border-bottom-width: 2px; } .number { text-align: right; white-space: nowrap; } tbody th { font-weight: 600; }
.plain { width: auto; } .last { font-family: ui-monospace, "Liberation Mono", Consolas, monospace; white-space: nowrap; letter-spacing: .12em; }
.scroll { overflow-x: auto; } .newest { direction: rtl; } .newest > * { direction: ltr; }
.grid { width: auto; border-collapse: separate; border-spacing: 1px; } .grid th, .grid td { border: 0; padding: 0; }
.grid tbody th { position: sticky; left: 0; background: var(--paper); padding-right: .7rem; white-space: nowrap; font-size: .88rem; line-height: 1.2rem; }
.grid thead th { font-size: .58rem; font-weight: 400; text-align: center; white-space: nowrap; } .grid thead td { background: var(--paper); position: sticky; left: 0; } .grid .month { text-align: left; font-size: .76rem; border-left: 1px solid var(--rule); padding-left: .2rem; white-space: nowrap; overflow: hidden; max-width: 0; }
.grid td { width: .74rem; min-width: .74rem; height: 1.2rem; text-align: center; font-size: .68rem; line-height: 1.2rem; font-weight: 700; }
.grid .c-expected { background: var(--expected); color: var(--on); } .grid .c-unexpected { background: var(--unexpected); color: var(--on); } .grid .c-unclear { background: var(--unclear); color: var(--on); }
.grid .c-notRun, .grid .c-interrupted { background: var(--panel); color: var(--quiet); outline: 1px dashed var(--quiet); outline-offset: -1px; } .grid .c-none { background: var(--panel); }
.legend { list-style: none; display: flex; flex-wrap: wrap; gap: .2rem 1.4rem; padding: 0; margin: .4rem 0; font-size: .88rem; }
.swatch { display: inline-block; width: .9rem; height: .9rem; vertical-align: -.1rem; margin-right: .3rem; }
svg { display: block; width: 100%; min-width: 44rem; height: auto; font: 11px system-ui, "Liberation Sans", Arial, sans-serif; } svg text { fill: var(--soft); }
svg .axis { stroke: var(--rule); } .k-pass { fill: var(--expected); background: var(--expected); } .k-fail { fill: var(--unexpected); background: var(--unexpected); } .k-error { fill: var(--error); background: var(--error); }
.k-inconc { fill: var(--unclear); background: var(--unclear); } .k-notRun { fill: var(--rule); background: var(--rule); }
.out { border-left: 5px solid var(--unexpected); background: var(--panel); padding: .3rem 1rem; margin: .5rem 0; } details { margin: .4rem 0; } summary { cursor: pointer; color: var(--link); padding: .2rem 0; }
footer { margin-top: 2.5rem; padding-top: .4rem; border-top: 1px solid var(--rule); color: var(--soft); }
@media (max-width: 40rem) { body { padding: 1rem .9rem 2rem; } h1 { font-size: 1.4rem; } .big { font-size: 1.4rem; } }
@media print { :root { color-scheme: light; } @page { size: A4 landscape; margin: 12mm; } body { max-width: none; padding: 0; font-size: 8.5pt; } .scroll { overflow: visible; }
  h2, caption { break-after: avoid; } tr, svg { break-inside: avoid; } .grid td { print-color-adjust: exact; width: .6rem; min-width: .6rem; } svg { min-width: 0; } details > table { display: none; } }
`;
