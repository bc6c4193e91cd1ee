/** Defects of security card and terminal in how they take the certificates of a public key card (`psam-edge.md` 4.2a). */
import { concat, fromHex } from "../core/bytes.ts";
import { psamCrypto } from "../roles/psam/crypto.ts";
import { createPsamRole } from "../roles/psam/model.ts";
import type { PsamInput, PsamState } from "../roles/psam/state.ts";
import type { Vary } from "../roles/role.ts";
import type { TerminalRole } from "../roles/terminal/model.ts";
import type { TerminalOutput, TerminalState } from "../roles/terminal/state.ts";
import { type Behaviour, numberOf } from "./behaviour.ts";
import { afterCommand, answerOf, commandOf, dataOf, SUSPEND, withMemory } from "./psam-steps.ts";
import { varyOutputs } from "./wrap.ts";

const INITIALIZE_PACKAGE = 0x7001;
const ISSUER_PACKAGE = 0x7002;
const CARD_PACKAGE = 0x7003;
/** The longest data field of a short command, in bytes. */
const LONGEST = 255;
const LONG_AGO = "20000101";

/** `SW`: a certificate that must be refused with it is taken. */
const takesCertificate: Behaviour = (parameters) => {
  const SW = numberOf(parameters, "SW");
  const lenient = createPsamRole({ ...psamCrypto, verifyCertificate: () => true });
  return {
    psam: (reference) => ({
      handle(before, input) {
        const step = reference.handle(before, input);
        const which = commandOf(input);
        if ((which !== ISSUER_PACKAGE && which !== CARD_PACKAGE) || answerOf(step)?.SW !== SW) return step;
        const { updated } = before.memory;
        const young = { ...before, memory: { ...before.memory, updated: LONG_AGO } };
        const taken = lenient.handle(young, asItShouldBe(before, input, which));
        return { ...taken, state: { ...taken.state, memory: { ...taken.state.memory, updated } } };
      },
    }),
  };
};

/** Certificates are not verified: whoever signed them. */
const verifiesNothing: Behaviour = () => ({
  psam: () => createPsamRole({ ...psamCrypto, verifyCertificate: () => true }),
});

/** The last days of certificates are forgotten as soon as they were found good. */
const forgetsLastDay: Behaviour = () => ({
  psam: afterCommand(CARD_PACKAGE, ({ step }) => {
    const { session } = step.state;
    if (session.kind !== "card-accepted" || session.certified === undefined) return step;
    const certified = { ...session.certified, lastDay: "991231", issuerLastDay: "991231" };
    return { ...step, state: { ...step.state, session: { ...session, certified } } };
  }),
});

/** A transaction that is suspended loses its session key. */
const forgetsSessionKey: Behaviour = () => ({
  psam: afterCommand(SUSPEND, ({ step }) => {
    const { memory } = step.state;
    const suspended = memory.suspended.map((each) => (each.SK === undefined ? each : { ...each, SK: "0".repeat(32) }));
    return withMemory(step, { ...memory, suspended });
  }),
});

/** The certificates, as much of them as there is room for, are put behind the card's answer to INITIALIZE IEP. */
const joinsCertificates: Behaviour = () => {
  const vary: Vary<TerminalRole> = varyOutputs<TerminalState, Parameters<TerminalRole["handle"]>[1], TerminalOutput>(
    (output, { after }) => {
      const { job } = after;
      const CERTS = job !== undefined && "draw" in job ? job.draw.CERTS : undefined;
      if (output.kind !== "psam-apdu" || CERTS === undefined) return [output];
      const { bytes } = output;
      if ((((bytes[1] ?? 0) << 8) | (bytes[2] ?? 0)) !== INITIALIZE_PACKAGE) return [output];
      const INITRSP = bytes.subarray(5, 5 + (bytes[4] ?? 0));
      const data = concat(INITRSP, CERTS).subarray(0, LONGEST);
      return [{ ...output, bytes: concat(bytes.subarray(0, 4), Uint8Array.of(data.length), data, bytes.subarray(-1)) }];
    },
  );
  return { terminal: vary };
};

export const PSAM_CERTIFICATE_BEHAVIOURS: Readonly<Record<string, Behaviour>> = {
  "psam-takes-certificate": takesCertificate,
  "psam-verifies-no-certificate": verifiesNothing,
  "psam-forgets-last-day": forgetsLastDay,
  "psam-forgets-session-key": forgetsSessionKey,
  "terminal-joins-certificates": joinsCertificates,
};

/** The package with type, names, last day and a modulus that a certificate in this place has. */
function asItShouldBe({ session }: PsamState, input: PsamInput, which: number): PsamInput {
  if (input.kind !== "command" || !("INITRSP" in session)) return input;
  const card = fromHex(session.INITRSP);
  const issuer = concat(card.subarray(0, 3), new Uint8Array(5));
  const CA = concat(fromHex("CA"), card.subarray(0, 3), card.subarray(22, 23), new Uint8Array(3));
  const names =
    which === ISSUER_PACKAGE ? concat(fromHex("01"), CA, issuer) : concat(fromHex("02"), issuer, card.subarray(0, 8));
  const data = dataOf(input);
  const modulus = data.slice(20, 132);
  modulus[0] = (modulus[0] ?? 0) | 0x80;
  modulus[111] = (modulus[111] ?? 0) | 0x01;
  const better = concat(names, fromHex("991231"), modulus, data.subarray(132));
  return { ...input, bytes: concat(input.bytes.subarray(0, 5), better) };
}
