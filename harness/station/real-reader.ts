/** Readers that are there already: PC/SC ones, and interfaces at serial ports. */
import type { DeviceSpec } from "../bench/spec.ts";
import { systemClock } from "../core/clock.ts";
import type { Deadline } from "../core/deadline.ts";
import type { CardReader } from "../device/contracts.ts";
import { openPhoenix } from "../device/serial/open-phoenix.ts";
import { serialReader } from "../link/serial-card/serial-reader.ts";
import type { StepIfd } from "../link/serial-card/t1-session.ts";
import { openPcscReader } from "./pcsc-reader.ts";

export type RealCardSpec = Extract<DeviceSpec, { kind: "pcsc" | "serial" }>;

/** Whether the card is in a reader that only a person can serve. */
export function isReal(spec: DeviceSpec): spec is RealCardSpec {
  return spec.kind === "pcsc" || spec.kind === "serial";
}

/** `stepIfd`: in place of the T=1 of a reader on a serial line, for seeded defects. */
export async function openRealReader(spec: RealCardSpec, deadline: Deadline, stepIfd?: StepIfd): Promise<CardReader> {
  if (spec.kind === "pcsc") return await openPcscReader(spec.reader, deadline);
  const port = await openPhoenix({ path: spec.path, baudRate: spec.baud }, deadline);
  return serialReader(port, systemClock, { baudRate: spec.baud, stepIfd });
}
