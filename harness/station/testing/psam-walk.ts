/** What is sent to twin PSAMs. */
import { concat, fromHex, toHex, uintToBytes } from "../../core/bytes.ts";
import type { Random } from "../../core/random.ts";
import { encipherUpdateKey, signS5, signS6 } from "../../crypto/collection.ts";
import { encodeCardResponse } from "../../protocol/messages/card-response.ts";
import { encodeTotalsLine } from "../../protocol/messages/psam-read-totals.ts";
import { psamCrypto } from "../../roles/psam/crypto.ts";
import { cardOf, debitOf } from "../../roles/psam/kept.ts";
import { contextOf } from "../../roles/psam/key-material.ts";
import type { Transaction } from "../../roles/psam/state.ts";
import { twinCommand } from "./twin-cards.ts";
import type { TwinPsams } from "./twin-psams.ts";

const ATR = "3BD395FF8131FE45414243F2";

/** Draws of secret key cards, completions, cancellations, collections and updates by somebody without a plan. */
export class PsamWalk {
  readonly #twins: TwinPsams;
  readonly #random: Random;
  /** Identifiers are few, so that many are used already. */
  #identifiers = 0;

  constructor(twins: TwinPsams, random: Random) {
    this.#twins = twins;
    this.#random = random;
  }

  next(): Uint8Array {
    return this.#below(3) > 0 ? this.#due() : this.#other();
  }

  /** What comes next in a draw. */
  #due(): Uint8Array {
    const { session, memory } = this.#twins.state;
    if (memory.open !== null)
      return this.#pick([() => this.#complete(), () => this.#complete(), () => this.#cancel()])();
    if (session.kind === "card-reset") return twinCommand("90700100", this.#INITRSP(), 0x0b);
    if (session.kind === "card-accepted") return this.#debit();
    return twinCommand("90700000", fromHex(this.#pick([ATR, ATR, ATR, "3B00", "3B01", "3B808101"])));
  }

  #other(): Uint8Array {
    return this.#pick([
      () => this.#due(),
      () => this.#debit(),
      () => this.#complete(),
      () => this.#cancel(),
      () => this.#collect(),
      () => this.#endOfCollection(),
      () => this.#update(),
      () => fromHex(this.#pick(["908C000000", "908C00000F", "908C0000", "90780000F4", "90780100E0"])),
      () => fromHex(this.#pick(["00A4040008F050422D50534D3100", "00A4040005F050422D5000", "00A4040003F0504200"])),
      () => this.#anything(),
    ])();
  }

  #below(limit: number): number {
    return (((this.#random(1)[0] ?? 0) << 8) | (this.#random(1)[0] ?? 0)) % limit;
  }

  #pick<T>(choices: readonly T[]): T {
    const chosen = choices[this.#below(choices.length)];
    if (chosen === undefined) throw new Error("nothing to choose from");
    return chosen;
  }

  /** Now and then with a bit turned over. */
  #spoilt(data: Uint8Array): Uint8Array {
    if (this.#below(6) > 0) return data;
    const spoilt = data.slice();
    const at = this.#below(spoilt.length);
    spoilt[at] = (spoilt[at] ?? 0) ^ (1 << this.#below(8));
    return spoilt;
  }

  #INITRSP(): Uint8Array {
    const who = this.#pick([
      "000123000000471104",
      "000123000000471104",
      "00012300AF00471104",
      "000123999999999905",
      "000456012345678904",
    ]);
    const rest = this.#pick([
      "29123100989680097802010001",
      "29123100989680097802010007",
      "29123100002710039200010002",
      "26011400989680097802010001",
    ]);
    return this.#spoilt(
      concat(fromHex(who), fromHex(rest), Uint8Array.of(this.#pick([1, 1, 1, 1, 1, 2])), this.#random(4)),
    );
  }

