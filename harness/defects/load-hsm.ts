/** Behaviours of an HSM that is wrong: signatures that it takes or makes, issuers that it serves, and what it says of its keys. */
import { fromHex, toHex } from "../core/bytes.ts";
import { PursebenchError } from "../core/errors.ts";
import { deriveLoadKey, deriveLoadSessionKeys } from "../crypto/load-keys.ts";
import { signLoadS1, signLoadS2, signLoadS3 } from "../crypto/load-signatures.ts";
import { isHsmCommandCode, parseHsmCommand } from "../protocol/hsm/commands.ts";
import { encodeHsmFrame, parseHsmFrame } from "../protocol/hsm/frame.ts";
import { type CardCrypto, cardCrypto } from "../roles/card/crypto.ts";
import { createCardRole } from "../roles/card/model.ts";
import { type HsmCrypto, hsmCrypto, type Keyed } from "../roles/hsm/crypto.ts";
import type { HsmKeys } from "../roles/hsm/keys.ts";
import { createHsm, type HsmInput, type HsmOutput, type HsmRole } from "../roles/hsm/model.ts";
import type { Vary } from "../roles/role.ts";
import { type Behaviour, numberOf, optionalText, textOf } from "./behaviour.ts";
import { varyOutputs } from "./wrap.ts";

const withCrypto = (changed: Partial<HsmCrypto>) => ({ hsm: () => createHsm({ ...hsmCrypto, ...changed }) });

/** `fault`: a signature that the HSM takes as good, and should not. `IDIEP`: of that card alone. */
const accepts: Behaviour = (parameters) => {
  const fault = textOf(parameters, "fault");
  const IDIEP = optionalText(parameters, "IDIEP");
  const isMeant = ({ request }: Keyed) => IDIEP === undefined || request.IDIEP === IDIEP;
  switch (fault) {
    case "any S1":
      return withCrypto({ isS1: (load, S1) => isMeant(load) || hsmCrypto.isS1(load, S1) });
    case "first byte of S1":
      return withCrypto({
        isS1: (load, S1) => hsmCrypto.isS1(load, ownS1(load).slice(0, 2) === S1.slice(0, 2) ? ownS1(load) : S1),
      });
    case "S1 seen before": {
      const seen = new Set<string>();
      return withCrypto({
        isS1(load, S1) {
          if (!hsmCrypto.isS1(load, S1)) return seen.has(S1);
          seen.add(S1);
          return true;
        },
      });
    }
    case "any S3":
      return withCrypto({ isS3: () => true });
    case "first half of S3":
      return withCrypto({
        isS3: (load, completion, S3) => {
          const own = ownS3(load, completion);
          return hsmCrypto.isS3(load, completion, own.slice(0, 8) === S3.slice(0, 8) ? own : S3);
        },
      });
    case "S3 of any code":
      return withCrypto({
        isS3: (load, completion, S3) =>
          ["0000", "940B", completion.CC].some((CC) => hsmCrypto.isS3(load, { ...completion, CC }, S3)),
      });
    default:
      throw new PursebenchError("USAGE", `no signature that an HSM takes is called "${fault}"`);
  }
};

/** `fault`: how its S2 is wrong. */
const signs: Behaviour = (parameters) => {
  const fault = textOf(parameters, "fault");
  switch (fault) {
    case "zeros":
      return withCrypto({ makeS2: () => "0000000000000000" });
    case "without amount":
      return withCrypto({
        makeS2: (load, S1) => hsmCrypto.makeS2({ ...load, request: { ...load.request, MLDA: 0 } }, S1),
      });
    case "under the master key":
      return withCrypto({
        makeS2: ({ ALGL, MKL, request }, S1) => toHex(signLoadS2(ALGL, MKL, request, fromHex(S1))),
      });
    default:
      throw new PursebenchError("USAGE", `no fault of the HSM's S2 is called "${fault}"`);
  }
};

