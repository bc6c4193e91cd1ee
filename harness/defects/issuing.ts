/** Cards that are wrong in their life: as supplied, when they are issued, once they are blocked. */
import { PursebenchError } from "../core/errors.ts";
import { decipherCardKeys } from "../crypto/personalisation.ts";
import { partsOfPersoData } from "../protocol/messages/personalise.ts";
import { LOAD_RECORD } from "../protocol/messages/read-record.ts";
import { cardCrypto } from "../roles/card/crypto.ts";
import { type CardRole, createCardRole } from "../roles/card/model.ts";
import type { CardInput, CardState, Purse } from "../roles/card/state.ts";
import type { Vary } from "../roles/role.ts";
import { type Behaviour, textOf } from "./behaviour.ts";
import type { Variation } from "./variation.ts";

/** `fault`: what the card does in its life that it may not. */
const lives: Behaviour = (parameters) => {
  const fault = textOf(parameters, "fault");
  const made = FAULTS[fault];
  if (!made) throw new PursebenchError("USAGE", `no fault in a card's life is called "${fault}"`);
  return made();
};

export const ISSUING_BEHAVIOURS: Readonly<Record<string, Behaviour>> = { "card-lives-otherwise": lives };

const PERSONALISE = 0x5e;
const INITIALIZE = 0x50;
const CREDIT = 0x52;

const FAULTS: Readonly<Record<string, () => Variation>> = {
  "any MAC of the issuer": () => withVerification(() => true),
  "the issuer's MAC under the purchase key": () =>
    withVerification((KDU, PERSODATA) => {
      const { KDP } = decipherCardKeys(KDU, partsOfPersoData(PERSODATA).KEYS);
      return cardCrypto.verifyPersonalisation(KDU, PERSODATA) || cardCrypto.verifyPersonalisation(KDP, PERSODATA);
    }),
  "issued with number 0": () => issuedAs(() => ({ NTIEP: 0 })),
  "issued without value": () => issuedAs(() => ({ BALIEP: 0 })),
  "issued again": issuedAgain,
  "supplied cards work": () => takenFor("supplied", "issued", (input) => !isCommand(input, PERSONALISE)),
  "blocked cards are loaded": () => takenFor("blocked", "issued", isOfLoad),
  "blocked cards tell nothing": () =>
    refusing(0x9303, ({ purse }, input) => purse.lifeCycle === "blocked" && isRead(input)),
  "no purchase before a load": () =>
    refusing(
      0x6985,
      ({ purse: { lifeCycle, log } }, input) =>
        lifeCycle === "issued" && isDraw(input) && !log.some(({ TI }) => TI === LOAD_RECORD),
    ),
  "no load in the log": () =>
    varied((before, input, step) => (isCommand(input, CREDIT) ? withPurse(step, { log: before.purse.log }) : step)),
};

type Step = ReturnType<CardRole["handle"]>;

function isCommand(input: CardInput, INS: number): input is Extract<CardInput, { kind: "command" }> {
  return input.kind === "command" && input.bytes[1] === INS;
}

/** INITIALIZE IEP for load, CREDIT IEP. */
function isOfLoad(input: CardInput): boolean {
  if (input.kind !== "command") return false;
  const [, INS, P1] = input.bytes;
  return INS === CREDIT || (INS === INITIALIZE && P1 === 0);
}

/** INITIALIZE IEP for purchase. */
function isDraw(input: CardInput): boolean {
  return isCommand(input, INITIALIZE) && input.bytes[2] === 1;
}

/** GET BALANCE. */
function isRead(input: CardInput): boolean {
  return isCommand(input, 0x5c);
}

function withVerification(verifyPersonalisation: typeof cardCrypto.verifyPersonalisation): Variation {
  return { card: () => createCardRole({ ...cardCrypto, verifyPersonalisation }) };
}

function varied(change: (before: CardState, input: CardInput, step: Step) => Step): Variation {
  const card: Vary<CardRole> = (reference) => ({
    handle: (state, input) => change(state, input, reference.handle(state, input)),
  });
  return { card };
}

/** The purse that is kept, and written, is another one. */
function withPurse(step: Step, changed: Partial<Purse>): Step {
  const outputs = step.outputs.map((output) =>
    output.kind === "write" ? { ...output, purse: { ...output.purse, ...changed } } : output,
  );
  return { state: { ...step.state, purse: { ...step.state.purse, ...changed } }, outputs };
}

function issuedAs(change: () => Partial<Purse>): Variation {
  return varied((before, input, step) => {
    const isIssued = before.purse.lifeCycle === "supplied" && step.state.purse.lifeCycle === "issued";
    return isIssued && isCommand(input, PERSONALISE) ? withPurse(step, change()) : step;
  });
}

/** A card that keeps its update key takes PERSONALISE a second time. */
function issuedAgain(): Variation {
  const card: Vary<CardRole> = (reference) => {
    let KDU = "";
    return {
      handle(state, input) {
        if (state.purse.KDU !== "") KDU = state.purse.KDU;
        if (!isCommand(input, PERSONALISE) || state.purse.lifeCycle !== "issued" || KDU === "") {
          return reference.handle(state, input);
        }
        return reference.handle({ ...state, purse: { ...state.purse, KDU, lifeCycle: "supplied" } }, input);
      },
    };
  };
  return { card };
}

/** For such commands a card of one state of life takes itself for one of another. */
function takenFor(
  real: Purse["lifeCycle"],
  lifeCycle: Purse["lifeCycle"],
  isMeant: (input: CardInput) => boolean,
): Variation {
  const card: Vary<CardRole> = (reference) => ({
    handle(state, input) {
      if (state.purse.lifeCycle !== real || !isMeant(input)) return reference.handle(state, input);
      const step = reference.handle({ ...state, purse: { ...state.purse, lifeCycle } }, input);
      return withPurse(step, { lifeCycle: real });
    },
  });
  return { card };
}

function refusing(SW: number, isMeant: (state: CardState, input: CardInput) => boolean): Variation {
  const bytes = Uint8Array.of(SW >> 8, SW & 0xff);
  const card: Vary<CardRole> = (reference) => ({
    handle(state, input) {
      if (!isMeant(state, input)) return reference.handle(state, input);
      return { state, outputs: [{ kind: "response", bytes }] };
    },
  });
  return { card };
}
