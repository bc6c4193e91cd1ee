import { expect, test } from "vitest";
import { PursebenchError } from "../core/errors.ts";
import type { CardKind } from "../flows/system.ts";
import { CARD_KINDS, type SimulatedCardKind } from "./card-kinds.ts";
import { type DeviceRole, parseSpec, specText } from "./spec.ts";

test("the kinds of cards are those of the flows", () => {
  const there: readonly CardKind[] = CARD_KINDS;
  const back: (kind: CardKind) => SimulatedCardKind = (kind) => kind;
  expect(there.map(back)).toEqual(CARD_KINDS);
});

test.each<[string, DeviceRole, unknown]>([
  ["sim", "card", { kind: "sim" }],
  ["sim:poor", "card", { kind: "sim", card: "poor" }],
  ["pcsc:ACS ACR39U: ICC 00 00", "card", { kind: "pcsc", reader: "ACS ACR39U: ICC 00 00" }],
  ["vpcd:35963", "card", { kind: "vpcd", port: 35963 }],
  ["serial:/dev/ttyUSB0@16129", "card", { kind: "serial", path: "/dev/ttyUSB0", baud: 16129 }],
  ["serial:/dev/ttyUSB0", "terminal", { kind: "serial", path: "/dev/ttyUSB0", baud: 9600 }],
  ["serial:/dev/ttyUSB0@115200", "terminal", { kind: "serial", path: "/dev/ttyUSB0", baud: 115200 }],
  ["serial:/dev/a@b/port", "terminal", { kind: "serial", path: "/dev/a@b/port", baud: 9600 }],
])("reads %s for a %s", (text, role, expected) => {
  expect(parseSpec(text, role)).toEqual(expected);
});

test.each<[string, DeviceRole, RegExp]>([
  ["pscs:ACS", "card", /did you mean "pcsc"/],
  ["sim:por", "card", /did you mean "poor"/],
  ["sim:poor", "psam", /only cards come in kinds/],
  ["vpcd:70000", "card", /"70000" is no port/],
  ["vpcd", "card", /is no port/],
  ["pcsc:", "card", /name is missing/],
  ["serial:/dev/ttyUSB0", "psam", /"serial" is none of them/],
  ["serial:@9600", "terminal", /path of the port is missing/],
  ["serial:/dev/ttyS0@fast", "terminal", /no baud rate/],
  ["javacard:por", "card", /did you mean "poor"/],
  ["javacard", "terminal", /none of them/],
  ["", "card", /none of them/],
])("refuses %s for a %s and says why", (text, role, why) => {
  expect(() => parseSpec(text, role)).toThrow(why);
  expect(() => parseSpec(text, role)).toThrow(PursebenchError);
});

test("what is written is read back", () => {
  for (const text of ["sim", "sim:mute", "pcsc:A B", "vpcd:1"]) expect(specText(parseSpec(text, "card"))).toBe(text);
  expect(specText(parseSpec("serial:/dev/x", "terminal"))).toBe("serial:/dev/x@9600");
});