/** `pattern` (a regular expression) in its answers, header included, is replaced by `replacement`. */
const answers: Behaviour = (parameters) => {
  const pattern = new RegExp(textOf(parameters, "pattern"));
  const replacement = textOf(parameters, "replacement");
  return {
    hsm: varyOutputs<HsmKeys, HsmInput, HsmOutput>((output) => {
      if (output.kind !== "send") return [output];
      const said = String.fromCharCode(...output.bytes).replace(pattern, replacement);
      return [{ kind: "send", bytes: new TextEncoder().encode(said) }];
    }),
  };
};

/** `which`: "issuer" (whoever's key it is), "version" (any of an issuer that it serves). */
const serves: Behaviour = (parameters) => {
  const which = textOf(parameters, "which");
  const vary: Vary<HsmRole> = (reference) => ({
    handle(keys, input) {
      const request = requestIn(input);
      const { LMK } = keys;
      if (request === undefined || LMK === undefined) return reference.handle(keys, input);
      const { PPIEP, VKIEP, KML } = request;
      if (which === "version" && !keys.served.some((key) => key.PPIEP === PPIEP)) return reference.handle(keys, input);
      const ALGL = request.ALGL === 5 ? 5 : 4;
      const checkValue = hsmCrypto.checkValue(ALGL, hsmCrypto.decipher(LMK, KML));
      const served = [...keys.served, { PPIEP, ALGL, VKIEP, checkValue } as const];
      return { ...reference.handle({ ...keys, served }, input), state: keys };
    },
  });
  return { hsm: vary };
};

/** Cards that have expired get S2 all the same. */
const ignoresExpiry: Behaviour = () => ({
  hsm: (reference) => ({
    handle(keys, input) {
      const step = reference.handle(keys, input);
      const [said] = step.outputs;
      const frame = said?.kind === "send" ? parseHsmFrame(said.bytes) : undefined;
      const request = requestIn(input);
      if (frame?.body !== "16" || request === undefined || keys.LMK === undefined) return step;
      const ALGL = request.ALGL === 5 ? 5 : 4;
      const load = { ALGL, MKL: hsmCrypto.decipher(keys.LMK, request.KML), request } as const;
      const body = hsmCrypto.isS1(load, request.S1) ? `00${hsmCrypto.makeS2(load, request.S1)}` : "01";
      return { state: keys, outputs: [{ kind: "send", bytes: encodeHsmFrame({ ...frame, body }) }] };
    },
  }),
});

/** `command` (two letters) is answered with `key`: "LMK", "KLS", or "MKL", the one whose cryptogram follows. */
const discloses: Behaviour = (parameters) => {
  const command = textOf(parameters, "command");
  const key = textOf(parameters, "key");
  return {
    hsm: (reference) => ({
      handle(keys, input) {
        const frame = parseHsmFrame(input.bytes);
        if (frame?.code !== command) return reference.handle(keys, input);
        const { LMK = new Uint8Array(16), KLS = new Uint8Array(16) } = keys;
        const own = key === "MKL" ? hsmCrypto.decipher(LMK, frame.body.slice(0, 32)) : key === "KLS" ? KLS : LMK;
        const said = { ...frame, code: `${command.slice(0, 1)}${nextLetter(command)}`, body: `00${toHex(own)}` };
        return { state: keys, outputs: [{ kind: "send", bytes: encodeHsmFrame(said) }] };
      },
    }),
  };
};

/** A file with its keys lies open: every command is logged with `key` in hex, which is LMK or KLS. */
const logsKey: Behaviour = (parameters) => {
  const value = textOf(parameters, "value");
  return {
    trace: (inner) => (event) => {
      inner(event);
      if (event.kind !== "message" || event.link !== "HSM" || event.to !== "hsm") return;
      inner({ kind: "log", role: "hsm", entry: "key-file", fields: { key: value } });
    },
  };
};

