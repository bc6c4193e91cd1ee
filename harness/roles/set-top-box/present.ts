/** What a public key card wants before DEBIT IEP (card-edge.md 5.3a): the PSAM's certificate, then the session key (618). */
import type { CommandResult } from "../../protocol/messages/command-result.ts";
import {
  encodePresentCertificateCommand,
  parsePresentCertificateResponse,
} from "../../protocol/messages/present-certificate.ts";
import {
  encodePresentSessionKeyCommand,
  parsePresentSessionKeyResponse,
} from "../../protocol/messages/present-session-key.ts";
import { finish, refused } from "./conclude.ts";
import { giveDebit, hexSW, neverDebited } from "./debit.ts";
import type { SetTopBoxInput } from "./events.ts";
import type { SetTopBoxState } from "./state.ts";
import { after, go, type SetTopBoxStep } from "./step.ts";

export function presentCertificate(state: SetTopBoxState): SetTopBoxStep {
  const PSAMCERT = state.command?.PSAMCERT;
  if (!PSAMCERT) return finish(state, "A00A");
  const bytes = encodePresentCertificateCommand(PSAMCERT);
  return go(state, { phase: "presenting-certificate" }, { kind: "command", bytes });
}

export function onCertificatePresented(state: SetTopBoxState, input: SetTopBoxInput): SetTopBoxStep {
  const SESSKEY = state.command?.SESSKEY;
  if (!SESSKEY) return finish(state, "A00A");
  const bytes = encodePresentSessionKeyCommand(SESSKEY);
  const next = () => go(state, { phase: "presenting-key" }, { kind: "command", bytes });
  return presented(state, input, parsePresentCertificateResponse, next);
}

export function onKeyPresented(state: SetTopBoxState, input: SetTopBoxInput): SetTopBoxStep {
  return presented(state, input, parsePresentSessionKeyResponse, () => giveDebit(state));
}

/** A refusal here is the card's refusal of the debit: it was never debited, and can be told so. */
function presented(
  state: SetTopBoxState,
  input: SetTopBoxInput,
  parse: (response: Uint8Array) => CommandResult<null>,
  next: () => SetTopBoxStep,
): SetTopBoxStep {
  if (input.kind === "card-failed" && input.isLost) return neverDebited(state, "cardTaken");
  if (input.kind !== "card-answer") {
    const [owner, text] = input.kind === "card-failed" ? [input.owner, input.text] : ["bench", `"${input.kind}"`];
    return after([{ kind: "trouble", owner, text }], neverDebited(state, "cardFailed"));
  }
  const result = parse(input.bytes);
  switch (result.kind) {
    case "answer":
      return next();
    case "refused":
      return refused(state, hexSW(result.SW), 0);
    case "malformed":
      return after(
        [{ kind: "trouble", owner: "card", text: `answer to ${state.phase}: ${result.reason}` }],
        neverDebited(state, "cardFailed"),
      );
  }
}
