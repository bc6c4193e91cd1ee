/** What is plugged into this machine, live: readers and their cards, serial ports, the virtual lab. */
import { LabWatch, type LabWatchState } from "./lab-watch.ts";
import { type PcscState, PcscWatch } from "./pcsc-watch.ts";
import { type AttachedPort, watchSerialPorts } from "./serial-ports.ts";

export type { LabSlot, LabWatchState } from "./lab-watch.ts";
export type { AttachedReader } from "./messages.ts";
export type { PcscState } from "./pcsc-watch.ts";
export type { AttachedPort } from "./serial-ports.ts";

export interface AttachedDevices {
  readonly pcsc: PcscState;
  readonly ports: readonly AttachedPort[];
  readonly lab: LabWatchState;
}

/** Nothing was looked at yet. */
export const NOTHING_ATTACHED: AttachedDevices = { pcsc: { kind: "asking" }, ports: [], lab: { kind: "down" } };

/** Calls `tell` now and with every change, until it is disposed. */
export function watchAttached(tell: (devices: AttachedDevices) => void): Disposable {
  let devices = NOTHING_ATTACHED;
  const change = (part: Partial<AttachedDevices>) => {
    devices = { ...devices, ...part };
    tell(devices);
  };
  const pcsc = new PcscWatch((state) => change({ pcsc: state }));
  const lab = new LabWatch((state) => change({ lab: state }));
  const unwatchPorts = watchSerialPorts((ports) => change({ ports }));
  return {
    [Symbol.dispose]() {
      pcsc[Symbol.dispose]();
      lab[Symbol.dispose]();
      unwatchPorts();
    },
  };
}
