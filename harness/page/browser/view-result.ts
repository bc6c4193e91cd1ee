import type { ResultView, VerifyView } from "../shared/state.ts";
import type { Actions } from "./actions.ts";
import { h, type View } from "./dom.ts";
import { countList, linkList, troubleList } from "./view-parts.ts";
import { duration, meaning, NAMES, SIGNS } from "./words.ts";

/** The verdict, to be seen across the room: colour, sign and word. */
export function resultView(
  result: ResultView,
  verified: VerifyView | "asking" | undefined,
  isStarting: boolean,
  actions: Actions,
): View {
  const { id, title, word, interrupted, waived, counts, durationMs, troubles, troubleCount, broken, links, form } =
    result;
  const shown = interrupted && (word === "pass" || word === "none") ? "none" : word;
  const name = interrupted && shown === "none" ? "stopped" : NAMES[shown];
  return h(
    "section",
    { key: "result", class: "main result", "aria-labelledby": "main-title" },
    h(
      "div",
      { class: `verdict v-${shown}` },
      h("span", { class: "sign", "aria-hidden": "true" }, SIGNS[shown]),
      h("h2", { id: "main-title", tabindex: "-1" }, name),
      h("p", {}, broken ? "The run could not be carried out." : meaning(word, interrupted)),
      waived && h("p", {}, "Every failure is accepted by a waiver."),
    ),
    h(
      "div",
      { class: "panel" },
      h("p", { class: "subject" }, title, h("span", { class: "soft" }, `, ${duration(durationMs)}`)),
      countList(counts),
      broken &&
        h(
          "div",
          { class: "notice warn" },
          h("p", {}, broken.message),
          broken.mend !== undefined && h("p", {}, `To mend: ${broken.mend}`),
        ),
      h(
        "div",
        { class: "answers" },
        h(
          "button",
          { key: "new", type: "button", class: "button primary", onclick: () => actions.closeResult(id) },
          "New run",
        ),
        h(
          "button",
          { key: "again", type: "button", class: "button", disabled: isStarting, onclick: () => actions.start(form) },
          "Run this again",
        ),
        h(
          "button",
          { key: "verify", type: "button", class: "button", onclick: () => actions.verify(id) },
          "Check the evidence",
        ),
      ),
      verifiedText(verified),
      links.length > 0 && h("div", { key: "reports" }, h("h3", {}, "Reports"), linkList(links, "this run")),
      troubles.length > 0 &&
        h(
          "div",
          { key: "troubles" },
          h(
            "h3",
            {},
            troubleCount > troubles.length
              ? `Without a pass: the first ${troubles.length} of ${troubleCount}`
              : "Without a pass",
          ),
          troubleList(troubles),
        ),
    ),
  );
}

/** What came of the look at the evidence. */
export function verifiedText(verified: VerifyView | "asking" | undefined): View {
  const text = verified === undefined ? "" : verified === "asking" ? "Checking…" : verified.text;
  const isBad = typeof verified === "object" && !verified.ok;
  const sign = typeof verified === "object" ? (verified.ok ? "✔ " : "✖ ") : "";
  return h("p", { role: "status", class: isBad ? "verified bad" : "verified" }, text === "" ? "" : `${sign}${text}`);
}
