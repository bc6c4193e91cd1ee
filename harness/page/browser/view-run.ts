import type { ExchangeView, RunView } from "../shared/state.ts";
import type { Actions } from "./actions.ts";
import { h, type View } from "./dom.ts";
import { groups } from "./view-devices.ts";
import { badge, countList, troubleList } from "./view-parts.ts";
import { duration } from "./words.ts";

/** The run that is under way. */
export function runView(run: RunView, exchange: ExchangeView | null, isStopAsked: boolean, actions: Actions): View {
  const { title, phase, total, done, leftMs, current, counts, recent, troubles, said, stopping } = run;
  const left =
    leftMs === undefined || phase !== "running"
      ? ""
      : leftMs < 1_000
        ? "nearly done"
        : `about ${duration(leftMs)} left`;
  const heading = stopping
    ? "Stopping"
    : phase === "closing"
      ? "Closing"
      : phase === "starting"
        ? "Starting"
        : "Running";
  return h(
    "section",
    { key: "run", class: "panel main running", "aria-labelledby": "main-title" },
    h("h2", { id: "main-title", tabindex: "-1" }, heading),
    h("p", { class: "subject" }, title),
    h("div", { class: "big" }, h("span", { class: "done" }, `${done} of ${total}`), h("span", { class: "left" }, left)),
    h("progress", { max: Math.max(1, total), value: done, "aria-label": "Cases done" }),
    countList(counts),
    h(
      "div",
      { class: "now" },
      h("h3", {}, "This case"),
      current
        ? h("p", {}, h("strong", {}, current.id), ` ${current.purpose}`)
        : h(
            "p",
            { class: "soft" },
            phase === "starting"
              ? "The bench is being raised."
              : phase === "closing"
                ? "Evidence is closed, reports are made."
                : "…",
          ),
      said !== "" && h("p", { class: "said" }, said),
    ),
    exchangeView(exchange),
    stopButtons(stopping, isStopAsked, actions),
    troubles.length > 0 && h("div", { key: "troubles" }, h("h3", {}, "Without a pass so far"), troubleList(troubles)),
    recent.length > 0 &&
      h(
        "div",
        { key: "recent" },
        h("h3", {}, "Just done"),
        h(
          "ul",
          { class: "recent" },
          ...recent.map(({ id, word }) => h("li", { key: id }, badge(word), h("span", {}, id))),
        ),
      ),
  );
}

function exchangeView(exchange: ExchangeView | null): View {
  if (!exchange)
    return h("div", { class: "exchange" }, h("h3", {}, "On the wire"), h("p", { class: "soft" }, "Nothing yet."));
  const { link, from, to, name, step, elements, hex, length, count } = exchange;
  const more = length > hex.length / 2 ? "…" : "";
  return h(
    "div",
    { class: "exchange" },
    h("h3", {}, "On the wire"),
    h(
      "p",
      { class: "way" },
      h("strong", {}, name),
      ` ${from} → ${to}`,
      h(
        "span",
        { class: "soft" },
        ` link ${link}${step === "" ? "" : `, step ${step}`}, ${length} bytes, message ${count}`,
      ),
    ),
    h("dl", {}, ...elements.slice(0, 8).map(([key, value]) => h("div", {}, h("dt", {}, key), h("dd", {}, value)))),
    h("code", { class: "hex" }, `${groups(hex)}${more}`),
  );
}

function stopButtons(isStopping: boolean, isAsked: boolean, actions: Actions): View {
  if (isStopping) {
    return h("div", { class: "stop" }, h("p", {}, "The run is being stopped in good order. What was done is kept."));
  }
  if (!isAsked) {
    return h(
      "div",
      { class: "stop" },
      h(
        "button",
        { key: "ask", type: "button", class: "button", onclick: () => actions.askStop(true) },
        "Stop the run…",
      ),
    );
  }
  return h(
    "div",
    { class: "stop", role: "group", "aria-label": "Stop the run?" },
    h("p", {}, "Stop now? What was done is kept, the rest is not run."),
    h("button", { key: "stop", type: "button", class: "button danger", onclick: () => actions.stop() }, "Stop now"),
    h("button", { key: "on", type: "button", class: "button", onclick: () => actions.askStop(false) }, "Go on"),
  );
}
