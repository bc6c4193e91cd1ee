/** Buttons and fields. */
export const CONTROLS = `
.button { display: inline-flex; align-items: center; justify-content: center; min-height: 2.875rem; padding: .5rem 1.2rem; border: 2px solid var(--edge); border-radius: 8px; background: var(--paper);
  color: var(--ink); font: inherit; font-weight: 600; text-decoration: none; cursor: pointer; }
.button:hover { background: var(--tint); } .button:disabled { opacity: .55; cursor: default; }
.button.primary { background: var(--accent); border-color: var(--accent); color: var(--on-accent); } .button.primary:hover { filter: brightness(1.1); }
.button.danger { background: #a3121a; border-color: #a3121a; color: #fff; } .button.quiet { padding: .5rem .9rem; border-width: 1px; font-weight: 500; }
fieldset { border: 0; padding: 0; margin-top: 1.5rem; min-width: 0; } form > fieldset:first-child { margin-top: 0; } legend { padding: 0; font-size: 1.1rem; font-weight: 650; margin-bottom: .6rem; }
.field { margin-top: .9rem; } label { display: block; font-weight: 600; } label.small { margin-top: .7rem; font-weight: 500; }
.hint { color: var(--soft); font-size: .92rem; font-weight: 400; display: block; }
select, textarea, input[type=text], input[type=password], input[type=file] { width: 100%; min-height: 2.875rem; margin-top: .3rem; padding: .45rem .7rem; border: 1.5px solid var(--edge); border-radius: 8px;
  background: var(--paper); color: var(--ink); font: inherit; text-overflow: ellipsis; }
textarea { font-family: ui-monospace, "Liberation Mono", Consolas, monospace; font-size: .9rem; resize: vertical; }
input[type=file]::file-selector-button { font: inherit; min-height: 1.9rem; }
.wrong > select, .wrong > textarea, .wrong > input { border-color: var(--fail); border-width: 2px; }
.errors { color: var(--fail); font-weight: 550; overflow-wrap: anywhere; } .errors p { margin-top: .35rem; }
.choices { display: grid; grid-template-columns: repeat(auto-fill, minmax(12.5rem, 1fr)); gap: .6rem; } .choices.two { grid-template-columns: repeat(auto-fit, minmax(15rem, 1fr)); } .suites { margin-top: .8rem; }
.choice { display: flex; gap: .7rem; align-items: center; min-height: 3.4rem; padding: .45rem .8rem; border: 1.5px solid var(--rule); border-radius: 8px; cursor: pointer; }
.choice:hover { background: var(--tint); } .choice.chosen { border-color: var(--accent); background: var(--tint); box-shadow: inset 0 0 0 1px var(--accent); }
.choice:focus-within { outline: 3px solid var(--accent); outline-offset: 2px; } .choice input:focus-visible { outline: none; }
.choice input { width: 1.35rem; height: 1.35rem; flex: none; margin: 0; accent-color: var(--accent); } .choice-name { display: block; font-weight: 600; }
.choice .hint { font-size: .86rem; line-height: 1.25; }
details { margin-top: 1rem; } summary { min-height: 2.75rem; display: flex; align-items: center; gap: .5rem; cursor: pointer; color: var(--accent); font-weight: 550; }
summary::before { content: "▸"; } details[open] > summary::before { content: "▾"; }
.begin { position: sticky; bottom: 0; display: flex; flex-wrap: wrap; align-items: center; gap: .4rem 1.2rem; margin: 1.6rem -1.2rem -1.3rem; padding: .9rem 1.2rem; background: var(--paper); border-top: 1px solid var(--rule); border-radius: 0 0 10px 10px; }
.begin .errors { flex-basis: 100%; } .begin .button { min-height: 3.4rem; padding-inline: 2.2rem; font-size: 1.15rem; } .extent { color: var(--soft); }
.answers, .stop { display: flex; flex-wrap: wrap; gap: .7rem; align-items: center; margin-top: 1rem; } .stop > p { flex-basis: 100%; }
.links { display: flex; flex-wrap: wrap; gap: .5rem; } .entrance { max-width: 30rem; margin: 2rem auto; width: 100%; } .entrance form { margin-top: 1rem; } .entrance .button { margin-top: 1rem; width: 100%; }
@media (max-width: 34rem) { .choices { grid-template-columns: repeat(2, minmax(0, 1fr)); } .choices.two { grid-template-columns: 1fr; } .begin { position: static; margin: 1.4rem -.9rem -1.1rem; } .begin .button, .answers .button { flex: 1 1 100%; } }
`;
