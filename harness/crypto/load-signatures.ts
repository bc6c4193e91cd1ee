/**
 * S1, S2 and S3 of a load (keys-and-signatures.md, section 9), over elements by name: the HSM never sees the card's own
 * bytes, and judges a negative result over elements of two requests.
 */
import { concat } from "../core/bytes.ts";
import { PursebenchError } from "../core/errors.ts";
import { mac } from "./algorithm.ts";
import { type LoadElements, loadElements } from "./load-elements.ts";
import { requireLoadAlgorithm } from "./load-keys.ts";

const S1_DOMAIN = Uint8Array.of(0x0c);
const S2_DOMAIN = Uint8Array.of(0x1c);
const S3_DOMAIN = Uint8Array.of(0x2c);
const SIGNATURE_LENGTH = 8;

/**
 * A load request as the card signed it: the elements of LOADINIT and of INITRSP in LOADRSP (card-edge.md 5.2a). BALIEP is
 * the balance before the load.
 */
export type LoadRequest = Pick<
  LoadElements,
  "PPIEP" | "IDIEP" | "DEXPIEP" | "NTIEP" | "MLDA" | "CURRLDA" | "CEXPLDA" | "BALIEP" | "IDACQ" | "R" | "DTHR" | "IDTRX"
>;

/** What the card says when it signs the end of a load: BALIEP is the balance after the command, minor units. */
export type LoadCompletion = Pick<LoadElements, "CC" | "BALIEP">;

/** The 56 bytes under S1. Throws `PROTOCOL` for elements that do not fit. */
export function loadS1Input(request: LoadRequest): Uint8Array {
  return concat(
    S1_DOMAIN,
    loadElements(request, "PPIEP", "IDIEP", "DEXPIEP", "NTIEP", "MLDA", "CURRLDA", "CEXPLDA", "BALIEP"),
    loadElements(request, "IDACQ", "R", "DTHR", "IDTRX"),
  );
}

/** The 46 bytes under S2. `S1`: 8 bytes, of this very request. Throws `PROTOCOL` for elements that do not fit. */
export function loadS2Input(request: LoadRequest, S1: Uint8Array): Uint8Array {
  if (S1.length !== SIGNATURE_LENGTH) throw new PursebenchError("PROTOCOL", `S1 has ${S1.length} bytes, 8 are needed`);
  return concat(
    S2_DOMAIN,
    loadElements(request, "PPIEP", "IDIEP", "NTIEP", "MLDA", "CURRLDA", "CEXPLDA", "IDACQ", "IDTRX"),
    S1,
  );
}

/** The 58 bytes under S3. Throws `PROTOCOL` for elements that do not fit. */
export function loadS3Input(request: LoadRequest, completion: LoadCompletion): Uint8Array {
  return concat(
    S3_DOMAIN,
    loadElements(completion, "CC"),
    loadElements(request, "PPIEP", "IDIEP", "DEXPIEP", "NTIEP", "MLDA", "CURRLDA", "CEXPLDA"),
    loadElements(request, "IDACQ", "R", "DTHR", "IDTRX"),
    loadElements(completion, "BALIEP"),
  );
}

/** S1, 8 bytes: the card's word before a load. */
export function signLoadS1(ALGL: number, KS1: Uint8Array, request: LoadRequest): Uint8Array {
  return mac(requireLoadAlgorithm(ALGL), KS1, loadS1Input(request));
}

/** S2, 8 bytes: the HSM's word to the card. */
export function signLoadS2(ALGL: number, KS2: Uint8Array, request: LoadRequest, S1: Uint8Array): Uint8Array {
  return mac(requireLoadAlgorithm(ALGL), KS2, loadS2Input(request, S1));
}

/** S3, 8 bytes: the card's word how the load ended. */
export function signLoadS3(
  ALGL: number,
  KS3: Uint8Array,
  request: LoadRequest,
  completion: LoadCompletion,
): Uint8Array {
  return mac(requireLoadAlgorithm(ALGL), KS3, loadS3Input(request, completion));
}
