import type { LinkName, RoleName } from "../../core/trace.ts";
import { stepOnHsm } from "../hsm/step.ts";
import { isCardSide, messageBody } from "./label.ts";
import { parseMessage } from "./message.ts";
import { stepOfPsamAnswer, stepOfPsamCommand, stepOnCard } from "./steps-apdu.ts";
import { stepOnDirectHttp, stepOnHttp, stepOnLoadHttp } from "./steps-http.ts";

/** Steps by template tag (`messages.md` 2, 3 and 5); what has none is no step of the seed. */
const STEPS_PAYMENT: ReadonlyMap<number, string> = new Map([
  [0xea, "612"],
  [0xeb, "616"],
  [0xec, "622"],
  [0xed, "634"],
  [0xe4, "810"],
  [0xef, "820"],
]);

const STEPS_CABLE: ReadonlyMap<number, string> = new Map([
  [0xe1, "602"],
  [0xe2, "607"],
  [0xe3, "608"],
  [0xeb, "617"],
  [0xec, "621"],
  [0xe5, "818"],
  [0xe8, "641"],
  [0xa1, "871"],
  [0xa2, "872"],
  [0xa3, "872"],
  [0xa4, "888"],
  [0xa5, "888"],
  [0xa6, "876"],
  [0xa7, "876"],
  [0xa9, "893"],
  [0xaa, "894"],
]);

const STEPS_TERMINAL: ReadonlyMap<number, string> = new Map([
  [0xf1, "686"],
  [0xf2, "694"],
  [0xf3, "624"],
  [0xf4, "628"],
]);

/** Of a load with the load server on link 236, inside and outside of the encryption layer (`load.md` 4); FIG 15 stands for both figures. */
const STEPS_LOAD: ReadonlyMap<number, string> = new Map([
  [0xe4, "878"],
  [0xef, "890"],
  [0xa2, "1072"],
  [0xa3, "1072"],
  [0xa4, "1074"],
]);

/** Longest EB and F2 without any element of the variants, in bytes. */
const PLAIN_DEBIT_COMMAND = 77;
const PLAIN_T_DEBIT = 84;

/** Where the status URL of the cable provider's own sales points (`messages.md` 3d), with a name for each of his shops. */
const CABLE_ORIGIN = /^https:\/\/([a-z0-9-]+\.)?cable\.invalid[:/]/;

/**
 * The step of the seed document that a message is, or undefined when it is none. `bytes` are what passes on the link:
 * an APDU, a TLV message (behind the terminal number on the LAN), "METHOD /path\n\nbody" or "200\n\nbody" on 234 and 238.
 * A response on 235, SAM, 234 and 238 does not say what it answers; `inReplyTo` is the request. Where variants of the flow
 * share a message, the step is that of the base payment, or of the first variant that has it. `to` tells a load from a payment.
 */
export function stepOf(
  link: LinkName,
  from: RoleName,
  bytes: Uint8Array,
  inReplyTo?: Uint8Array,
  to?: RoleName,
): string | undefined {
  switch (link) {
    case "236":
    case "237":
      return isLoadServer(from, to) ? stepOnLoad(from, bytes) : stepOnPayment(from, bytes);
    case "cable":
      return stepOnCable(bytes);
    case "LAN":
    case "line":
      return stepAtTerminal(messageBody(link, bytes), inReplyTo && messageBody(link, inReplyTo));
    case "235":
      return stepOnCard(isCardSide(from), bytes, inReplyTo);
    case "SAM":
      return isCardSide(from) ? stepOfPsamAnswer(inReplyTo) : stepOfPsamCommand(bytes);
    case "234": {
      const answers = from === "head-end" ? undefined : { inReplyTo };
      return isAccountHolder(from, to) ? stepOnLoadHttp(bytes, answers) : stepOnHttp(bytes, answers);
    }
    case "238":
      return stepOnDirectHttp(bytes);
    case "HSM":
      return stepOnHsm(bytes);
    case "ui":
      return undefined;
    default:
      return undefined;
  }
}

/** Or who hears of loads beside them (1091). */
function isAccountHolder(from: RoleName, to: RoleName | undefined): boolean {
  const asked = from === "head-end" || from === "bench" ? to : from;
  return isLoadServer(from, to) || asked === "bank-server" || asked === "additional-server";
}

function isLoadServer(from: RoleName, to: RoleName | undefined): boolean {
  return from === "load-server" || to === "load-server";
}

function stepOnLoad(from: RoleName, bytes: Uint8Array): string | undefined {
  const [tag = 0] = bytes;
  if (tag === 0xe5) return from === "load-server" ? "880" : "883";
  return STEPS_LOAD.get(tag);
}

/** 814 and 819 are the same template, from one side and the other; EXPECTED makes it 728, SEXP 748. */
function stepOnPayment(from: RoleName, bytes: Uint8Array): string | undefined {
  const [tag = 0] = bytes;
  if (tag === 0xe5) return from === "head-end" ? "819" : "814";
  if (tag === 0xeb && bytes.length > PLAIN_DEBIT_COMMAND) {
    const message = parseMessage(bytes);
    if (message.kind === "debit-command" && message.EXPECTED !== undefined) return "728";
    if (message.kind === "debit-command" && message.SEXP !== undefined) return "748";
  }
  return STEPS_PAYMENT.get(tag);
}

/** A user message is step 636 ("debited") with CC 0000 and no step otherwise; a page is 809 with a TSK, 1110 from the cable provider. */
function stepOnCable(bytes: Uint8Array): string | undefined {
  const [tag = 0] = bytes;
  if (tag !== 0xe7 && tag !== 0xe2) return STEPS_CABLE.get(tag);
  const message = parseMessage(bytes);
  if (message.kind === "page" && message.TSK !== undefined) return "809";
  if (message.kind === "page" && CABLE_ORIGIN.test(message.URL)) return "1110";
  if (tag === 0xe2) return STEPS_CABLE.get(tag);
  return message.kind === "user-message" && message.CC === "0000" ? "636" : undefined;
}

/** A dumb terminal passes on what its security card is told and says. */
function stepAtTerminal(message: Uint8Array, inReplyTo: Uint8Array | undefined): string | undefined {
  const [tag = 0] = message;
  switch (tag) {
    case 0xf2:
      return isIssued(message) ? "706" : STEPS_TERMINAL.get(tag);
    case 0xfc:
      return stepOfPsamCommand(commandIn(message));
    case 0xfd:
      return stepOfPsamAnswer(inReplyTo && commandIn(inReplyTo));
    default:
      return STEPS_TERMINAL.get(tag);
  }
}

function isIssued(bytes: Uint8Array): boolean {
  if (bytes.length <= PLAIN_T_DEBIT) return false;
  const message = parseMessage(bytes);
  return message.kind === "t-debit" && message.EXPECTED !== undefined;
}

function commandIn(bytes: Uint8Array): Uint8Array {
  const message = parseMessage(bytes);
  return message.kind === "t-apdu" ? message.APDU : new Uint8Array();
}