  #debit(): Uint8Array {
    const amount = uintToBytes(this.#pick([1, 995, 995, 995, 10_000, 10_000, 10_001, 0, 10_000_001]), 4);
    const time = this.#pick([...Array(8).fill("20260115123059"), "20300101000000", "20260230000000"]);
    if (this.#below(4) > 0) this.#identifiers++;
    const rest = fromHex(`${this.#pick(["097802", "097802", "097802", "097802", "039200"])}${time}00490089`);
    const data = concat(amount, rest, uintToBytes(this.#identifiers, 16));
    return twinCommand(this.#pick(["90720000", "90720100"]), data, this.#pick([0, 0x45, 0x45, 0x35]));
  }

  /** One that is kept, or none. */
  #kept(): Transaction | undefined {
    const { open, suspended, issued } = this.#twins.state.memory;
    const kept = [...(open ? [open, open] : []), ...suspended, ...issued];
    return kept[this.#below(kept.length + 1)];
  }

  #complete(): Uint8Array {
    const transaction = this.#kept();
    if (!transaction) return twinCommand("90740000", concat(uintToBytes(this.#below(40), 16), this.#random(16)), 0x27);
    const { BALIEP, NTIEP } = cardOf(fromHex(transaction.INITRSP));
    const CC = this.#pick(["0000", "0000", "0000", "9401"]);
    const completion = { CC, BALIEP: CC === "0000" ? BALIEP - debitOf(transaction).MPDA : BALIEP };
    const context = contextOf(this.#twins.state.memory, transaction);
    const S3 = toHex(psamCrypto.expectS3(context, fromHex(transaction.DEBITDATA), completion));
    const CARDRSP = encodeCardResponse({ ...completion, NTIEP, S3 });
    return twinCommand("90740000", concat(fromHex(transaction.IDTRX), this.#spoilt(CARDRSP)), 0x27);
  }

  #cancel(): Uint8Array {
    const IDTRX = this.#kept()?.IDTRX;
    const mode = this.#pick(["908E0000", "908E0000", "908E0100"]);
    return twinCommand(mode, IDTRX === undefined ? uintToBytes(this.#below(40), 16) : fromHex(IDTRX));
  }

  /** All of some lines, or nearly. */
  #collect(): Uint8Array {
    const { totals } = this.#twins.state.memory;
    const lines = totals.filter(() => this.#below(3) > 0).map((line) => this.#spoilt(encodeTotalsLine(line)));
    const sorted = lines.sort((one, other) => Buffer.compare(one, other));
    const DIGEST = new Uint8Array(32).fill(this.#below(3));
    return twinCommand("90760000", concat(DIGEST, Uint8Array.of(lines.length), ...sorted), 0x0c);
  }

  #endOfCollection(): Uint8Array {
    const { collection, KDC, PPPSAM, IDPSAM } = this.#twins.state.memory;
    const { NTCOL, DIGEST } = collection ?? { NTCOL: 1, DIGEST: "00".repeat(32) };
    const S5 = signS5(fromHex(KDC), { PPPSAM, IDPSAM, NTCOL, DIGEST: fromHex(DIGEST) });
    return twinCommand("907A0000", this.#spoilt(concat(uintToBytes(NTCOL, 4), S5)));
  }

  #update(): Uint8Array {
    const { NTUPD, KDC, PPPSAM, IDPSAM } = this.#twins.state.memory;
    const number = NTUPD + this.#below(3);
    const key = encipherUpdateKey(fromHex(KDC), number, this.#random(16));
    const content = this.#pick([
      fromHex(this.#pick(["010001230000004711", "020001230000004711", "020001230000004711"])),
      concat(
        fromHex(
          this.#pick(["030001230401", "030001230401", "030001230501", "030001230502", "030009990401", "030009990409"]),
        ),
        key,
      ),
      fromHex(this.#pick(["040001230401", "040001230502", "040001230502", "040009990401", "040001231001"])),
    ]);
    const unsigned = this.#spoilt(concat(uintToBytes(number, 4), fromHex("20260102"), content));
    const S6 = signS6(fromHex(KDC), { PPPSAM, IDPSAM }, unsigned);
    return twinCommand("90820000", concat(unsigned, this.#spoilt(S6)));
  }

  /** Any header, any length, right or not. */
  #anything(): Uint8Array {
    const header = fromHex(
      this.#pick(["9070", "9072", "9074", "9076", "9078", "907A", "9082", "908C", "908E", "00A4", "80D0"]),
    );
    const parameters = Uint8Array.of(this.#below(4), this.#pick([0, 0, 0, 1]));
    return concat(header, parameters, this.#random(this.#below(40)));
  }
}
