import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { flipBit, fromHex, toHex } from "../core/bytes.ts";
import type { CipherSuite } from "../core/sale-profile.ts";
import { openResultM } from "./confirmation.ts";
import {
  type LoadConfirmation,
  loadConfirmationText,
  NEVER_RECEIVED,
  openLoadConfirmation,
  readLoadConfirmationText,
  sealLoadConfirmation,
} from "./load-confirmation.ts";
import { type AccountDebit, debitSecurity, type LoadPageTerms, loadSecurityInformation } from "./load-security.ts";
import { securityKey } from "./security-information.ts";
import { deriveTransactionKey } from "./transaction-keys.ts";

type Names = "KMER" | "KSH" | "RND" | "KDER" | "KSEC" | "SECINFO" | "SECLOAD" | "text" | "nonce" | "CONF";

/** Computed by fixtures/vectors/compute.py. */
type Vector = LoadConfirmation &
  Readonly<Record<Names, string>> & {
    readonly suite: CipherSuite;
    readonly page: Omit<LoadPageTerms, "IDMER" | "IDTRX" | "encryption">;
    readonly debit: Omit<AccountDebit, "IDMER" | "IDTRX">;
  };

const VECTORS: readonly Vector[] = JSON.parse(
  readFileSync(new URL("../../fixtures/vectors/load-confirmation.json", import.meta.url), "utf8"),
).vectors;

function confirmationOf(vector: Vector): LoadConfirmation {
  const { IDTRX, IDMER, CC, MLDA, CURRLDA, CEXPLDA, PPIEP, IDIEP, NTIEP, DTHR } = vector;
  return { IDTRX, IDMER, CC, MLDA, CURRLDA, CEXPLDA, PPIEP, IDIEP, NTIEP, DTHR };
}

const OTHER = "FF".repeat(16);

describe.each(VECTORS)("words about a load, $suite, $IDMER, CC $CC", (vector) => {
  const { suite, IDMER, IDTRX } = vector;
  const [KMER, KDER, CONF] = [fromHex(vector.KMER), fromHex(vector.KDER), fromHex(vector.CONF)];

  it("sign the page: what it offers, until when, and the suite", () => {
    const terms = { IDMER, IDTRX, ...vector.page, encryption: suite };
    expect(toHex(securityKey(KMER, IDMER))).toBe(vector.KSEC);
    expect(toHex(loadSecurityInformation(KMER, terms))).toBe(vector.SECINFO);
    const changes: Partial<LoadPageTerms>[] = [
      { IDTRX: OTHER },
      { IDMER: "BNK99999" },
      { MLDAmax: terms.MLDAmax - 1 },
      { CURRLDA: "0826" },
      { CEXPLDA: 1 },
      { DTHR: "20270101000000" },
      { encryption: suite === "AES-128-GCM" ? "3DES-CBC-MAC" : "AES-128-GCM" },
    ];
    for (const change of changes) {
      expect(toHex(loadSecurityInformation(KMER, { ...terms, ...change }))).not.toBe(vector.SECINFO);
    }
  });

  it("say that the account was debited, for one card and one amount", () => {
    const debit = { IDMER, IDTRX, ...vector.debit };
    expect(toHex(debitSecurity(KMER, debit))).toBe(vector.SECLOAD);
    const changes: Partial<AccountDebit>[] = [
      { IDTRX: OTHER },
      { IDMER: "BNK99999" },
      { MLDA: debit.MLDA + 1 },
      { CURRLDA: "0826" },
      { CEXPLDA: 1 },
      { PPIEP: "000999" },
      { IDIEP: "0000000000" },
      { DTHR: "20270101000000" },
    ];
    for (const change of changes) {
      expect(toHex(debitSecurity(KMER, { ...debit, ...change }))).not.toBe(vector.SECLOAD);
    }
  });

  it("confirm under KDER, made as for a sale", () => {
    expect(toHex(deriveTransactionKey(suite, fromHex(vector.KSH), IDMER, IDTRX, fromHex(vector.RND)))).toBe(
      vector.KDER,
    );
    const confirmation = confirmationOf(vector);
    expect(toHex(loadConfirmationText(confirmation))).toBe(vector.text);
    expect(readLoadConfirmationText(fromHex(vector.text))).toEqual(confirmation);
    expect(toHex(sealLoadConfirmation(suite, KDER, confirmation, fromHex(vector.nonce)))).toBe(vector.CONF);
    expect(openLoadConfirmation(suite, KDER, IDMER, IDTRX, CONF)).toEqual(confirmation);
    expect(openLoadConfirmation(suite, KDER, IDMER, IDTRX.toLowerCase(), CONF)).toEqual(confirmation);
  });

  it("confirm nothing for another load, account holder or key, and no sale", () => {
    expect(openLoadConfirmation(suite, KDER, IDMER, OTHER, CONF)).toBeNull();
    expect(openLoadConfirmation(suite, KDER, "BNK99999", IDTRX, CONF)).toBeNull();
    expect(openLoadConfirmation(suite, flipBit(KDER, 0), IDMER, IDTRX, CONF)).toBeNull();
    expect(openResultM(suite, KDER, IDMER, IDTRX, CONF)).toBeNull();
  });

  it("confirm nothing when any bit was changed, or another length came", () => {
    for (let bit = 0; bit < 8 * CONF.length; bit++) {
      expect(openLoadConfirmation(suite, KDER, IDMER, IDTRX, flipBit(CONF, bit))).toBeNull();
    }
    for (let length = 0; length < CONF.length; length++) {
      expect(openLoadConfirmation(suite, KDER, IDMER, IDTRX, CONF.slice(0, length))).toBeNull();
    }
  });
});

describe("the text of a load confirmation", () => {
  const [vector] = VECTORS;
  if (!vector) throw new Error("the vector is missing");

  it("says zeros of a load whose request was never received", () => {
    const { IDMER, IDTRX } = vector;
    const text = loadConfirmationText({ IDMER, IDTRX, CC: "A009", ...NEVER_RECEIVED });
    expect(toHex(text.subarray(25, 27))).toBe("A009");
    expect(text).toHaveLength(51);
    expect(text.subarray(27).every((byte) => byte === 0)).toBe(true);
    const unreceived = VECTORS.filter(({ CC }) => CC === "A009");
    expect(unreceived.map(confirmationOf)).toEqual(
      unreceived.map((one) => ({ ...confirmationOf(one), ...NEVER_RECEIVED })),
    );
    expect(unreceived).toHaveLength(2);
  });

  it("is read from any bytes without an exception, and what is read is written as it came", () => {
    const near = fc.tuple(fc.nat({ max: 50 }), fc.nat({ max: 255 })).map(([at, byte]) => {
      const text = fromHex(vector.text);
      text[at] = byte;
      return text;
    });
    fc.assert(
      fc.property(fc.oneof(near, fc.uint8Array({ maxLength: 60 })), (text) => {
        const read = readLoadConfirmationText(text);
        if (read) expect(loadConfirmationText(read)).toEqual(text);
      }),
    );
  });

  it("is refused with another version, length, form of IDMER or digits that are none", () => {
    const text = fromHex(vector.text);
    const put = (at: number, byte: number) => Uint8Array.from(text, (old, index) => (index === at ? byte : old));
    const wrong = [put(0, 1), put(0, 2), put(17, 0x61), put(31, 0xaa), put(34, 0x0f), put(50, 0xff)];
    for (const each of [...wrong, text.slice(0, 50), Uint8Array.of(...text, 0), new Uint8Array(0)]) {
      expect(readLoadConfirmationText(each)).toBeNull();
    }
  });
});
