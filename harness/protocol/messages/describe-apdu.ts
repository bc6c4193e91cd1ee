import { toHex } from "../../core/bytes.ts";
import type { LinkName } from "../../core/trace.ts";
import { describeStatusWord } from "../apdu/status-word.ts";
import { type Description, describeStructure } from "./describe-structure.ts";
import type { StructureName } from "./structures.ts";

/** A command of the card or PSAM edge: its name, and the structures of its data and of its answer. */
interface Command {
  readonly name: string;
  readonly data?: StructureName;
  readonly answer?: StructureName;
}

/** By INS, and INS and P1 where P1 tells commands apart (`card-edge.md` 5). */
const CARD_COMMANDS: ReadonlyMap<number, Command> = new Map<number, Command>([
  [0xa4, { name: "SELECT" }],
  [0x50, { name: "INITIALIZE IEP", answer: "INITRSP" }],
  [0x54, { name: "DEBIT IEP", data: "DEBITDATA", answer: "CARDRSP" }],
  [0x5a, { name: "GET PREVIOUS IEP SIGNATURE", answer: "CARDRSP" }],
  [0x5c, { name: "GET BALANCE", answer: "BALANCE" }],
  [0xb2, { name: "READ RECORD" }],
  [0xc0, { name: "GET RESPONSE" }],
]);

/** The same for the PSAM (`psam-edge.md` 4). */
const PSAM_COMMANDS: ReadonlyMap<number, Command> = new Map<number, Command>([
  [0xa4, { name: "SELECT" }],
  [0x72, { name: "PACKAGE: DEBIT", data: "PACKAGE", answer: "DEBITDATA" }],
  [0x74, { name: "PSAM COMPLETE", answer: "MSGRESULT" }],
  [0x8e, { name: "CANCEL" }],
  [0x8c, { name: "READ TOTALS", answer: "PSAMID" }],
]);

const PACKAGES: ReadonlyMap<number, Command> = new Map<number, Command>([
  [0x00, { name: "PACKAGE: ANSWER TO RESET" }],
  [0x01, { name: "PACKAGE: INITIALIZE IEP", data: "INITRSP", answer: "PSAMID" }],
]);

function commandOf(link: LinkName, apdu: Uint8Array): Command | undefined {
  const INS = apdu[1] ?? 0;
  if (link === "235") return CARD_COMMANDS.get(INS);
  return INS === 0x70 ? PACKAGES.get(apdu[2] ?? 0) : PSAM_COMMANDS.get(INS);
}

/** A command APDU in words, element by element. */
export function describeCommand(link: LinkName, apdu: Uint8Array): Description {
  const command = commandOf(link, apdu);
  const Lc = apdu.length > 5 ? (apdu[4] ?? 0) : 0;
  const data = apdu.subarray(5, 5 + Lc);
  return {
    command: command?.name ?? "unknown command",
    header: toHex(apdu.subarray(0, 4)),
    ...dataText(command?.data, data),
  };
}

/** A response APDU in words; without the command it answers the data stay hex. */
export function describeResponse(link: LinkName, apdu: Uint8Array, inReplyTo: Uint8Array | undefined): Description {
  if (apdu.length < 2) return { response: toHex(apdu) };
  const data = apdu.subarray(0, -2);
  const [high = 0, low = 0] = apdu.subarray(-2);
  const command = inReplyTo === undefined ? undefined : commandOf(link, inReplyTo);
  return {
    ...(command === undefined ? {} : { answers: command.name }),
    SW: describeStatusWord((high << 8) | low),
    ...dataText(command?.answer, data),
  };
}

function dataText(structure: StructureName | undefined, data: Uint8Array): Description {
  if (data.length === 0) return {};
  return structure === undefined ? { data: toHex(data) } : describeStructure(structure, data);
}
