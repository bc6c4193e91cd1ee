import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { flipBit, fromHex, toHex } from "../core/bytes.ts";
import type { CipherSuite } from "../core/sale-profile.ts";
import { type Confirmation, openConfirmation, openResultM, sealResultM } from "./confirmation.ts";
import { type ExpectedResponse, openExpected, sealExpected } from "./expected-signature.ts";
import { isOddParity } from "./parity.ts";
import { openMessage, sealMessage } from "./sealed-message.ts";
import { deriveTransactionKey, newTsk, openTsk, sealTsk } from "./transaction-keys.ts";

type Names = "KSH" | "RND" | "KDER" | "random" | "TSK" | "nonce" | "ETSK" | "CONF" | "EXPECTED" | "SEXP";

/** Computed by fixtures/vectors/compute.py. */
type Vector = Confirmation &
  Readonly<Record<Names, string>> & {
    readonly suite: CipherSuite;
    readonly messages: readonly { readonly inner: string; readonly SEALED: string }[];
  };

const VECTORS: readonly Vector[] = JSON.parse(
  readFileSync(new URL("../../fixtures/vectors/encryption-layer.json", import.meta.url), "utf8"),
).vectors;

function confirmationOf(vector: Vector): Confirmation {
  const { IDTRX, IDMER, CC, MPDA, CURRPDA, CEXPPDA, IDTERM, NTPSAM, DTHR } = vector;
  return { IDTRX, IDMER, CC, MPDA, CURRPDA, CEXPPDA, IDTERM, NTPSAM, DTHR };
}

function expectedOf(vector: Vector): ExpectedResponse {
  const { CC: _, ...terms } = confirmationOf(vector);
  return { ...terms, EXPECTED: fromHex(vector.EXPECTED) };
}

function namesOf({ IDMER, IDTRX, RND }: Vector) {
  return { IDMER, IDTRX, RND: fromHex(RND) };
}

const OTHER = "FF".repeat(16);

describe.each(VECTORS)("encryption layer, $suite, $IDMER", (vector) => {
  const { suite, IDMER, IDTRX } = vector;
  const KDER = fromHex(vector.KDER);
  const TSK = fromHex(vector.TSK);
  const nonce = fromHex(vector.nonce);

  it("derives KDER from the shared key and the data of the transaction", () => {
    expect(toHex(deriveTransactionKey(suite, fromHex(vector.KSH), IDMER, IDTRX, fromHex(vector.RND)))).toBe(
      vector.KDER,
    );
  });

  it("makes TSK from random bytes and seals it in ETSK", () => {
    expect(toHex(newTsk(suite, fromHex(vector.random)))).toBe(vector.TSK);
    expect(toHex(sealTsk(suite, KDER, namesOf(vector), TSK, nonce))).toBe(vector.ETSK);
    expect(openTsk(suite, KDER, namesOf(vector), fromHex(vector.ETSK))).toEqual(TSK);
  });

  it("opens ETSK for no other transaction, merchant, random number or key", () => {
    const ETSK = fromHex(vector.ETSK);
    const names = namesOf(vector);
    expect(openTsk(suite, KDER, { ...names, IDTRX: OTHER }, ETSK)).toBeNull();
    expect(openTsk(suite, KDER, { ...names, IDMER: "MER99999" }, ETSK)).toBeNull();
    expect(openTsk(suite, KDER, { ...names, RND: flipBit(names.RND, 0) }, ETSK)).toBeNull();
    expect(openTsk(suite, TSK, names, ETSK)).toBeNull();
  });

  it("seals and opens messages of every length, bound to their tag and transaction", () => {
    for (const { inner, SEALED } of vector.messages) {
      const sealed = fromHex(SEALED);
      const tag = fromHex(inner)[0] ?? 0;
      expect(toHex(sealMessage(suite, TSK, IDTRX, nonce, fromHex(inner)))).toBe(SEALED);
      expect(openMessage(suite, TSK, IDTRX, sealed, [tag])).toEqual(fromHex(inner));
      expect(openMessage(suite, TSK, IDTRX, sealed, [0xed, tag])).toEqual(fromHex(inner));
      expect(openMessage(suite, TSK, IDTRX, sealed, [0xed])).toBeNull();
      expect(openMessage(suite, TSK, IDTRX, sealed, [])).toBeNull();
      expect(openMessage(suite, TSK, OTHER, sealed, [tag])).toBeNull();
      expect(openMessage(suite, KDER, IDTRX, sealed, [tag])).toBeNull();
    }
  });

  it("seals debit result M under KDER, and it passes for no CONF under another key", () => {
    const CONF = fromHex(vector.CONF);
    expect(toHex(sealResultM(suite, KDER, confirmationOf(vector), nonce))).toBe(vector.CONF);
    expect(openResultM(suite, KDER, IDMER, IDTRX, CONF)).toEqual(confirmationOf(vector));
    expect(openResultM(suite, KDER, IDMER, OTHER, CONF)).toBeNull();
    expect(openResultM(suite, KDER, "MER99999", IDTRX, CONF)).toBeNull();
    expect(openResultM(suite, TSK, IDMER, IDTRX, CONF)).toBeNull();
    expect(openConfirmation(KDER, IDMER, IDTRX, CONF)).toBeNull();
  });

  it("seals SEXP under KDER, and it passes for no confirmation", () => {
    const SEXP = fromHex(vector.SEXP);
    expect(toHex(sealExpected({ suite, KDER }, expectedOf(vector), nonce))).toBe(vector.SEXP);
    expect(openExpected({ suite, KDER }, IDMER, IDTRX, SEXP)).toEqual(expectedOf(vector));
    expect(openExpected({ suite, KDER }, IDMER, OTHER, SEXP)).toBeNull();
    expect(openExpected({ KMER: KDER }, IDMER, IDTRX, SEXP)).toBeNull();
    expect(openResultM(suite, KDER, IDMER, IDTRX, SEXP)).toBeNull();
    expect(openExpected({ suite, KDER }, IDMER, IDTRX, fromHex(vector.CONF))).toBeNull();
  });

  it("opens nothing when any bit was changed", () => {
    const opened: [string, (sealed: Uint8Array) => unknown][] = [
      [vector.ETSK, (sealed) => openTsk(suite, KDER, namesOf(vector), sealed)],
      [vector.CONF, (sealed) => openResultM(suite, KDER, IDMER, IDTRX, sealed)],
      [vector.SEXP, (sealed) => openExpected({ suite, KDER }, IDMER, IDTRX, sealed)],
      ...vector.messages.map(({ SEALED }): [string, (sealed: Uint8Array) => unknown] => [
        SEALED,
        (sealed) => openMessage(suite, TSK, IDTRX, sealed, [0xea, 0xeb, 0xec]),
      ]),
    ];
    const bit = fc.nat({ max: 8 * 400 });
    fc.assert(
      fc.property(fc.constantFrom(...opened), bit, ([sealed, open], at) => {
        expect(open(fromHex(sealed))).not.toBeNull();
        expect(open(flipBit(fromHex(sealed), at % (4 * sealed.length)))).toBeNull();
      }),
    );
  });
});

