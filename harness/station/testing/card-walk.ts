/** What is sent to twin cards. */
import { concat, fromHex, uintToBytes } from "../../core/bytes.ts";
import type { Random } from "../../core/random.ts";
import { caName, psamName } from "../../crypto/certificate.ts";
import { certifyOnce } from "../../crypto/certify-once.ts";
import { encipherSessionKey, signSessionKey } from "../../crypto/key-transport.ts";
import { signLoadS2 } from "../../crypto/load-signatures.ts";
import { signS2 } from "../../crypto/purse-signatures.ts";
import { modulusOf } from "../../crypto/rsa.ts";
import { sessionKeysOf } from "../../roles/card/crypto.ts";
import { testKeys } from "../fixtures.ts";
import { type TwinCards, twinCommand } from "./twin-cards.ts";

const KEYS = testKeys();
const PSAM = { PPPSAM: "000789", IDPSAM: "00A10001" };
const NO_KEY = "00".repeat(16);

/** Payments and loads by somebody without a plan: half of the commands are the ones that are due, the others are nearly right or out of order. */
export class CardWalk {
  readonly #twins: TwinCards;
  readonly #random: Random;

  constructor(twins: TwinCards, random: Random) {
    this.#twins = twins;
    this.#random = random;
  }

  next(): Uint8Array {
    return this.#below(2) === 0 ? this.#due() : this.#other();
  }

  /** What comes next in a payment or a load, now and then with a bit turned over. */
  #due(): Uint8Array {
    const { session, purse } = this.#twins.state;
    if (session.kind === "initialised-for-load") return this.#spoilt(this.#credit());
    if (session.kind !== "initialised") return this.#pick([fromHex("905001001B"), this.#initialiseLoad()]);
    if (!purse.rsa || session.psam?.SK !== undefined) return this.#spoilt(this.#debit());
    return this.#spoilt(session.psam ? this.#sessionKey() : this.#certificate());
  }

  #other(): Uint8Array {
    const make = this.#pick([
      () => this.#due(),
      () => this.#debit(),
      () => this.#credit(),
      () => this.#certificate(),
      () => this.#sessionKey(),
      () => fromHex(this.#pick(["905001001B", "9050010000", "905001001A"])),
      () =>
        twinCommand(`905A0${this.#below(3)}00`, uintToBytes(Math.max(0, this.#purse.NTIEP - this.#below(3)), 2), 0x10),
      () => fromHex(this.#pick(["905C00000D", "905C000000", "905C00000C", "905C0000"])),
      () => concat(Uint8Array.of(0, 0xb2, this.#below(11)), fromHex(this.#pick(["0C15", "1400", "C400", "C41E"]))),
      () => fromHex(this.#pick(["00A4040008F050422D4945503100", "00A4040005F050422D4900", "00A4040003F0504200"])),
      () => this.#anything(),
    ]);
    return make();
  }

  get #purse() {
    return this.#twins.state.purse;
  }

  #below(limit: number): number {
    return (((this.#random(2)[0] ?? 0) << 8) | (this.#random(1)[0] ?? 0)) % limit;
  }

  #pick<T>(choices: readonly T[]): T {
    const chosen = choices[this.#below(choices.length)];
    if (chosen === undefined) throw new Error("nothing to choose from");
    return chosen;
  }

  #spoilt(command: Uint8Array): Uint8Array {
    if (this.#below(5) > 0) return command;
    const spoilt = command.slice();
    const at = 5 + this.#below(spoilt.length - 5);
    spoilt[at] = (spoilt[at] ?? 0) ^ (1 << this.#below(8));
    return spoilt;
  }

  #time(): string {
    return this.#pick(["20260115123059", "20280229000000", "20270229000000", "20260115126000", "2026011A123059"]);
  }

  #amount(): Uint8Array {
    const { BALIEP, BALmaxIEP } = this.#purse;
    const room = BALmaxIEP - BALIEP;
    const value = this.#pick([0, 1, 100 + this.#below(500), BALIEP, BALIEP + 1, room, room + 1, 0xffff_ffff]);
    return concat(
      uintToBytes(Math.min(value, 0xffff_ffff), 4),
      fromHex(this.#pick(["097802", "097802", "097802", "099902"])),
    );
  }

  #debit(): Uint8Array {
    const { session, purse } = this.#twins.state;
    const isInitialised = session.kind === "initialised";
    const INITRSP = isInitialised ? fromHex(session.INITRSP) : this.#random(27);
    const KDP = (purse.rsa ? isInitialised && session.psam?.SK : purse.KDP) || NO_KEY;
    const signed = concat(fromHex(PSAM.PPPSAM + PSAM.IDPSAM), this.#random(4), this.#amount(), this.#random(27));
    const DEBITDATA = concat(signed, new Uint8Array(8));
    const ALGIEP = purse.ALGIEP || 4;
    const { KS2 } = sessionKeysOf({ ALGIEP, KDP, NTIEP: purse.NTIEP, INITRSP, DEBITDATA });
    return twinCommand("90540100", concat(signed, signS2(ALGIEP, KS2, INITRSP, DEBITDATA)), 0x10);
  }

  #initialiseLoad(): Uint8Array {
    return twinCommand("90500000", concat(this.#amount(), fromHex(`00057001${this.#time()}`), this.#random(16)), 0x23);
  }

  #credit(): Uint8Array {
    const load = this.#twins.load();
    if (load === undefined) return twinCommand("90520000", this.#random(15), 0x10);
    const S2 = signLoadS2(load.ALGL, load.keys.KS2, load.request, load.S1);
    return twinCommand("90520000", concat(load.LOADINIT.subarray(0, 7), S2), 0x10);
  }

  #certificate(): Uint8Array {
    const VKIEP = this.#pick([1, 1, 1, 9]);
    const certificate = certifyOnce(KEYS.caPrivateKey("000123", VKIEP) ?? "", {
      type: this.#pick(["psam", "psam", "psam", "card"] as const),
      authority: caName("000123", VKIEP),
      subject: psamName(PSAM.PPPSAM, PSAM.IDPSAM),
      lastDay: this.#pick(["280229", "280229", "270229"]),
      modulus: psamKey().modulus,
    });
    return twinCommand("90580000", certificate);
  }

  #sessionKey(): Uint8Array {
    const { session, purse } = this.#twins.state;
    const INITRSP = session.kind === "initialised" ? fromHex(session.INITRSP) : this.#random(27);
    const z = this.#random(112).fill(0, 0, 1 + this.#below(111));
    const { EK } = encipherSessionKey(purse.rsa ? modulusOf(purse.rsa.privateKey) : psamKey().modulus, z);
    return twinCommand("90580100", concat(EK, signSessionKey(psamKey().privateKey, PSAM, INITRSP, EK)));
  }

  /** Any header, any length, right or not. */
  #anything(): Uint8Array {
    const header = fromHex(
      this.#pick(["9050", "9052", "9054", "9058", "905A", "905C", "905E", "00A4", "00B2", "90B2", "80D0", "9056"]),
    );
    const parameters = Uint8Array.of(this.#below(5), this.#pick([0, 0, 0x0c, 0xff]));
    return concat(header, parameters, this.#random(this.#below(24)));
  }
}

function psamKey() {
  const key = KEYS.psamKey(PSAM.IDPSAM);
  if (key === undefined) throw new Error("the test key set has no key of a PSAM");
  return key;
}
