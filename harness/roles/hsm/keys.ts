import { toHex } from "../../core/bytes.ts";
import { keyCheckValue } from "../../crypto/key-cryptogram.ts";
import type { LoadAlgorithm } from "../../crypto/load-keys.ts";

/** A master load key as the HSM is told of it: enough to recognise it, nothing to use it with. */
export interface ServedKey {
  /** 6 digits. */
  readonly PPIEP: string;
  readonly ALGL: LoadAlgorithm;
  readonly VKIEP: number;
  /** Check value of MKL, 6 hex digits. */
  readonly checkValue: string;
}

/** All that an HSM keeps between commands (hsm-edge.md 1). Keys have 16 bytes; undefined: not loaded yet. */
export interface HsmKeys {
  /** Local master key. */
  readonly LMK: Uint8Array | undefined;
  /** Shared with its load server. */
  readonly KLS: Uint8Array | undefined;
  readonly served: readonly ServedKey[];
}

/** A master load key (16 bytes) as an HSM is told to serve for it. */
export function servedKey(name: Omit<ServedKey, "checkValue">, MKL: Uint8Array): ServedKey {
  return { ...name, checkValue: toHex(keyCheckValue(name.ALGL, MKL)) };
}