describe("the shared key", () => {
  const [aes, tripleDes] = [0, 4].map((at) => VECTORS[at]);

  it.each([aes, tripleDes])(
    "takes part with every bit of its 128, but for the parity bits of DES ($suite)",
    (vector) => {
      if (!vector) throw new Error("the vector is missing");
      const { suite, IDMER, IDTRX } = vector;
      for (let bit = 0; bit < 128; bit++) {
        const KSH = flipBit(fromHex(vector.KSH), bit);
        const KDER = toHex(deriveTransactionKey(suite, KSH, IDMER, IDTRX, fromHex(vector.RND)));
        expect(KDER === vector.KDER).toBe(suite === "3DES-CBC-MAC" && bit % 8 === 7);
      }
    },
  );

  it("gives triple DES keys of odd parity, whose halves differ", () => {
    for (const { suite, KDER, TSK } of VECTORS.filter(({ suite }) => suite === "3DES-CBC-MAC")) {
      expect(suite).toBe("3DES-CBC-MAC");
      for (const key of [fromHex(KDER), fromHex(TSK)]) {
        expect(isOddParity(key)).toBe(true);
        expect(key.slice(0, 8)).not.toEqual(key.slice(8));
      }
    }
  });

  it("gives another key for every merchant, transaction and random number", () => {
    const KSH = new Uint8Array(16).fill(0x31);
    const RND = new Uint8Array(8);
    for (const suite of ["AES-128-GCM", "3DES-CBC-MAC"] as const) {
      const keys = [
        deriveTransactionKey(suite, KSH, "MER00014", "00".repeat(16), RND),
        deriveTransactionKey(suite, KSH, "MER00015", "00".repeat(16), RND),
        deriveTransactionKey(suite, KSH, "MER00014", `${"00".repeat(15)}01`, RND),
        deriveTransactionKey(suite, KSH, "MER00014", "00".repeat(16), flipBit(RND, 63)),
        KSH,
      ];
      expect(new Set(keys.map(toHex)).size).toBe(keys.length);
    }
  });

  it("refuses a random number of another length", () => {
    for (const length of [0, 7, 9]) {
      const derive = () =>
        deriveTransactionKey("AES-128-GCM", new Uint8Array(16), "MER00014", OTHER, new Uint8Array(length));
      expect(derive).toThrow(expect.objectContaining({ code: "PROTOCOL" }));
    }
  });
});
