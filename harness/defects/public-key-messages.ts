/** Defects of head end and set-top box in what they pass on for a public key card (`messages.md` 2 and 3). */
import { concat } from "../core/bytes.ts";
import type { LinkFault } from "../flows/system.ts";
import { CERTIFICATE_LENGTH, SESSION_KEY_LENGTH } from "../protocol/messages/certificate-bytes.ts";
import type { SetTopBoxInput, SetTopBoxOutput } from "../roles/set-top-box/events.ts";
import type { SetTopBoxState } from "../roles/set-top-box/state.ts";
import type { Behaviour } from "./behaviour.ts";
import { replaceElement, tagOf } from "./messages.ts";
import { varyInputs } from "./wrap.ts";

const DRAW_REQUEST = 0xea;

/** In the draw request the card's certificate stands in place of its issuer's too. */
const leavesOutIssuer: Behaviour = () => {
  const own = (CERTS: Uint8Array) => concat(CERTS.subarray(CERTIFICATE_LENGTH), CERTS.subarray(CERTIFICATE_LENGTH));
  const act = (message: Uint8Array) => replaceElement(message, tagOf("CERTS"), own);
  const from = { from: "head-end", message: DRAW_REQUEST, act, what: "seeded defect" } as const;
  const says: readonly LinkFault[] = [
    { link: "236", ...from },
    { link: "237", ...from },
  ];
  return { says };
};

/** Whether certificate and key go with the card's kind is not looked at: what is missing is empty, what is too much is left out. */
const presentsAnything: Behaviour = () => ({
  setTopBox: varyInputs<SetTopBoxState, SetTopBoxInput, SetTopBoxOutput>((input, { certificates }) => {
    if (input.kind !== "head-end" || input.message.kind !== "debit-command") return input;
    const { PSAMCERT, SESSKEY, ...rest } = input.message;
    if (certificates.length === 0) return { ...input, message: rest };
    const given = {
      PSAMCERT: PSAMCERT ?? new Uint8Array(CERTIFICATE_LENGTH),
      SESSKEY: SESSKEY ?? new Uint8Array(SESSION_KEY_LENGTH),
    };
    return { ...input, message: { ...rest, ...given } };
  }),
});

export const PUBLIC_KEY_MESSAGE_BEHAVIOURS: Readonly<Record<string, Behaviour>> = {
  "head-end-leaves-out-issuer": leavesOutIssuer,
  "set-top-box-presents-anything": presentsAnything,
};
