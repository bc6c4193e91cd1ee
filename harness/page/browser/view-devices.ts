import type { DevicesView, ReaderView } from "../shared/state.ts";
import { type Child, h, type View } from "./dom.ts";
import { day } from "./words.ts";

/** What is attached to the machine of the station, as it changes. */
export function devicesView({ pcsc, ports, lab }: DevicesView): View {
  return h(
    "section",
    { key: "devices", class: "panel", "aria-labelledby": "devices-title" },
    h("h2", { id: "devices-title" }, "Attached devices"),
    h("h3", {}, "Card readers"),
    ...readers(pcsc),
    h("h3", {}, "Serial ports"),
    ports.length === 0
      ? h("p", { class: "soft" }, "None. A USB serial adapter appears here as soon as it is plugged in.")
      : h(
          "ul",
          { class: "devices" },
          ...ports.map(({ path, name }) =>
            h("li", { key: path }, h("strong", {}, path), name !== "" && h("span", { class: "soft" }, name)),
          ),
        ),
    h("h3", {}, "Virtual lab"),
    ...labLines(lab),
  );
}

function readers(pcsc: DevicesView["pcsc"]): readonly Child[] {
  if (pcsc.kind === "asking") return [h("p", { class: "soft" }, "Asking…")];
  if (pcsc.kind === "absent") {
    return [
      h(
        "div",
        { class: "notice warn" },
        h("p", {}, h("strong", {}, "No card reader can be used. "), pcsc.reason),
        h("p", {}, `To mend: ${pcsc.mend}`),
      ),
    ];
  }
  if (pcsc.readers.length === 0) {
    return [h("p", { class: "notice warn" }, "No card reader is attached. Plug one in: it appears here.")];
  }
  return [h("ul", { class: "devices" }, ...pcsc.readers.map(readerLine))];
}

const SLOTS = {
  card: "Card inserted",
  empty: "Empty",
  mute: "Card does not answer",
  unknown: "Not known yet",
} as const;

function readerLine({ name, slot, atr, inUse }: ReaderView): View {
  return h(
    "li",
    { key: name },
    h("strong", {}, name),
    h(
      "span",
      { class: `slot ${slot}` },
      h("span", { "aria-hidden": "true", class: "sign" }, slot === "card" ? "●" : slot === "mute" ? "✖" : "○"),
      `${SLOTS[slot]}${inUse ? ", in use" : ""}`,
    ),
    atr !== "" && h("code", { class: "hex" }, h("span", { class: "soft" }, "ATR "), groups(atr)),
  );
}

function labLines(lab: DevicesView["lab"]): readonly Child[] {
  if (lab.kind === "down") return [h("p", { class: "soft" }, "Down. A run on it raises one of its own.")];
  if (lab.kind === "crashed") {
    return [h("p", { class: "notice warn" }, "It has crashed, or is starting. To mend: pursebench lab up")];
  }
  return [
    h("p", { class: "soft" }, `Up since ${day(lab.since)}`),
    h(
      "ul",
      { class: "devices slots" },
      ...lab.slots.map(({ slot, reader, card }) =>
        h(
          "li",
          { key: reader },
          h("strong", {}, `Slot ${slot}`),
          h("span", { class: `slot ${card === "" ? "empty" : "card"}` }, card === "" ? "Empty" : card),
        ),
      ),
    ),
  ];
}

/** Hex in pairs of bytes, so that lines can break. */
export function groups(hex: string): string {
  return hex.replace(/(.{4})(?=.)/g, "$1 ");
}
