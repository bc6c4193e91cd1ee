import { expect, test } from "vitest";
import { goldenPlaces } from "./golden.ts";
import { loadBench } from "./load.ts";

const places = (which: string, overrides: Parameters<typeof loadBench>[1] = {}, isDue = false) =>
  goldenPlaces(loadBench(which, overrides).bench, isDue);

test("a bench without hardware has the harness's own where golden devices are due, and none elsewhere", () => {
  expect(places("inproc", { card: "sim:rsa" }, true)).toMatchObject({
    bench: { card: { kind: "sim" }, psam: { kind: "sim" } },
    devices: [
      { device: "card", spec: "sim" },
      { device: "psam", spec: "sim" },
    ],
    isSwapped: false,
  });
  expect(places("inproc", {}, true)?.bench.card).toEqual({ kind: "sim" });
  expect(places("inproc")).toBeUndefined();
  expect(places("usb-example", {}, true)).toBeUndefined();
});

test("those that are named take the places of the bench's own", () => {
  const found = places("virtual-lab", { card: "vpcd:35963", goldenCard: "vpcd:35964", goldenPsam: "javacard" });
  expect(found).toMatchObject({
    bench: { card: { kind: "vpcd", port: 35964 }, psam: { kind: "javacard" } },
    devices: [
      { device: "card", spec: "vpcd:35964" },
      { device: "psam", spec: "javacard" },
    ],
  });
  expect(found?.bench.terminals.every(({ psam }) => psam === undefined)).toBe(true);
});

test("a golden card for the same reader has to be changed by somebody; for the same port it cannot be", () => {
  const same = places("virtual-lab", { card: "pcsc:ACS", goldenCard: "pcsc:ACS" });
  expect(same).toMatchObject({ isSwapped: true, devices: [{ device: "card", spec: "pcsc:ACS" }] });
  expect(places("virtual-lab", { card: "pcsc:ACS", goldenCard: "pcsc:Other" })?.isSwapped).toBe(false);
  expect(() => places("virtual-lab", { card: "vpcd:35963", goldenCard: "vpcd:35963" })).toThrow(
    "would come where the card under test does",
  );
});
