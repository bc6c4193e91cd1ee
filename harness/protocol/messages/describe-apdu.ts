import { toHex } from "../../core/bytes.ts";
import type { LinkName } from "../../core/trace.ts";
import { describeStatusWord } from "../apdu/status-word.ts";
import { type DataName, describeData } from "./describe-data.ts";
import type { Description } from "./describe-structure.ts";

/** A command of the card or PSAM edge: its name, and what its data and its answer hold. */
interface Command {
  readonly name: string;
  readonly data?: DataName;
  readonly answer?: DataName;
}

/** What tells a command: its INS in hex, with P1 and P2 where those tell commands apart. */
type Key = string;

/** The commands of the card (`card-edge.md` 5). */
const CARD_COMMANDS: ReadonlyMap<Key, Command> = new Map<Key, Command>([
  ["A4", { name: "SELECT" }],
  ["5000", { name: "INITIALIZE IEP FOR LOAD", data: "LOADINIT", answer: "LOADRSP" }],
  ["50", { name: "INITIALIZE IEP", answer: "INITRSP" }],
  ["52", { name: "CREDIT IEP", data: "LOADDATA", answer: "CARDRSP" }],
  ["5800", { name: "PRESENT CERTIFICATE", data: "CERTIFICATE" }],
  ["5801", { name: "PRESENT SESSION KEY", data: "SESSKEY" }],
  ["54", { name: "DEBIT IEP", data: "DEBITDATA", answer: "CARDRSP" }],
  ["5A", { name: "GET PREVIOUS IEP SIGNATURE", answer: "CARDRSP" }],
  ["5C", { name: "GET BALANCE", answer: "BALANCE" }],
  ["5E", { name: "PERSONALISE", data: "PERSODATA" }],
  ["B2010C", { name: "READ RECORD", answer: "CARDINFO" }],
  ["B20114", { name: "READ RECORD", answer: "CERTIFICATE" }],
  ["B20214", { name: "READ RECORD", answer: "CERTIFICATE" }],
  ["B2", { name: "READ RECORD" }],
  ["C0", { name: "GET RESPONSE" }],
]);

/** The same for the PSAM (`psam-edge.md` 4). */
const PSAM_COMMANDS: ReadonlyMap<Key, Command> = new Map<Key, Command>([
  ["A4", { name: "SELECT" }],
  ["7000", { name: "PACKAGE: ANSWER TO RESET" }],
  ["7001", { name: "PACKAGE: INITIALIZE IEP", data: "INITRSP", answer: "PSAMID" }],
  ["7002", { name: "PACKAGE: ISSUER CERTIFICATE", data: "CERTIFICATE" }],
  ["7003", { name: "PACKAGE: CARD CERTIFICATE", data: "CERTIFICATE" }],
  ["7201", { name: "PACKAGE: DEBIT, issued at once", data: "PACKAGE", answer: "ISSUED" }],
  ["72", { name: "PACKAGE: DEBIT", data: "PACKAGE", answer: "DEBITDATA" }],
  ["74", { name: "PSAM COMPLETE", answer: "MSGRESULT" }],
  ["7800", { name: "READ CERTIFICATE", answer: "CERTIFICATE" }],
  ["7801", { name: "READ SESSION KEY", answer: "SESSKEY" }],
  ["76", { name: "COLLECT", data: "COLLECT", answer: "COLLECTED" }],
  ["7A", { name: "END OF COLLECTION", data: "ACKNOWLEDGED" }],
  ["82", { name: "UPDATE PSAM", data: "UPDATE" }],
  ["8E", { name: "CANCEL" }],
  ["8C", { name: "READ TOTALS", answer: "PSAMID" }],
]);

function commandOf(link: LinkName, apdu: Uint8Array): Command | undefined {
  const commands = link === "235" ? CARD_COMMANDS : PSAM_COMMANDS;
  const header = toHex(apdu.subarray(1, 4));
  return commands.get(header) ?? commands.get(header.slice(0, 4)) ?? commands.get(header.slice(0, 2));
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

function dataText(name: DataName | undefined, data: Uint8Array): Description {
  if (data.length === 0) return {};
  return name === undefined ? { data: toHex(data) } : describeData(name, data);
}
