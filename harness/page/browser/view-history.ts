import type { PastRun, VerifyView } from "../shared/state.ts";
import type { Actions } from "./actions.ts";
import { h, type View } from "./dom.ts";
import { badge, linkList } from "./view-parts.ts";
import { verifiedText } from "./view-result.ts";
import { counted, day, NAMES } from "./words.ts";

/** The runs that lie in the folder of this station, newest first. */
export function historyView(
  history: readonly PastRun[],
  running: string | undefined,
  verified: ReadonlyMap<string, VerifyView | "asking">,
  actions: Actions,
): View {
  const past = history.filter(({ id }) => id !== running);
  return h(
    "section",
    { key: "history", class: "panel", "aria-labelledby": "history-title" },
    h("h2", { id: "history-title" }, "Last results"),
    past.length === 0
      ? h("p", { class: "soft" }, "None yet. Every run is kept and appears here.")
      : h("ul", { class: "history" }, ...past.map((run) => pastView(run, verified.get(run.id), actions))),
  );
}

function pastView(
  { id, started, device, bench, mode, word, incomplete, counts, links }: PastRun,
  verified: VerifyView | "asking" | undefined,
  actions: Actions,
): View {
  const when = day(started);
  const shown = counts
    ? counted(counts)
        .map(([each, count]) => `${count} ${NAMES[each]}`)
        .join(", ")
    : "";
  return h(
    "li",
    { key: id },
    h(
      "div",
      { class: "line" },
      badge(
        incomplete && word === "pass" ? "none" : word,
        incomplete ? (word === "none" ? "broke off" : `${NAMES[word]}, stopped`) : NAMES[word],
      ),
      h("time", { datetime: started }, when),
    ),
    h("p", {}, h("strong", {}, device), h("span", { class: "soft" }, ` ${bench}, ${mode}`)),
    shown !== "" && h("p", { class: "soft" }, shown),
    h(
      "div",
      { class: "line" },
      linkList(links, `the run of ${when}`),
      h(
        "button",
        { type: "button", class: "button quiet", onclick: () => actions.verify(id) },
        "Verify",
        h("span", { class: "unseen" }, ` the run of ${when}`),
      ),
    ),
    verifiedText(verified),
  );
}
