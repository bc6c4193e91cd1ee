/** Where a device of the run is: one of those attached, one that the harness plays, or a place in words. */
import type { ChoicesView, DevicesView } from "../shared/state.ts";

export interface DeviceChoice {
  readonly spec: string;
  readonly label: string;
}

export type DeviceRole = "card" | "psam" | "terminal";

export const ROLE_NAMES: Readonly<Record<DeviceRole, string>> = {
  card: "Card",
  psam: "Security card (PSAM)",
  terminal: "Terminal",
};

export const SPEC_HINTS: Readonly<Record<DeviceRole, string>> = {
  card: "pcsc:READER NAME, serial:/dev/ttyUSB0@9600, vpcd:35963 or sim:KIND",
  psam: "pcsc:READER NAME, vpcd:35964, reader or javacard",
  terminal: "serial:/dev/ttyUSB0@9600",
};

/** What can be chosen without typing; the first one leaves it to the bench. */
export function deviceChoices(
  role: DeviceRole,
  { pcsc, ports }: DevicesView,
  choices: ChoicesView,
): readonly DeviceChoice[] {
  const readers = pcsc.kind === "readers" ? pcsc.readers : [];
  const inReaders = readers.map(({ name, slot }) => ({
    spec: `pcsc:${name}`,
    label: `${name}: ${slot === "card" ? "card inserted" : slot === "empty" ? "empty" : slot === "mute" ? "no answer" : "…"}`,
  }));
  const onPorts = ports.map(({ path, name }) => ({
    spec: `serial:${path}`,
    label: `${path}${name === "" ? "" : ` (${name})`}`,
  }));
  return [
    { spec: "", label: "As the bench says" },
    ...(role === "terminal" ? [] : inReaders),
    ...(role === "psam" ? [] : onPorts),
    { spec: "sim", label: "Played by the harness" },
    ...(role === "terminal" ? [] : [{ spec: "javacard", label: "Test applet in a Java Card runtime" }]),
    ...(role === "card"
      ? choices.cardKinds.map((kind) => ({ spec: `sim:${kind}`, label: `Simulated card: ${kind}` }))
      : []),
  ];
}
