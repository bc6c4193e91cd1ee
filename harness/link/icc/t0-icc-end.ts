import type { CaseByHeader, VirtualCard } from "../../device/virtual/virtual-card.ts";
import { encodeCommandApdu } from "../../protocol/apdu/command-apdu.ts";
import { parseResponseApdu } from "../../protocol/apdu/response-apdu.ts";
import { startT0Icc, stepT0Icc, type T0IccEvent, type T0IccState } from "../../protocol/t0/icc-machine.ts";
import { HEADER_LENGTH } from "../../protocol/t0/tpdu.ts";
import { type IccEnd, tpduEnd } from "./icc-end.ts";

/** T=0 of a card: whole TPDUs in, data and status out. By the card's own account of its commands, where it gives one. */
export function t0IccEnd(card: VirtualCard): IccEnd {
  return card.caseOf ? new T0IccEnd(card, card.caseOf) : tpduEnd(card);
}

/** The card's machine of T=0 around the APDUs of `card`, character by character. */
export class T0IccCard {
  readonly #card: VirtualCard;
  #state: T0IccState;

  constructor(card: VirtualCard, caseOf: CaseByHeader) {
    this.#card = card;
    this.#state = startT0Icc(caseOf);
  }

  /** What the card sends after `bytes`: a procedure byte, data and status, or nothing yet; `null` when it stays mute. */
  async hear(bytes: Uint8Array): Promise<Uint8Array | null> {
    let event: T0IccEvent = { kind: "bytes", bytes };
    for (;;) {
      const { state, actions } = stepT0Icc(this.#state, event);
      this.#state = state;
      const [action] = actions; // never more than one
      if (action?.kind === "transmit") return action.bytes;
      if (action?.kind !== "deliver") return new Uint8Array(0);
      const parsed = parseResponseApdu(
        (await this.#card.transmit(encodeCommandApdu(action.apdu))) ?? new Uint8Array(0),
      );
      if (!parsed.ok) return null;
      event = { kind: "reply", response: parsed.apdu };
    }
  }
}

class T0IccEnd implements IccEnd {
  readonly #card: T0IccCard;

  constructor(card: VirtualCard, caseOf: CaseByHeader) {
    this.#card = new T0IccCard(card, caseOf);
  }

  /** A TPDU-level reader sends the data when the card asks for it, and takes the procedure bytes out of the answer. */
  async transfer(tpdu: Uint8Array): Promise<Uint8Array | null> {
    const ins = tpdu[1];
    const header = new Uint8Array(HEADER_LENGTH);
    header.set(tpdu.subarray(0, HEADER_LENGTH));
    const first = await this.#card.hear(header);
    const isAsked = first?.length === 1 && first[0] === ins;
    const answer = isAsked ? await this.#card.hear(tpdu.subarray(HEADER_LENGTH)) : first;
    return answer !== null && answer.length > 2 && answer[0] === ins ? answer.subarray(1) : answer;
  }
}
