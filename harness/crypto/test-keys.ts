/**
 * The test key set (keys-and-signatures.md). Its values are secret by habit: they leave this object only through the two
 * methods, never through JSON, logs or error messages.
 */
import { inspect } from "node:util";
import { z } from "zod";
import { fromHex } from "../core/bytes.ts";
import { digits, hexBytes, oneOf, readCheckedYaml, wholeNumber } from "../core/checked-yaml.ts";
import { PursebenchError } from "../core/errors.ts";

export interface MerchantContract {
  /** 8 characters A-Z 0-9. */
  readonly IDMER: string;
  readonly active: boolean;
}

/** Names a master purchase key without giving it. */
export interface KeyName {
  readonly PPIEP: string;
  readonly ALGIEP: number;
  readonly VKIEP: number;
}

const KeySetFile = z.strictObject({
  test: z.literal("true", "expected `test: true`; only test key sets are accepted"),
  masterPurchaseKeys: z
    .array(
      z.strictObject({
        PPIEP: digits(6),
        ALGIEP: wholeNumber(4, 5),
        VKIEP: wholeNumber(1, 254),
        MKP: hexBytes(16),
      }),
    )
    .max(64, "expected at most 64 master keys"),
  merchants: z
    .array(
      z.strictObject({
        IDMER: z.string().regex(/^[A-Z0-9]{8}$/, "expected 8 characters A-Z 0-9"),
        contract: oneOf("active", "ended"),
        KMER: hexBytes(16),
      }),
    )
    .max(256, "expected at most 256 merchants"),
});

/** Test keys by name. */
export class TestKeySet {
  readonly #masterKeys: ReadonlyMap<string, Uint8Array>;
  readonly #merchantKeys: ReadonlyMap<string, Uint8Array>;
  /** Names of the master purchase keys there are. */
  readonly keyNames: readonly KeyName[];
  readonly merchants: readonly MerchantContract[];

  constructor(file: z.infer<typeof KeySetFile>) {
    this.keyNames = file.masterPurchaseKeys.map(({ PPIEP, ALGIEP, VKIEP }) => ({ PPIEP, ALGIEP, VKIEP }));
    this.merchants = file.merchants.map(({ IDMER, contract }) => ({ IDMER, active: contract === "active" }));
    this.#masterKeys = new Map(file.masterPurchaseKeys.map((key) => [label(key), fromHex(key.MKP)]));
    this.#merchantKeys = new Map(file.merchants.map(({ IDMER, KMER }) => [IDMER, fromHex(KMER)]));
  }

  /** MKP, 16 bytes (a copy). */
  masterPurchaseKey(PPIEP: string, ALGIEP: number, VKIEP: number): Uint8Array | undefined {
    return this.#masterKeys.get(label({ PPIEP, ALGIEP, VKIEP }))?.slice();
  }

  /** KMER, 16 bytes (a copy), whatever the state of the contract. */
  merchantKey(IDMER: string): Uint8Array | undefined {
    return this.#merchantKeys.get(IDMER)?.slice();
  }

  toJSON(): string {
    return "test key set";
  }

  [inspect.custom](): string {
    return "TestKeySet { … }";
  }
}

/** Reads `fixtures/keys/*.yaml`. Throws `USAGE` with file, line and what was expected; never tells a key. */
export function loadTestKeys(text: string, fileName: string): TestKeySet {
  const file = readCheckedYaml(text, fileName, KeySetFile);
  refuseTwins(file.masterPurchaseKeys.map(label), fileName, "master key");
  refuseTwins(
    file.merchants.map(({ IDMER }) => IDMER),
    fileName,
    "merchant",
  );
  return new TestKeySet(file);
}

function label({ PPIEP, ALGIEP, VKIEP }: KeyName): string {
  return `${PPIEP}/${ALGIEP}/${VKIEP}`;
}

function refuseTwins(names: readonly string[], fileName: string, what: string): void {
  const twin = names.find((name, index) => names.indexOf(name) !== index);
  if (twin !== undefined) throw new PursebenchError("USAGE", `${fileName}: ${what} ${twin} is there twice`);
}
