import { expect, test } from "vitest";
import type { Parts } from "../shared/state.ts";
import { LiveState } from "./live-state.ts";

const EMPTY = {
  devices: { pcsc: { kind: "asking" }, ports: [], lab: { kind: "down" } },
  choices: { benches: [], bench: "", pics: [], pixit: [], suites: [], cardKinds: [], otherRoles: [], version: "1" },
  run: null,
  exchange: null,
  prompt: null,
  result: null,
  history: [],
} as const satisfies Parts;

test("who comes back gets what is newer, the newest of each part, oldest first", () => {
  const state = new LiveState("abc", EMPTY);
  const before = state.since(undefined).at(-1)?.id;
  expect(before).toBe("abc-7");
  const port = (path: string) => ({ ...EMPTY.devices, ports: [{ path, name: "" }] });
  state.set("devices", port("/dev/ttyUSB0"));
  state.set("history", []);
  state.set("choices", { ...EMPTY.choices, version: "2" });
  state.set("devices", port("/dev/ttyUSB1"));
  expect(state.since(before).map(({ id, name }) => [id, name])).toEqual([
    ["abc-9", "choices"],
    ["abc-10", "devices"],
  ]);
  expect(state.since("abc-10")).toEqual([]);
  expect(state.since("xyz-10").length).toBe(7);
  expect(state.since("abc-x").length).toBe(7);
});

test("a listener hears changes only, and not after its undo", () => {
  const state = new LiveState("abc", EMPTY);
  let heard = 0;
  const undo = state.onChange(() => heard++);
  state.set("run", null);
  state.set("history", []);
  expect(heard).toBe(0);
  state.set("choices", { ...EMPTY.choices, version: "2" });
  undo();
  state.set("choices", { ...EMPTY.choices, version: "3" });
  expect(heard).toBe(1);
});
