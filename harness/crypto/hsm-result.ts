/** HRES, the HSM's word to its load server on how a load ended (keys-and-signatures.md, section 9). */
import { concat } from "../core/bytes.ts";
import { aesCmac } from "./aes.ts";
import { constantTimeEqual } from "./constant-time.ts";
import { type LoadElements, loadElements } from "./load-elements.ts";

const DOMAIN = 0x3c;

/** `s3-right`: S3 is right for this CC. `no-load`: both S1 are right, no load happened; CC is then "0000". */
export type HsmResultKind = "s3-right" | "no-load";

/** KIND as it is signed and sent. */
export const HSM_RESULT_KINDS: { readonly [Kind in HsmResultKind]: number } = { "s3-right": 0x01, "no-load": 0x02 };

/** Elements are those of the original request; `CC`: the completion code that was judged. */
export type HsmResult = { readonly kind: HsmResultKind } & Pick<
  LoadElements,
  "CC" | "PPIEP" | "IDIEP" | "NTIEP" | "MLDA" | "CURRLDA" | "CEXPLDA" | "IDACQ" | "IDTRX"
>;

/** HRES, 8 bytes, under the key KLS of load server and HSM. Throws `PROTOCOL` for elements that do not fit. */
export function signHsmResult(KLS: Uint8Array, result: HsmResult): Uint8Array {
  const signed = concat(
    Uint8Array.of(DOMAIN, HSM_RESULT_KINDS[result.kind]),
    loadElements(result, "CC", "PPIEP", "IDIEP", "NTIEP", "MLDA", "CURRLDA", "CEXPLDA", "IDACQ", "IDTRX"),
  );
  return aesCmac(KLS, signed).subarray(0, 8);
}

/** Whether HRES says just that, in constant time. */
export function isHsmResult(KLS: Uint8Array, result: HsmResult, HRES: Uint8Array): boolean {
  return constantTimeEqual(signHsmResult(KLS, result), HRES);
}
