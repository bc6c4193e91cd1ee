import type { BoxView, PromptView } from "../shared/state.ts";
import type { Actions } from "./actions.ts";
import { h, type View } from "./dom.ts";
import { clock } from "./words.ts";

/** A step that needs a hand: what, where, how long. */
export function promptView(prompt: PromptView, nowMs: number, actions: Actions): View {
  const { id, text, place, untilMs, withinMs, picture } = prompt;
  const leftMs = Math.max(0, untilMs - nowMs);
  return h(
    "section",
    {
      key: `prompt ${id}`,
      class: "panel prompt",
      role: "alertdialog",
      "aria-labelledby": "prompt-title",
      "aria-describedby": "prompt-text",
    },
    h("h2", { id: "prompt-title", tabindex: "-1" }, "Your hand is needed"),
    h("p", { class: "text", id: "prompt-text" }, text),
    h(
      "div",
      { class: "countdown" },
      h("span", { role: "timer" }, `${clock(leftMs)} left`),
      h("progress", { max: withinMs, value: leftMs, "aria-label": "Time left" }),
    ),
    h(
      "div",
      { class: "answers" },
      h("button", { type: "button", class: "button primary", onclick: () => actions.answer(id, "done") }, "Done"),
      h("button", { type: "button", class: "button", onclick: () => actions.answer(id, "cannot") }, "Cannot be done"),
    ),
    h(
      "figure",
      { class: "bench" },
      h("figcaption", {}, `The bench ${picture.name}. Marked: ${place}`),
      h(
        "div",
        { class: "box pc" },
        h("span", { class: "box-name" }, "PC"),
        h("span", { class: "soft" }, `plays ${picture.pc.join(", ")}`),
      ),
      ...picture.boxes.map((box) => boxView(box, place)),
    ),
  );
}

function boxView({ kind, place, label, wire, holds }: BoxView, marked: string): View {
  const isHere = place === marked;
  return h(
    "div",
    { class: `hung${wire === undefined ? "" : " wired"}` },
    wire !== undefined && h("span", { class: "wire" }, wire),
    h(
      "div",
      { class: `box ${kind}${isHere ? " here" : ""}` },
      h("span", { class: "box-name" }, place),
      label !== place && h("span", { class: "soft" }, label),
      isHere && h("span", { class: "mark" }, "◀ here"),
      ...holds.map((box) => boxView(box, marked)),
    ),
  );
}
