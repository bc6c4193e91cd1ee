/** What the lying head end and the card of the harness's own put into AB. */
import { fromHex, toHex } from "../../../harness/core/bytes.ts";
import {
  type CardResponse,
  encodeCardResponse,
  parseCardResponse,
} from "../../../harness/protocol/messages/card-response.ts";
import type { NegativeResult } from "../../../harness/protocol/messages/layouts.ts";
import { encodeLoadInit, type LoadInit, parseLoadInit } from "../../../harness/protocol/messages/load-init.ts";
import {
  encodeLoadResponse,
  type LoadResponse,
  parseLoadResponse,
} from "../../../harness/protocol/messages/load-response.ts";
import type { Parsed } from "../../../harness/protocol/messages/structure-value.ts";
import type { CaseContext } from "../../define/case.ts";
import { inconclusive } from "../../define/failures.ts";
import type { CardRequest } from "../../load/support/hsm.ts";
import { expectedS1 } from "../../load/support/signatures.ts";
import { flipLast } from "../../payment/support/alter.ts";
import type { Place } from "./dimensions.ts";

/** A refusal of the card: its balance would be above its maximum. */
export const NEGATIVE_CODE = "940B";

/** A negative result as it arrives. */
export interface Shown {
  readonly answer: CardResponse;
  readonly fresh: CardRequest;
}

/** What a genuine AB becomes. `genuine`: what the card itself has answered to the load command. */
export function forgedResult(
  t: CaseContext,
  { counter, s1, answer }: Place,
  original: CardRequest,
  genuine: CardResponse,
  said: NegativeResult,
): Shown {
  const zero = known(parseLoadInit(said.LOADINIT));
  const present = known(parseLoadResponse(said.LOADRSP));
  const NTIEP = original.card.NTIEP + counter.difference;
  if (NTIEP < 0) inconclusive("the card has made no transaction yet: no counter is below its own", "card");
  return {
    answer: answerAs(answer, genuine),
    fresh: { ...freshRequest(t, s1.id, original, zero, { ...present, NTIEP }) },
  };
}

function freshRequest(
  t: CaseContext,
  s1: Place["s1"]["id"],
  original: CardRequest,
  zero: LoadInit,
  present: LoadResponse,
): CardRequest {
  const signed = (init: LoadInit, card: LoadResponse): CardRequest => ({
    init,
    card: { ...card, S1: expectedS1(t, { init, card }) },
  });
  switch (s1) {
    case "VALID":
      return signed(zero, present);
    case "WRONG": {
      const right = signed(zero, present);
      return { ...right, card: { ...right.card, S1: toHex(flipLast(fromHex(right.card.S1))) } };
    }
    case "OTHER-CARD": {
      const { S1 } = signed(zero, { ...present, IDIEP: otherCard(present.IDIEP) }).card;
      return { init: zero, card: { ...present, S1 } };
    }
    case "MISSING":
      return { init: zero, card: { ...present, S1: "0000000000000000" } };
    case "REPLAYED": {
      // what the card would have signed between the first request and the load command, under that request's identifier and date
      const init = { ...zero, DTHR: original.init.DTHR };
      const { S1, ...before } = signed(init, { ...original.card, R: "5EED5EED" }).card;
      return { init, card: { ...before, S1, NTIEP: present.NTIEP } };
    }
  }
}

/** The last digit is another one. */
export function otherCard(IDIEP: string): string {
  return IDIEP.slice(0, -1) + ((Number(IDIEP.slice(-1)) + 1) % 10);
}

function answerAs({ isNegative, isSigned }: Place["answer"], genuine: CardResponse): CardResponse {
  const S3 = isSigned ? genuine.S3 : toHex(flipLast(fromHex(genuine.S3)));
  return { ...genuine, S3, CC: isNegative ? NEGATIVE_CODE : "0000" };
}

/** AB as it goes on. */
export function shownAs(said: NegativeResult, { answer, fresh }: Shown): NegativeResult {
  return {
    ...said,
    CARDRSP: encodeCardResponse(answer),
    LOADINIT: encodeLoadInit(fresh.init),
    LOADRSP: encodeLoadResponse(fresh.card),
  };
}

/** CARDRSP with another completion code and nothing else changed. */
export function withCode(CARDRSP: Uint8Array, CC: string): Uint8Array {
  const parsed = parseCardResponse(CARDRSP);
  return parsed.ok ? encodeCardResponse({ ...parsed.value, CC }) : CARDRSP;
}

/** Of a message that the system's own roles have made. */
function known<T>(parsed: Parsed<T>): T {
  return parsed.ok ? parsed.value : inconclusive(parsed.reason, "bench");
}
