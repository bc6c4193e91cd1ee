/**
 * The style sheet of the station page: from a telephone of 390 px to a screen on the wall, in light and dark. Everything that
 * can be pressed is at least 44 px high. Colours of words have a contrast of 4.5 and more on what they stand on.
 */
import { CONTROLS } from "./style-controls.ts";
import { VIEWS } from "./style-views.ts";

const BASE = `
:root { color-scheme: light dark; --ink: #14181d; --soft: #545f6b; --page: #eef1f4; --paper: #fff; --rule: #c3cbd3; --edge: #76828f; --accent: #0b57a4; --on-accent: #fff;
  --tint: #e3eefa; --pass: #0b6b36; --fail: #b3141c; --error: #6f2696; --inconc: #8a5300; --none: #46505a; --warn: #fff3d6; }
@media (prefers-color-scheme: dark) { :root { --ink: #e8ebee; --soft: #a9b3bd; --page: #0f1215; --paper: #1a1e22; --rule: #38414a; --edge: #7d8894; --accent: #8ec1f5; --on-accent: #0c1a28;
  --tint: #20303f; --pass: #5fcf8d; --fail: #ff938f; --error: #d9adf2; --inconc: #f0b75e; --none: #a9b3bd; --warn: #3a2f14; } }
* { box-sizing: border-box; }
html { scroll-padding: 1rem; }
body { margin: 0; background: var(--page); color: var(--ink); font: 1rem/1.45 system-ui, "Segoe UI", "Liberation Sans", Arial, sans-serif; font-variant-numeric: tabular-nums; }
h1, h2, h3, p, ul, dl, figure, fieldset { margin: 0; } ul { padding: 0; list-style: none; }
h1 { font-size: 1.15rem; } h2 { font-size: 1.45rem; line-height: 1.2; margin-bottom: .7rem; } h3 { font-size: 1rem; margin: 1.1rem 0 .4rem; color: var(--soft); }
h2:focus { outline: none; } h2:focus-visible { outline: 3px solid var(--accent); outline-offset: 4px; border-radius: 2px; }
:where(a, button, input, select, textarea, summary):focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
code { font-family: ui-monospace, "Liberation Mono", Consolas, monospace; font-size: .86em; }
.soft { color: var(--soft); } .unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.hex { display: block; overflow-wrap: anywhere; color: var(--soft); }
.wait { padding: 3rem 1.5rem; text-align: center; color: var(--soft); }
header { display: flex; flex-wrap: wrap; align-items: baseline; gap: .2rem .8rem; padding: .7rem 1.2rem; background: var(--paper); border-bottom: 1px solid var(--rule); }
.lamp { margin-left: auto; } .lamp::before { content: "●"; margin-right: .4rem; color: var(--soft); } .lamp.open::before { color: var(--pass); } .lamp.lost::before { color: var(--fail); content: "✖"; }
.lost { background: #8c1017; color: #fff; padding: .9rem 1.2rem; font-weight: 600; }
.layout { display: grid; grid-template-columns: minmax(0, 1fr); gap: 1rem; max-width: 100rem; margin: 0 auto; padding: 1rem; }
.work, .aside { display: grid; gap: 1rem; align-content: start; min-width: 0; }
.panel { background: var(--paper); border: 1px solid var(--rule); border-radius: 10px; padding: 1.1rem 1.2rem 1.3rem; min-width: 0; }
.notice { padding: .7rem .9rem; border-radius: 8px; background: var(--tint); } .notice.warn { background: var(--warn); border-left: 5px solid var(--inconc); } .notice p + p { margin-top: .4rem; }
.badge { display: inline-flex; gap: .35rem; align-items: baseline; font-weight: 650; white-space: nowrap; }
.w-pass { color: var(--pass); } .w-fail { color: var(--fail); } .w-error { color: var(--error); } .w-inconc { color: var(--inconc); } .w-none, .w-notApplicable, .w-notRun { color: var(--none); }
.line { display: flex; flex-wrap: wrap; align-items: center; gap: .3rem .8rem; }
@media (min-width: 62rem) { .layout:not(.locked) { grid-template-columns: minmax(0, 1.65fr) minmax(20rem, 1fr); } }
@media (max-width: 34rem) { .layout { padding: .6rem; gap: .7rem; } .panel { padding: .9rem .9rem 1.1rem; } }
@media (prefers-reduced-motion: no-preference) { .button, .choice { transition: background-color .12s, border-color .12s; } }
`;

export const STYLE = BASE + CONTROLS + VIEWS;
