/** The style sheet of the report, for screens of 320 px upwards in light and dark, and for paper. */
export const STYLE = `
:root { color-scheme: light dark; --ink: #16191d; --soft: #56606b; --paper: #fff; --panel: #f4f6f8; --rule: #ccd3da; --link: #0b57a4;
  --pass: #0b6b36; --fail: #b3141c; --error: #7a2fa0; --inconc: #8a5300; --notApplicable: #56606b; --notRun: #56606b; --none: #56606b; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e9ec; --soft: #a3adb7; --paper: #14171a; --panel: #1d2125; --rule: #3a424a; --link: #7db7f2;
  --pass: #5fcf8d; --fail: #ff8a87; --error: #d5a3f0; --inconc: #f0b75e; --notApplicable: #a3adb7; --notRun: #a3adb7; --none: #a3adb7; } }
* { box-sizing: border-box; }
html { scroll-padding-top: 1rem; }
body { margin: 0 auto; max-width: 78rem; padding: 1.5rem 2rem 3rem; background: var(--paper); color: var(--ink);
  font: 15px/1.5 system-ui, "Segoe UI", "Liberation Sans", Arial, sans-serif; font-variant-numeric: tabular-nums; }
a { color: var(--link); }
a:focus-visible, input:focus-visible, .scroll:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
.skip { position: absolute; left: -99rem; } .skip:focus { left: 1rem; top: .5rem; background: var(--paper); padding: .3rem .6rem; }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
h1 { font-size: 2rem; line-height: 1.2; margin: 0; } h2 { font-size: 1.35rem; margin: 2.5rem 0 .6rem; border-bottom: 2px solid var(--ink); padding-bottom: .2rem; }
h3 { font-size: 1.08rem; margin: 1.8rem 0 .5rem; overflow-wrap: anywhere; } h3 .status { margin-left: .6rem; font-size: .9rem; }
.kind { margin: 0; color: var(--soft); letter-spacing: .04em; } .subject { margin: .2rem 0 0; font-size: 1.1rem; overflow-wrap: anywhere; }
nav { margin-top: 1.6rem; padding: .6rem 1.2rem; background: var(--panel); border-radius: 6px; } nav h2 { border: 0; margin: 0; font-size: 1.05rem; }
nav ol { list-style: none; padding: 0; margin: .3rem 0 0; columns: 22rem; } nav li { break-inside: avoid; margin: 0; } nav a { display: inline-block; padding: .2rem 0; } nav .clause { display: inline-block; min-width: 4.2rem; }
.verdict { margin: .6rem 0 1rem; padding: .7rem 1.4rem .8rem; border: 3px solid currentColor; border-left-width: 12px; border-radius: 6px; }
.verdict .word { display: flex; align-items: center; gap: .8rem; margin: 0; font-size: 2.6rem; line-height: 1.2; font-weight: 700; } .verdict .status-text { margin: .3rem 0 0; color: var(--ink); font-size: 1.08rem; }
.laboratory { display: flex; flex-wrap: wrap; align-items: center; gap: .6rem 1.4rem; margin-bottom: 1.2rem; padding-bottom: .9rem; border-bottom: 1px solid var(--rule); } .laboratory p { margin: 0; } .laboratory span { display: block; color: var(--soft); font-size: .9rem; }
.logo { max-height: 5rem; max-width: 14rem; background: #fff; padding: .2rem; }
.clause { color: var(--soft); font-weight: 400; margin-right: .35rem; } ul { padding-left: 1.3rem; } li { margin: .2rem 0; }
.status { display: inline-flex; gap: .35rem; align-items: baseline; font-weight: 600; white-space: nowrap; }
.mark { display: inline-block; min-width: 1em; text-align: center; font-weight: 700; }
.status .mark { border: 1.5px solid currentColor; border-radius: 3px; line-height: 1.15em; width: 1.3em; }
.s-pass { color: var(--pass); } .s-fail { color: var(--fail); } .s-error { color: var(--error); } .s-inconc { color: var(--inconc); }
.s-notApplicable { color: var(--notApplicable); } .s-notRun { color: var(--notRun); } .s-none { color: var(--none); }
.s-pass .mark { border-radius: 50%; } .s-inconc .mark { border-style: dashed; } .s-notApplicable .mark, .s-notRun .mark { border-color: transparent; }
.verdict .mark { border: 0; }
.reservations { margin-top: 1rem; padding: .2rem 1rem; border-left: 5px solid var(--inconc); background: var(--panel); }
.reservations h3 { margin-top: .6rem; }
table { width: 100%; border-collapse: collapse; margin: .6rem 0; } caption { text-align: left; color: var(--soft); padding: .2rem 0 .4rem; }
th, td { text-align: left; vertical-align: top; padding: .4rem .7rem .4rem 0; border-bottom: 1px solid var(--rule); overflow-wrap: break-word; }
thead th { border-bottom: 2px solid var(--rule); color: var(--soft); font-size: .88rem; font-weight: 600; }
tbody th { font-weight: 600; } .pairs th { width: 15rem; font-weight: 400; color: var(--soft); } .pairs td { overflow-wrap: anywhere; }
.summary { width: auto; } .summary th, .summary td { padding-right: 1.6rem; }
.number { text-align: right; white-space: nowrap; } .fixed { white-space: nowrap; } th.wide { white-space: nowrap; } .wide a { display: block; }
.because { display: block; color: var(--soft); font-size: .86rem; } .pairs code { overflow-wrap: anywhere; }
tr:target { background: var(--panel); }
.filter { display: flex; flex-wrap: wrap; gap: .2rem 1.1rem; border: 1px solid var(--rule); border-radius: 6px; margin: .8rem 0; padding: .3rem .9rem .5rem; }
.filter legend { color: var(--soft); font-size: .88rem; padding: 0 .3rem; } .filter label { display: inline-flex; align-items: center; gap: .35rem; min-height: 1.9rem; cursor: pointer; }
.matrix { width: auto; } .matrix th, .matrix td { padding-right: 1.4rem; } .matrix tbody th { font-weight: 400; } .matrix td { white-space: nowrap; } .matrix .because { white-space: normal; max-width: 15rem; }
.matrix a { text-decoration: none; } .matrix a:hover { text-decoration: underline; }
.legend { list-style: none; padding: 0; margin: 0 0 1.6rem; color: var(--soft); font-size: .88rem; } .legend .status { margin-right: .4rem; }
.scroll { overflow-x: auto; } figure { margin: 1rem 0; } figcaption { color: var(--soft); margin-bottom: .5rem; }
.exchanges { font-size: .9rem; } .exchanges dl { display: grid; grid-template-columns: max-content 1fr; gap: 0 .8rem; margin: .2rem 0; }
.exchanges dt { color: var(--soft); } .exchanges dd { margin: 0; overflow-wrap: anywhere; } .exchanges .name { font-weight: 600; overflow-wrap: anywhere; }
.exchanges td:last-child { width: 62%; min-width: 17rem; } .exchanges th { min-width: 3.2rem; } .roles { color: var(--soft); }
.exchanges .k-log .name, .exchanges .k-check .name, .exchanges .k-note .name, .exchanges .k-phase .name { font-weight: 400; }
.exchanges .k-fault td:last-child { border-left: 4px dashed var(--inconc); padding-left: .6rem; } .exchanges .k-phase { background: var(--panel); }
.exchanges .here > * { border-top: 2px solid var(--fail); border-bottom: 2px solid var(--fail); } .pointer { display: block; color: var(--fail); font-size: .8rem; }
code { font-family: ui-monospace, "Liberation Mono", Consolas, monospace; font-size: .9em; } .hex { display: block; color: var(--soft); font-size: .82em; overflow-wrap: anywhere; }
.sequence { display: block; height: auto; max-width: max(100%, 46rem); font: 11px system-ui, "Liberation Sans", Arial, sans-serif; }
.sequence text { fill: var(--ink); } .sequence .time { fill: var(--soft); font-size: 10.5px; } .sequence .role-name { font-weight: 600; }
.sequence .life { stroke: var(--rule); stroke-width: 1.5; } .sequence .role { fill: var(--panel); stroke: var(--soft); }
.sequence .arrow { stroke: var(--ink); stroke-width: 1.4; } .sequence .tip { fill: var(--ink); } .sequence .step { font-weight: 700; fill: var(--link); }
.sequence .label { paint-order: stroke; stroke: var(--paper); stroke-width: 4px; stroke-linejoin: round; }
.sequence .fault { fill: var(--paper); stroke: var(--inconc); stroke-width: 1.5; stroke-dasharray: 5 3; } .sequence .fault-text { fill: var(--inconc); font-weight: 600; }
.comparison td { width: 34%; overflow-wrap: anywhere; } .comparison td:last-child { width: auto; } .comparison .differs > * { border-top: 2px solid var(--fail); border-bottom: 2px solid var(--fail); }
.sequence .marked { fill: none; stroke: var(--fail); stroke-width: 1.8; } .sequence .marked-text { fill: var(--fail); font-weight: 700; font-size: 10px; }
.plot { display: block; height: auto; min-width: 40rem; max-width: 100%; font: 11px system-ui, "Liberation Sans", Arial, sans-serif; } .plot text { fill: var(--ink); } .plot .tick-label { fill: var(--soft); font-size: 10px; }
.plot .tick { stroke: var(--rule); stroke-width: 1; } .plot .base { stroke: var(--soft); stroke-width: 1; } .plot .bar { fill: var(--link); fill-opacity: .45; } .plot .median { stroke: var(--ink); stroke-width: 2; } .plot .p95, .plot .p99 { fill: var(--ink); }
.spreads { width: auto; } .spreads th, .spreads td { padding-right: 1.4rem; }
.blanks td { height: 2.6rem; border-bottom: 1px solid var(--ink); } footer { margin-top: 2.5rem; color: var(--soft); border-top: 1px solid var(--rule); }
@media screen and (max-width: 52rem) {
  body { padding: 1rem .9rem 2rem; } h1 { font-size: 1.6rem; } .verdict { font-size: 1.7rem; }
  .cards thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  .cards, .cards tbody, .cards tr, .cards th, .cards td { display: block; width: auto; }
  .cards caption { display: block; }
  .cards tr { border: 1px solid var(--rule); border-radius: 6px; margin: 0 0 .7rem; padding: .4rem .7rem; }
  .cards tbody th, .cards td { border: 0; padding: .1rem 0; display: grid; grid-template-columns: 6.4rem minmax(0, 1fr); gap: .5rem; text-align: left; white-space: normal; }
  .cards tbody th::before, .cards td::before { content: attr(data-title); color: var(--soft); font-weight: 400; font-size: .88rem; }
  .cards td > *, .cards th > * { grid-column: 2; justify-self: start; }
  .pairs th, .pairs td { display: block; width: auto; border: 0; padding: 0; } .pairs td { padding-bottom: .5rem; border-bottom: 1px solid var(--rule); margin-bottom: .4rem; }
  .summary td:last-child { font-size: .88rem; } .summary th, .summary td { padding-right: .7rem; }
}
@media print {
  :root { color-scheme: light; --ink: #000; --soft: #444; --paper: #fff; --panel: #f2f2f2; --rule: #bbb; --link: #000; --pass: #0b5a2e; --fail: #9c0f17;
    --error: #5d2380; --inconc: #6e4200; --notApplicable: #444; --notRun: #444; --none: #444; }
  @page { size: A4; margin: 16mm 14mm 18mm; @bottom-right { content: counter(page) " of " counter(pages); font: 9px sans-serif; } }
  body { max-width: none; padding: 0; font-size: 9.5pt; } .filter, .skip { display: none; } a { text-decoration: none; }
  h2, h3, caption, figcaption { break-after: avoid; } tr, .sequence, caption, .blanks, .reservations, .verdict, .plot, .comparison tr { break-inside: avoid; } thead { display: table-header-group; }
  tbody tr:first-child { break-before: avoid; } footer { margin-top: 0; border: 0; }
  .matrix { font-size: 7.5pt; } .matrix th, .matrix td { padding-right: .5rem; } .matrix .status { white-space: normal; }
  .new-page, nav { break-before: page; } nav { background: none; padding: 0; } nav ol { columns: 1; } .blanks td { height: 1.9rem; }
  h1 { font-size: 1.6rem; } .laboratory { margin-bottom: .6rem; padding-bottom: .4rem; } .laboratory span { display: inline; } .laboratory span + span::before { content: " · "; } .laboratory strong { display: block; }
  section[aria-labelledby="summary"] { font-size: 8.5pt; line-height: 1.35; } section[aria-labelledby="summary"] h2 { margin-top: .6rem; } section[aria-labelledby="summary"] :is(th, td) { padding-top: .16rem; padding-bottom: .16rem; }
  section[aria-labelledby="summary"] :is(p, ul) { margin: .3rem 0; } section[aria-labelledby="summary"] table { margin: .2rem 0; } section[aria-labelledby="summary"] .verdict { padding: .3rem 1rem .4rem; margin: .3rem 0 .5rem; } .verdict .word { font-size: 1.9rem; } .exchanges { font-size: 7.5pt; } .hex { font-size: 7pt; }
  .scroll { overflow: visible; } .sequence, .plot { min-width: 0; max-width: 100%; } .plot { max-width: 150mm; } .exchanges td:last-child { min-width: 0; }
}
`;
