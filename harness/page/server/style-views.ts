/** Run, prompt, verdict, devices, history. */
export const VIEWS = `
.subject { font-size: 1.05rem; font-weight: 600; overflow-wrap: anywhere; } .subject .soft { font-weight: 400; }
.big { display: flex; flex-wrap: wrap; align-items: baseline; gap: .2rem 1.4rem; margin-top: .6rem; } .done { font-size: clamp(2.4rem, 7vw, 4rem); font-weight: 700; line-height: 1.1; } .left { font-size: 1.2rem; color: var(--soft); }
progress { display: block; width: 100%; height: 1.1rem; margin: .5rem 0 .9rem; border: 0; border-radius: 6px; overflow: hidden; background: var(--rule); accent-color: var(--accent); }
progress::-webkit-progress-bar { background: var(--rule); } progress::-webkit-progress-value { background: var(--accent); } progress::-moz-progress-bar { background: var(--accent); }
.counts { display: flex; flex-wrap: wrap; gap: .3rem 1.3rem; font-size: 1.08rem; }
.now { min-height: 5.6rem; } .now p { overflow-wrap: anywhere; } .said { margin-top: .3rem; color: var(--soft); white-space: pre-line; }
.exchange { min-height: 10rem; } .exchange dl { display: grid; grid-template-columns: repeat(auto-fill, minmax(14rem, 1fr)); gap: 0 1.2rem; margin: .4rem 0; } .exchange dl > div { display: flex; gap: .6rem; min-width: 0; }
.exchange dt { color: var(--soft); flex: none; } .exchange dd { margin: 0; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; } .way { overflow-wrap: anywhere; }
.recent { display: flex; flex-wrap: wrap; gap: .2rem 1.6rem; } .recent li { display: flex; gap: .5rem; }
.troubles { display: grid; gap: .7rem; } .troubles li { border-left: 4px solid var(--rule); padding-left: .8rem; overflow-wrap: anywhere; } .troubles .reason { color: var(--soft); } .owner { color: var(--soft); }
.owner::before { content: "owner: "; }
.verdict { display: grid; place-content: center; justify-items: center; text-align: center; min-height: min(58vh, 34rem); padding: 1.5rem 1rem; border-radius: 10px 10px 0 0; }
.verdict + .panel { border-radius: 0 0 10px 10px; border-top: 0; } .verdict p { font-size: clamp(1.1rem, 2.2vw, 1.5rem); max-width: 34rem; }
.verdict .sign { font-size: clamp(4.5rem, 14vw, 10rem); line-height: 1; font-weight: 700; } .verdict h2 { margin: 0 0 .6rem; font-size: clamp(2.6rem, 10.5vw, 8rem); line-height: 1.05; text-transform: uppercase; letter-spacing: .01em; overflow-wrap: anywhere; }
.main.result { container-type: inline-size; } .v-inconc h2 { font-size: clamp(1.9rem, 10cqi, 7rem); }
.verdict h2:focus-visible { outline-color: currentColor; }
.v-pass { background: #0a6b35; color: #fff; } .v-fail { background: #b3141c; color: #fff; } .v-error { background: #6a2390; color: #fff; } .v-inconc { background: #ffb81c; color: #1c1400; } .v-none { background: #46505a; color: #fff; }
.verified { margin-top: .7rem; font-weight: 600; color: var(--pass); overflow-wrap: anywhere; } .verified:empty { margin: 0; } .verified.bad { color: var(--fail); }
.prompt { border: 4px solid var(--accent); } .prompt .text { font-size: clamp(1.4rem, 3.4vw, 2.1rem); line-height: 1.25; font-weight: 650; } .countdown { margin-top: .8rem; font-size: 1.2rem; font-weight: 600; }
.prompt .answers .button { min-height: 4rem; min-width: 11rem; font-size: 1.25rem; }
.bench { margin-top: 1.3rem; } figcaption { color: var(--soft); margin-bottom: .6rem; }
.box { display: flex; flex-wrap: wrap; align-items: baseline; gap: .1rem .8rem; border: 1.5px solid var(--edge); border-radius: 6px; padding: .6rem .8rem; background: var(--paper); min-width: 0; overflow-wrap: anywhere; }
.box-name { font-weight: 650; } .box > .hung { flex-basis: 100%; margin-top: .5rem; } .hung { margin-top: .6rem; } .hung.wired { margin-left: 1.6rem; padding-left: .9rem; border-left: 3px solid var(--edge); }
.wire { display: block; color: var(--soft); font-size: .9rem; } .box.slot, .box.psam { border-style: dashed; } .box.card { border-radius: 12px; }
.box.here { border: 4px solid var(--accent); background: var(--tint); } .mark { margin-left: auto; color: var(--accent); font-weight: 700; }
.devices, .history { display: grid; gap: .7rem; } .devices li { overflow-wrap: anywhere; } .devices strong, .devices .soft { display: block; font-weight: 600; } .devices .soft { font-weight: 400; }
.devices code .soft { display: inline; } .slot .sign { margin-right: .35rem; } .slot.card .sign { color: var(--pass); } .slot.mute { color: var(--fail); } .slot.empty, .slot.unknown { color: var(--soft); }
.history > li + li { border-top: 1px solid var(--rule); padding-top: .7rem; } .history p { overflow-wrap: anywhere; } .history .line + p { margin-top: .15rem; } .history > li > .line:last-of-type { margin-top: .4rem; } .history time { color: var(--soft); margin-left: auto; }
.devices.slots { gap: .1rem; } .devices.slots li { display: flex; gap: .8rem; } .devices.slots strong { flex: none; }
.history .links .button, .history .button { padding: .3rem .8rem; font-size: .95rem; }
@media (forced-colors: active) { .verdict { border: 4px solid; } .choice.chosen { outline: 2px solid; } }
`;
