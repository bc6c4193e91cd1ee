import { PursebenchError, unreachable } from "../core/errors.ts";
import { CARD_KINDS, type SimulatedCardKind } from "./card-kinds.ts";
import { didYouMean } from "./nearest.ts";

/** Where a card, PSAM or terminal comes from: what follows `--card`, `--psam`, `--terminal` and in bench files. */
export type DeviceSpec =
  /** The harness's own; `card` names one of its card kinds. */
  | { readonly kind: "sim"; readonly card?: SimulatedCardKind | undefined }
  /** The test applet in a Java Card runtime, as a card in a slot of the bench's own virtual reader; `card` as of `sim`. */
  | { readonly kind: "javacard"; readonly card?: SimulatedCardKind | undefined }
  /** The harness's own, as a card in a slot of the bench's own virtual reader. */
  | { readonly kind: "reader" }
  /** A PC/SC reader by the name that `pursebench doctor` prints. */
  | { readonly kind: "pcsc"; readonly reader: string }
  /** Whatever speaks the vpcd protocol and connects to this TCP port. */
  | { readonly kind: "vpcd"; readonly port: number }
  /** A serial port, of a card with a Phoenix or Smartmouse interface at it; 9600 baud unless said otherwise. */
  | { readonly kind: "serial"; readonly path: string; readonly baud: number };

/** Whether the harness plays it and can have any kind of it, fresh whenever it likes: simulated, or in a Java Card runtime. */
export function isPlayed(spec: DeviceSpec): spec is Extract<DeviceSpec, { kind: "sim" | "javacard" }> {
  return spec.kind === "sim" || spec.kind === "javacard";
}

/** Whether it is a card of the harness's own in a slot of its own virtual reader. */
export function isOwnPsamCard(spec: DeviceSpec): spec is Extract<DeviceSpec, { kind: "reader" | "javacard" }> {
  return spec.kind === "reader" || spec.kind === "javacard";
}

export type DeviceRole = "card" | "psam" | "terminal";

const FORMS: Readonly<Record<DeviceRole, readonly string[]>> = {
  card: ["sim", "sim:KIND", "javacard", "javacard:KIND", "pcsc:READER NAME", "vpcd:PORT", "serial:PATH[@BAUD]"],
  psam: ["sim", "reader", "javacard", "pcsc:READER NAME", "vpcd:PORT"],
  terminal: ["sim", "serial:PATH[@BAUD]"],
};

/** bit/s of a line that says nothing else (`serial-line.md`). */
export const DEFAULT_BAUD = 9_600;

/** Reads a SPEC. Throws `USAGE` that says what was found and which forms `role` may have. */
export function parseSpec(text: string, role: DeviceRole): DeviceSpec {
  const colon = text.indexOf(":");
  const kind = colon < 0 ? text : text.slice(0, colon);
  const rest = colon < 0 ? undefined : text.slice(colon + 1);
  const kinds = FORMS[role].map((form) => form.split(":")[0] ?? form);
  if (!kinds.includes(kind)) throw bad(text, role, `"${kind}" is none of them${didYouMean(kind, kinds)}`);
  switch (kind) {
    case "sim":
    case "javacard":
      return parsePlayed(kind, text, role, rest);
    case "reader":
      if (rest !== undefined) throw bad(text, role, "the virtual reader has a slot for it: nothing follows");
      return { kind: "reader" };
    case "pcsc":
      if (!rest) throw bad(text, role, "the reader's name is missing");
      return { kind: "pcsc", reader: rest };
    case "vpcd":
      return { kind: "vpcd", port: parsePort(text, role, rest ?? "") };
    default:
      return parseSerial(text, role, rest ?? "");
  }
}

/** The SPEC that `parseSpec` reads as `spec`. */
export function specText(spec: DeviceSpec): string {
  switch (spec.kind) {
    case "sim":
    case "javacard":
      return spec.card === undefined ? spec.kind : `${spec.kind}:${spec.card}`;
    case "reader":
      return "reader";
    case "pcsc":
      return `pcsc:${spec.reader}`;
    case "vpcd":
      return `vpcd:${spec.port}`;
    case "serial":
      return `serial:${spec.path}@${spec.baud}`;
    default:
      return unreachable(spec);
  }
}

function parsePlayed(kind: "sim" | "javacard", text: string, role: DeviceRole, rest: string | undefined): DeviceSpec {
  if (rest === undefined) return { kind };
  const card = CARD_KINDS.find((each) => each === rest);
  if (role !== "card") throw bad(text, role, "only cards come in kinds");
  if (!card)
    throw bad(
      text,
      role,
      `"${rest}" is no kind of card${didYouMean(rest, CARD_KINDS)} (kinds: ${CARD_KINDS.join(", ")})`,
    );
  return { kind, card };
}

function parsePort(text: string, role: DeviceRole, digits: string): number {
  const port = /^\d{1,5}$/.test(digits) ? Number(digits) : 0;
  if (port < 1 || port > 65_535) throw bad(text, role, `"${digits}" is no port number from 1 to 65535`);
  return port;
}

function parseSerial(text: string, role: DeviceRole, rest: string): DeviceSpec {
  const [, path = "", digits] = /^(.*?)(?:@([^@/]*))?$/.exec(rest) ?? [];
  if (path === "") throw bad(text, role, "the path of the port is missing");
  if (digits !== undefined && !/^[1-9]\d{1,6}$/.test(digits)) throw bad(text, role, `"${digits}" is no baud rate`);
  return { kind: "serial", path, baud: digits === undefined ? DEFAULT_BAUD : Number(digits) };
}

function bad(text: string, role: DeviceRole, why: string): PursebenchError {
  const forms = FORMS[role].join(", ");
  return new PursebenchError("USAGE", `bad ${role} "${text}": ${why}`, { mend: `a ${role} is one of: ${forms}` });
}
