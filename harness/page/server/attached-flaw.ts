import { existsSync } from "node:fs";
import { type DeviceSpec, specText } from "../../bench/spec.ts";
import type { DevicesView } from "../shared/state.ts";

export interface Flaw {
  readonly message: string;
  readonly mend?: string | undefined;
}

/** Why the device of `spec` cannot be used now, by what is attached; undefined when nothing speaks against it. */
export function attachedFlaw(spec: DeviceSpec, { pcsc }: DevicesView): Flaw | undefined {
  if (spec.kind === "serial" && !existsSync(spec.path)) {
    return { message: `There is no port ${spec.path}`, mend: "Plug it in, or choose another port." };
  }
  if (spec.kind !== "pcsc" || pcsc.kind === "asking") return undefined;
  if (pcsc.kind === "absent") return { message: `No reader can be used: ${pcsc.reason}`, mend: pcsc.mend };
  const wanted = spec.reader.toLowerCase();
  const exact = pcsc.readers.filter(({ name }) => name === spec.reader);
  const found = exact.length > 0 ? exact : pcsc.readers.filter(({ name }) => name.toLowerCase().includes(wanted));
  const [reader] = found;
  if (!reader) {
    const there = pcsc.readers.map(({ name }) => name).join("; ");
    return {
      message: `The reader “${spec.reader}” is not attached`,
      mend: there === "" ? "Plug it in." : `Plug it in, or choose one that is: ${there}.`,
    };
  }
  if (found.length > 1)
    return { message: `${specText(spec)} can mean several readers`, mend: "Choose one by its full name." };
  if (reader.slot === "empty") return { message: `${reader.name} is empty`, mend: "Insert the card." };
  if (reader.slot === "mute") {
    return {
      message: `The card in ${reader.name} does not answer`,
      mend: "Turn it round, clean it, or insert another one.",
    };
  }
  return undefined;
}
