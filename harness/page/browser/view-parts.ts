/** Pieces that several views have. */
import type { CaseView, CaseWord, Counts, LinkView } from "../shared/state.ts";
import { h, type View } from "./dom.ts";
import { counted, NAMES, SIGNS } from "./words.ts";

/** Sign and word of an outcome. */
export function badge(word: CaseWord | "none", text = NAMES[word]): View {
  return h(
    "span",
    { class: `badge w-${word}` },
    h("span", { "aria-hidden": "true", class: "sign" }, SIGNS[word]),
    text,
  );
}

export function countList(counts: Counts): View {
  return h(
    "ul",
    { class: "counts", "aria-label": "Cases by outcome" },
    ...counted(counts).map(([word, count]) => h("li", { key: word }, badge(word, `${count} ${NAMES[word]}`))),
  );
}

/** Cases without a pass: whose it is, and why. */
export function troubleList(troubles: readonly CaseView[]): View {
  return h(
    "ul",
    { class: "troubles" },
    ...troubles.map(({ id, purpose, word, owner, reason }) =>
      h(
        "li",
        { key: id },
        h("div", { class: "line" }, badge(word), h("strong", {}, id), h("span", { class: "owner" }, owner)),
        h("p", {}, purpose),
        h("p", { class: "reason" }, reason),
      ),
    ),
  );
}

/** Reports open in a tab of their own, so that the station stays. `of` says of which run, for who hears links alone. */
export function linkList(links: readonly LinkView[], of: string): View {
  return h(
    "ul",
    { class: "links" },
    ...links.map(({ label, href }) =>
      h(
        "li",
        { key: href },
        h(
          "a",
          { href, target: "_blank", rel: "noopener", class: "button quiet" },
          label,
          h("span", { class: "unseen" }, ` of ${of}, opens in a new tab`),
        ),
      ),
    ),
  );
}
