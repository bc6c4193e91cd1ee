/** The page as a whole. */
import type { Actions } from "./actions.ts";
import type { Said } from "./announce.ts";
import { h, type View } from "./dom.ts";
import { type Model, viewOf } from "./model.ts";
import { devicesView } from "./view-devices.ts";
import { entranceView } from "./view-entrance.ts";
import { formView } from "./view-form.ts";
import { historyView } from "./view-history.ts";
import { promptView } from "./view-prompt.ts";
import { resultView } from "./view-result.ts";
import { runView } from "./view-run.ts";
import { NAMES, SIGNS } from "./words.ts";

export function pageView(model: Model, said: Said, nowMs: number, actions: Actions): readonly View[] {
  return [
    header(model),
    h(
      "div",
      { key: "connection", role: "alert" },
      model.connection === "lost" &&
        h(
          "p",
          { class: "lost" },
          "The station does not answer. This page tries again by itself; a run that is under way goes on without it.",
        ),
    ),
    h("main", { key: "main", class: `layout ${viewOf(model)}` }, ...content(model, nowMs, actions)),
    h("div", { key: "said", class: "unseen", role: "status", "aria-live": "polite" }, said.progress),
    h("div", { key: "verdict", class: "unseen", role: "alert", "aria-live": "assertive" }, said.verdict),
  ];
}

function header({ parts, connection }: Model): View {
  const lamp = connection === "open" ? "Connected" : connection === "lost" ? "Not connected" : "Connecting";
  return h(
    "header",
    { key: "header" },
    h("h1", {}, "pursebench station"),
    parts !== undefined && h("span", { class: "soft version" }, parts.choices.version),
    h("span", { class: `lamp ${connection}` }, lamp),
  );
}

function content(model: Model, nowMs: number, actions: Actions): readonly View[] {
  const { parts, verified, isStopAsked, isStarting, lockMessage, aheadMs } = model;
  if (model.isLocked) return [entranceView(lockMessage, actions)];
  if (!parts) return [h("p", { key: "wait", class: "wait" }, "Waiting for the station…")];
  const { run, exchange, prompt, result, devices, choices, history } = parts;
  // Of the result that is shown large, it is said there.
  const said = new Map([...verified].filter(([id]) => viewOf(model) !== "result" || id !== result?.id));
  const main = run
    ? runView(run, exchange, isStopAsked, actions)
    : viewOf(model) === "result" && result
      ? resultView(result, verified.get(result.id), isStarting, actions)
      : formView(model, choices, devices, actions);
  return [
    h("div", { key: "work", class: "work" }, ...(prompt ? [promptView(prompt, nowMs + aheadMs, actions)] : []), main),
    h("div", { key: "aside", class: "aside" }, devicesView(devices), historyView(history, run?.id, said, actions)),
  ];
}

/** Of the tab, so that a look at it is enough. */
export function titleOf(model: Model): string {
  const { parts } = model;
  if (parts?.prompt) return "✋ Your hand is needed – pursebench";
  if (parts?.run) return `${parts.run.done}/${parts.run.total} running – pursebench`;
  if (parts?.result && viewOf(model) === "result") {
    return `${SIGNS[parts.result.word]} ${NAMES[parts.result.word]} – pursebench`;
  }
  return "pursebench station";
}
