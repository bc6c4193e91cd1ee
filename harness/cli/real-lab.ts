/** The virtual lab as the command shows it. */
import { systemClock } from "../core/clock.ts";
import { deadlineIn } from "../core/deadline.ts";
import { unreachable } from "../core/errors.ts";
import type { SlotReport } from "../lab/control/messages.ts";
import type { LabState } from "../lab/state-file.ts";
import type { LabPort } from "./ports.ts";

/** Raising the lab: pcscd, two pseudo terminals, five readers. */
const LAB_MS = 30_000;

const lab = () => import("../lab/lab.ts");
const deadline = () => deadlineIn(systemClock, LAB_MS);
const named = (name: string | undefined) => (name === undefined ? {} : { name });

export const realLab: LabPort = {
  async up(name) {
    const { labDaemonScript } = await import("../station/lab-script.ts");
    const options = { ...named(name), daemonScript: labDaemonScript() };
    const { state, wasRunning } = await (await lab()).labUp(deadline(), options);
    const head = wasRunning ? "The virtual lab was up already." : "The virtual lab is up.";
    return { data: { lab: wasRunning ? "was up already" : "up", ...state }, lines: [head, ...whereabouts(state)] };
  },
  async down(name) {
    const was = await (await lab()).labDown(deadline(), named(name));
    const words = was ? "The virtual lab is down." : "There was no virtual lab to take down.";
    return { data: { lab: was ? "down" : "was not up" }, lines: [words] };
  },
  async status(name) {
    const status = await (await lab()).labStatus(deadline(), named(name));
    return { data: status, lines: statusLines(status) };
  },
  async insert(name, slot, { kind, ...more }) {
    await using control = await (await lab()).labControl(deadline(), named(name));
    const report = await control.insert(slot, { kind: String(kind), ...more }, deadline());
    return { data: report, lines: [slotLine(report)] };
  },
  async remove(name, slot) {
    await using control = await (await lab()).labControl(deadline(), named(name));
    await control.remove(slot, deadline());
    return { data: { slot, card: "removed" }, lines: [`Slot ${slot} is empty.`] };
  },
};

function statusLines(status: Awaited<ReturnType<typeof import("../lab/lab.ts")["labStatus"]>>): readonly string[] {
  switch (status.kind) {
    case "down":
      return ["The virtual lab is down."];
    case "crashed":
      return ["The virtual lab has crashed; `pursebench lab up` or `down` cleans up after it."];
    case "up":
      return ["The virtual lab is up.", ...whereabouts(status.state), ...status.slots.map(slotLine)];
    default:
      return unreachable(status);
  }
}

function whereabouts(state: LabState): readonly string[] {
  return [
    `PC/SC:         PCSCLITE_CSOCK_NAME=${state.pcscSocket}`,
    `terminal line: ${state.terminal}`,
    `since:         ${state.startedAt}, process ${state.daemon.pid}`,
  ];
}

function slotLine({ slot, reader, kind, details, icc }: SlotReport): string {
  const more = Object.entries(details ?? {}).map(([name, value]) => `${name} ${value}`);
  const who = kind === undefined ? "empty" : [kind, ...more].join(", ");
  return `slot ${slot}:        ${reader}: ${who}${icc === "absent" && kind !== undefined ? " (no card yet)" : ""}`;
}