/** `element` takes no part in the signatures of a load; card and HSM agree on it, so that loads work. */
const signaturesWithout: Behaviour = (parameters) => {
  const element = textOf(parameters, "element");
  const value = parameters.number === undefined ? textOf(parameters, "value") : numberOf(parameters, "number");
  const plain = <Request extends object>(request: Request): Request => ({ ...request, [element]: value });
  const keyed = (load: Keyed): Keyed => ({ ...load, request: plain(load.request) });
  const card: Partial<CardCrypto> = {
    signS1: (load) => cardCrypto.signS1({ ...load, request: plain(load.request) }),
    verifyLoadS2: (load, S1, S2) => cardCrypto.verifyLoadS2({ ...load, request: plain(load.request) }, S1, S2),
    signLoadS3: (load, completion) => cardCrypto.signLoadS3({ ...load, request: plain(load.request) }, completion),
  };
  // R is part of the keys as well, which stay those of the session
  return {
    card: () => createCardRole({ ...cardCrypto, ...card }),
    ...withCrypto({
      isS1: (load, S1) => hsmCrypto.isS1(keyed(load), S1),
      makeS2: (load, S1) => hsmCrypto.makeS2(keyed(load), S1),
      isS3: (load, completion, S3) => hsmCrypto.isS3(keyed(load), completion, S3),
    }),
  };
};

/** All cards load under one key, which is `key` in hex; or under none where it is zeros. */
const commonKey: Behaviour = (parameters) => {
  const KDL = fromHex(textOf(parameters, "key"));
  const keysOf = ({ ALGL, request }: Pick<Keyed, "ALGL" | "request">) => deriveLoadSessionKeys(ALGL, KDL, request);
  return {
    card: () =>
      createCardRole({
        ...cardCrypto,
        signS1: (load) => cardCrypto.signS1({ ...load, keys: keysOf(load) }),
        verifyLoadS2: (load, S1, S2) => cardCrypto.verifyLoadS2({ ...load, keys: keysOf(load) }, S1, S2),
        signLoadS3: (load, completion) => cardCrypto.signLoadS3({ ...load, keys: keysOf(load) }, completion),
      }),
    ...withCrypto({
      isS1: (load, S1) => toHex(signLoadS1(load.ALGL, keysOf(load).KS1, load.request)) === S1,
      makeS2: (load, S1) => toHex(signLoadS2(load.ALGL, keysOf(load).KS2, load.request, fromHex(S1))),
      isS3: (load, completion, S3) => toHex(signLoadS3(load.ALGL, keysOf(load).KS3, load.request, completion)) === S3,
    }),
  };
};

export const LOAD_HSM_BEHAVIOURS: Readonly<Record<string, Behaviour>> = {
  "hsm-accepts": accepts,
  "hsm-signs": signs,
  "hsm-answers": answers,
  "hsm-serves-any": serves,
  "hsm-ignores-expiry": ignoresExpiry,
  "hsm-discloses": discloses,
  "hsm-logs-key": logsKey,
  "load-signatures-without": signaturesWithout,
  "load-common-key": commonKey,
};

function requestIn({ bytes }: HsmInput) {
  const frame = parseHsmFrame(bytes);
  if (frame === undefined || !isHsmCommandCode(frame.code)) return undefined;
  const command = parseHsmCommand(frame.code, frame.body);
  return command === undefined || command.code === "NC" ? undefined : command.request;
}

function ownKeys({ ALGL, MKL, request }: Keyed) {
  return deriveLoadSessionKeys(ALGL, deriveLoadKey(ALGL, MKL, request.PPIEP, request.IDIEP), request);
}

function ownS1(load: Keyed): string {
  return toHex(signLoadS1(load.ALGL, ownKeys(load).KS1, load.request));
}

function ownS3(load: Keyed, completion: Parameters<HsmCrypto["isS3"]>[1]): string {
  return toHex(signLoadS3(load.ALGL, ownKeys(load).KS3, load.request, completion));
}

function nextLetter(command: string): string {
  return String.fromCharCode(command.charCodeAt(1) + 1);
}
