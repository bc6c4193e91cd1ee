/** HSMs that judge a negative result wrongly (`hsm-edge.md` 2). */
import { PursebenchError } from "../core/errors.ts";
import { parseHsmCommand } from "../protocol/hsm/commands.ts";
import { encodeHsmFrame, parseHsmFrame } from "../protocol/hsm/frame.ts";
import { type HsmCrypto, hsmCrypto } from "../roles/hsm/crypto.ts";
import { createHsm, type HsmOutput } from "../roles/hsm/model.ts";
import { type Behaviour, textOf } from "./behaviour.ts";

/** `what`: how the HSM is wrong. */
const hsmFails: Behaviour = (parameters) => {
  const what = textOf(parameters, "what");
  if (what === "signs first") return { hsm: () => signingFirst() };
  return { hsm: () => createHsm({ ...hsmCrypto, ...wrongCrypto(what) }) };
};

function wrongCrypto(what: string): Partial<HsmCrypto> {
  switch (what) {
    case "new S1 by its length":
      return { isS1: (load, S1) => load.request.MLDA === 0 || hsmCrypto.isS1(load, S1) };
    case "original S1 once":
      return remembering();
    case "no signature":
      return {
        makeResult: (KLS, result) =>
          result.kind === "no-load" ? "0000000000000000" : hsmCrypto.makeResult(KLS, result),
      };
    case "S3 under any code":
      return {
        isS3: (load, completion, S3) =>
          hsmCrypto.isS3(load, completion, S3) ||
          hsmCrypto.isS3(load, { CC: "0000", BALIEP: load.request.BALIEP + load.request.MLDA }, S3),
      };
    case "any S3":
      return { isS3: () => true };
    default:
      throw new PursebenchError("USAGE", `no way of an HSM to be wrong is called "${what}"`);
  }
}

/** A signature that was right once is right for ever. */
function remembering(): Partial<HsmCrypto> {
  const right = new Set<string>();
  return {
    isS1(load, S1) {
      const isRight = right.has(S1) || hsmCrypto.isS1(load, S1);
      if (isRight) right.add(S1);
      return isRight;
    },
  };
}

/** The statement that nothing was loaded is signed before S1 is looked at, and stands behind the error too. */
function signingFirst() {
  const reference = createHsm(hsmCrypto);
  return {
    handle(keys, input) {
      const { state, outputs } = reference.handle(keys, input);
      const asked = parseHsmFrame(input.bytes);
      const command = asked?.code === "DU" ? parseHsmCommand("DU", asked.body) : undefined;
      if (command?.code !== "DU" || keys.KLS === undefined) return { state, outputs };
      const HRES = hsmCrypto.makeResult(keys.KLS, { ...command.request, kind: "no-load", CC: "0000" });
      const signed = outputs.map((output: HsmOutput): HsmOutput => {
        const answer = output.kind === "send" ? parseHsmFrame(output.bytes) : undefined;
        if (answer?.body !== "01") return output;
        return { kind: "send", bytes: encodeHsmFrame({ ...answer, body: `01${HRES}02` }) };
      });
      return { state, outputs: signed };
    },
  } satisfies ReturnType<typeof createHsm>;
}

export const LOAD_NEGATIVE_HSM_BEHAVIOURS: Readonly<Record<string, Behaviour>> = {
  "hsm-judges-negative-wrongly": hsmFails,
};
