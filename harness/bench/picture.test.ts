import { expect, test } from "vitest";
import { loadBench } from "./load.ts";
import { type BenchPicture, boxesOf, pictureOf } from "./picture.ts";
import { drawPicture } from "./picture-svg.ts";
import { textPicture } from "./picture-text.ts";
import type { Bench } from "./schema.ts";

const places = (picture: BenchPicture) => boxesOf(picture).map(({ place }) => place);

const usb = loadBench("usb-example").bench;
const WITH_CARDS: Bench = { ...usb, cardsAtHand: [{ kind: "expired", label: "card 7, red sticker" }] };

test("a bench of real devices: readers, slots, terminals, and the cards on the table", () => {
  const picture = pictureOf(WITH_CARDS);
  expect(places(picture)).toEqual([
    "reader",
    "slot 1",
    "reader of the PSAM of terminal 00000001",
    "PSAM of terminal 00000001",
    "terminal 00000002",
    "the table",
    "card expired",
  ]);
  expect(picture.pc).toEqual(["set-top box, head end", "servers", "1 terminal"]);
  expect(picture.boxes.map(({ wire }) => wire)).toEqual(["PC/SC", "PC/SC", "/dev/ttyUSB0 at 9600 baud", undefined]);
});

test("what has no device of its own is in the PC", () => {
  const inproc = pictureOf(loadBench("inproc").bench);
  expect(inproc.boxes).toEqual([]);
  expect(inproc.pc.at(-1)).toBe("card (simulated, specimen)");
});

test("the virtual lab: one reader with the card, and with the security cards that are cards there", () => {
  const { bench } = loadBench("virtual-lab", { card: "vpcd:35963", psam: "reader" });
  expect(places(pictureOf(bench)).slice(0, 3)).toEqual(["reader", "slot 1", "PSAM of terminal 00000001"]);
  expect(boxesOf(pictureOf(bench))[1]?.label).toBe("program at TCP port 35963");
});

test("a card interface at a serial port, beside the lab's reader for a security card", () => {
  const bench: Bench = { ...usb, card: { kind: "serial", path: "/dev/ttyUSB1", baud: 9600 }, psam: { kind: "reader" } };
  expect(pictureOf(bench).boxes.map(({ place, label }) => [place, label])).toEqual([
    ["reader", "card interface"],
    ["virtual reader", "virtual reader"],
    ["terminal 00000002", "with its own security card inside"],
  ]);
});

test("as text: the place that is meant has a double border and an arrow", () => {
  expect(textPicture(pictureOf({ ...WITH_CARDS, psam: { kind: "sim" } }), "slot 1")).toBe(`\
┌────────────────────────────────────────────────────────┐
│ PC, bench usb-example                                  │
│ set-top box, head end                                  │
│ servers                                                │
│ 1 terminal                                             │
└────────────────────────────────────────────────────────┘
  │ PC/SC
  │  ┌────────────────────────────────────────────────────────┐
  ├──┤ reader: ACS ACR39U ICC Reader 00 00                    │
  │  │ ╔════════════════════════════════════════════════════╗ │
  │  │ ║ slot 1: card under test                            ║ │ ◀ HERE
  │  │ ╚════════════════════════════════════════════════════╝ │
  │  └────────────────────────────────────────────────────────┘
  │ /dev/ttyUSB0 at 9600 baud
  │  ┌────────────────────────────────────────────────────────┐
  └──┤ terminal 00000002: with its own security card inside   │
     └────────────────────────────────────────────────────────┘

     ┌────────────────────────────────────────────────────────┐
     │ the table: cards at hand                               │
     │ ┌────────────────────────────────────────────────────┐ │
     │ │ card expired: card 7, red sticker                  │ │
     │ └────────────────────────────────────────────────────┘ │
     └────────────────────────────────────────────────────────┘
`);
});

test("as text: no line is wider than a terminal, whatever things are called", () => {
  const long = "x".repeat(300);
  const bench: Bench = { ...WITH_CARDS, name: long, card: { kind: "pcsc", reader: long } };
  const lines = textPicture(pictureOf(bench), "terminal 00000002").split("\n");
  expect(Math.max(...lines.map((line) => [...line].length))).toBeLessThanOrEqual(79);
  expect(lines.find((line) => line.includes("HERE"))).toContain("╢ terminal 00000002");
});

test("as SVG: the marked place says so in words too, and nothing of the bench's names is markup", () => {
  const hostile: Bench = { ...WITH_CARDS, card: { kind: "pcsc", reader: '<script>alert("1")</script> & co' } };
  const svg = drawPicture(pictureOf(hostile), "slot 1");
  expect(svg).toContain("<title>The bench usb-example; slot 1 is marked</title>");
  expect(svg).toContain("▶ slot 1: here");
  expect(svg).toContain('&lt;script&gt;alert("1")&lt;/script&gt; &amp; co');
  expect(svg).not.toContain("<script");
  expect(drawPicture(pictureOf(hostile), "nowhere")).toContain("<title>The bench usb-example</title>");
});
