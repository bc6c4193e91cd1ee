import { concat, fromHex, toHex, uintToBytes } from "../../../core/bytes.ts";
import { type Deadline, remainingMs } from "../../../core/deadline.ts";
import { PursebenchError } from "../../../core/errors.ts";
import type { TerminalAccess } from "../../../link/exchange.ts";
import type { Message, TCancel, TDraw } from "../../../protocol/messages/layouts.ts";
import { encodeMessage, parseMessage } from "../../../protocol/messages/message.ts";

/** Of every debit command that the scripted terminals make. */
export const DTHR = "20310506070809";

/** What the card answers; `S3` of AA bytes is what the scripted security card takes for right. */
export function cardResponse(S3 = "AAAAAAAAAAAAAAAA", CC = "0000"): Uint8Array {
  return fromHex(`${CC} 0007 0000223E ${S3}`);
}

/** The debit command that the scripted terminal makes of a sale. */
export function debitData(sale: { IDTRX: string; MPDA: number }, NTPSAM: number): Uint8Array {
  const identity = concat(fromHex("654321 11223344"), uintToBytes(NTPSAM, 4), uintToBytes(sale.MPDA, 4));
  return concat(identity, fromHex(`0978 02 ${DTHR} 00000099 ${sale.IDTRX} 5252525252525252`));
}

export function messageResult({ IDTRX, MPDA, NTPSAM }: { IDTRX: string; MPDA: number; NTPSAM: number }): Uint8Array {
  const numbers = `${toHex(uintToBytes(NTPSAM, 4))} 123456 0000000042 0007 ${toHex(uintToBytes(MPDA, 4))}`;
  return fromHex(`${IDTRX} 0000 ${numbers} 0978 02`);
}

export const PSAMCERT = new Uint8Array(244).fill(0xce);
export const SESSKEY = new Uint8Array(224).fill(0x5e);

export type TerminalAnswer = Message | "silent";
export type TerminalScript = (message: Message, honest: () => TerminalAnswer) => TerminalAnswer;

/** Terminals with a security card each that behaves as `psam-edge.md` says, as far as these tests look. */
export class ScriptedTerminals implements TerminalAccess {
  readonly asked: { readonly IDTERM: string; readonly message: Message }[] = [];
  readonly confirmed: string[] = [];
  /** Transactions in the totals of a security card. */
  readonly counted = new Set<string>();
  /** How long an answer takes. */
  delayMs = 0;
  script: TerminalScript = (_message, honest) => honest();
  readonly #atWork = new Set<string>();
  readonly #open = new Map<string, { IDTRX: string; MPDA: number; NTPSAM: number; isIssued: boolean }>();
  #NTPSAM = 0;

  async exchange(IDTERM: string, bytes: Uint8Array, deadline: Deadline): Promise<Uint8Array> {
    if (this.#atWork.has(IDTERM)) throw new Error(`terminal ${IDTERM} is asked by two at once`);
    this.#atWork.add(IDTERM);
    try {
      const message = parseMessage(bytes);
      if (message.kind === "unrecognised") throw new Error(message.reason);
      this.asked.push({ IDTERM, message });
      if (this.delayMs > 0) await deadline.clock.timer(this.delayMs).elapsed;
      const answer = this.script(message, () => this.#honest(IDTERM, message));
      if (answer !== "silent") return encodeMessage(answer);
      await deadline.clock.timer(remainingMs(deadline)).elapsed;
      throw new PursebenchError("DEVICE_SILENT", "the terminal said nothing");
    } finally {
      this.#atWork.delete(IDTERM);
    }
  }

  /** Whoever waits for an answer is gone, and the next one may ask. */
  forgetAskers(): void {
    this.#atWork.clear();
  }

  #honest(IDTERM: string, message: Message): TerminalAnswer {
    switch (message.kind) {
      case "t-draw":
        return this.#draw(IDTERM, message);
      case "t-response":
        return this.#complete(IDTERM, message.IDTRX, message.CARDRSP, message.SW);
      case "t-cancel":
        return this.#cancel(IDTERM, message);
      default:
        return { kind: "t-refusal", IDTERM, CC: "A00A" };
    }
  }

  #draw(IDTERM: string, { IDTRX, MPDA, COMPARE, CERTS }: TDraw): TerminalAnswer {
    const isIssued = COMPARE !== undefined;
    const issued = { IDTRX, MPDA, NTPSAM: ++this.#NTPSAM, isIssued };
    this.#open.set(IDTRX, issued);
    if (isIssued) this.counted.add(IDTRX);
    const keys = CERTS === undefined ? {} : { PSAMCERT, SESSKEY };
    const expected = isIssued ? { EXPECTED: cardResponse() } : {};
    return { kind: "t-debit", IDTERM, IDTRX, DEBITDATA: debitData(issued, issued.NTPSAM), ...keys, ...expected };
  }

  /** What was issued is taken back once; what is open is given up without a word about it. */
  #cancel(IDTERM: string, { IDTRX, MODE }: TCancel): TerminalAnswer {
    if (this.confirmed.includes(IDTRX)) return { kind: "t-done", IDTERM, IDTRX, CC: "9415" };
    const issued = this.#open.get(IDTRX);
    const wasCounted = this.counted.delete(IDTRX);
    if (MODE === 0) this.#open.delete(IDTRX);
    return { kind: "t-done", IDTERM, IDTRX, CC: issued?.isIssued === true && !wasCounted ? "9415" : "0000" };
  }

  #complete(IDTERM: string, IDTRX: string, CARDRSP: Uint8Array, SW: string): TerminalAnswer {
    const result = { kind: "t-result", IDTERM, IDTRX } as const;
    const issued = this.#open.get(IDTRX);
    if (this.confirmed.includes(IDTRX)) return { ...result, CC: "9416" };
    if (issued === undefined) return { ...result, CC: "9415" };
    if (CARDRSP.length === 0 && SW === "0000") return { ...result, CC: "A010" };
    if (CARDRSP.length > 0 && !toHex(CARDRSP).endsWith("AAAAAAAAAAAAAAAA")) return { ...result, CC: "9302" };
    if (CARDRSP.length === 0 || !toHex(CARDRSP).startsWith("0000")) {
      this.counted.delete(IDTRX);
      return { ...result, CC: "9404" };
    }
    this.confirmed.push(IDTRX);
    this.counted.add(IDTRX);
    return { ...result, CC: "0000", MSGRESULT: messageResult(issued) };
  }
}
