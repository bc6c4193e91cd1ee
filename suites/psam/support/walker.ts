/** Makes the moves of `walk.ts` at the security card, and compares it with the oracle after each. */
import { flipBit, fromHex } from "../../../harness/core/bytes.ts";
import { apdu } from "./apdu.ts";
import { certificatesFor } from "./certificates.ts";
import { collect, endOfCollection } from "./clearing.ts";
import {
  complete,
  LE,
  packageAtr,
  packageCard,
  packageData,
  packageDebit,
  packageInitialise,
  packageIssuer,
  READ_CERTIFICATE,
  READ_SESSION_KEY,
  sessionKey,
  suspend,
  withdraw,
} from "./draw.ts";
import { NO_PROVIDER } from "./personalisation.ts";
import { type Psam, READ_TOTALS, SELECT } from "./psam.ts";
import { cardrsp, type Debit, purse } from "./purse.ts";
import { due, type Move, type Place, type State, WAYS } from "./walk.ts";

/** An identifier that no debit has. */
const UNKNOWN = "EE".repeat(16);

const SECRET = purse();
const PUBLIC = purse({ ALGIEP: 0x10 });

export class Walker {
  readonly #psam: Psam;
  state: State = { place: "idle", isReadable: false };
  #open: Debit | undefined;
  #waiting: string[] = [];
  #moves: string[] = [];

  constructor(psam: Psam) {
    this.#psam = psam;
  }

  /** Idle, nothing at hand, whatever was before; then to `place`. */
  async reach(place: Place): Promise<void> {
    const left = this.#open ? [this.#open.IDTRX, ...this.#waiting] : this.#waiting;
    for (const IDTRX of left) await this.#psam.says("CANCEL, withdraw", withdraw(IDTRX), "9000");
    this.#open = undefined;
    this.#waiting = [];
    this.#moves = [];
    for (const move of ["SELECT", ...WAYS[place]] as const) await this.move(move);
    this.#psam.t.expect.equal("place", this.state.place, place, { owner: "bench" });
  }

  async move(move: Move): Promise<void> {
    const { place } = this.state;
    const { SW, next } = due(this.state, move);
    const IDTRX = this.#psam.nextIdtrx();
    const command = await this.#command(move, IDTRX);
    this.#moves.push(move);
    const answer = await this.#psam.send(command);
    this.#psam.t.expect.equal(`${this.#moves.join(", then ")} (in ${place})`, answer.slice(-4), SW);
    this.#follow(move, SW, IDTRX, answer);
    this.state = next;
  }

  /** Keeps what COMPLETE and CANCEL need. */
  #follow(move: Move, SW: string, IDTRX: string, answer: string): void {
    if (SW !== "9000") return;
    const INITRSP = this.state.place === "public card accepted" ? PUBLIC : SECRET;
    if (move === "debit") {
      this.#psam.issued.add(IDTRX);
      this.#open = { IDTRX, INITRSP, DEBITDATA: fromHex(answer.slice(0, LE.debit * 2)) };
    }
    if (move === "debit issued at once") {
      this.#psam.issued.add(IDTRX);
      this.#waiting.push(IDTRX);
    }
    if (this.#open && (move === "SELECT" || move === "CANCEL, suspend")) this.#waiting.push(this.#open.IDTRX);
    if (["SELECT", "CANCEL, suspend", "CANCEL, withdraw", "COMPLETE of the open debit"].includes(move))
      this.#open = undefined;
  }

  async #command(move: Move, IDTRX: string): Promise<Uint8Array> {
    const { issuer, card } = certificatesFor(this.#psam.t, PUBLIC);
    const INITRSP = this.state.place === "public card accepted" ? PUBLIC : SECRET;
    const open = this.#open?.IDTRX ?? UNKNOWN;
    const forged = (certificate: Uint8Array) => flipBit(certificate, certificate.length * 8 - 1);
    switch (move) {
      case "SELECT":
        return SELECT;
      case "SELECT of another":
        return apdu("00A40400", "A000000004101099", 256);
      case "answer to reset":
        return packageAtr();
      case "malformed answer to reset":
        return packageAtr(fromHex("3C00"));
      case "answer to reset too long":
        return packageAtr(new Uint8Array(34));
      case "secret key card":
        return packageInitialise(SECRET);
      case "public key card":
        return packageInitialise(PUBLIC);
      case "unknown card":
        return packageInitialise(purse({ PPIEP: NO_PROVIDER }));
      case "card too short":
        return packageInitialise(SECRET.subarray(1));
      case "issuer's certificate":
        return packageIssuer(issuer);
      case "forged issuer's certificate":
        return packageIssuer(forged(issuer));
      case "card's certificate":
        return packageCard(card);
      case "forged card's certificate":
        return packageCard(forged(card));
      case "debit":
        return packageDebit(packageData({ INITRSP, IDTRX }));
      case "debit issued at once":
        return packageDebit(packageData({ INITRSP, IDTRX }), "01");
      case "debit over zero":
        return packageDebit(packageData({ INITRSP, IDTRX, MPDA: 0 }));
      case "debit too long":
        return apdu("90720000", new Uint8Array(35), LE.debit);
      case "package that is none":
        return apdu("90700400", "00");
      case "COMPLETE of the open debit":
        return complete(open, await this.#cardrsp());
      case "COMPLETE with a wrong S3":
        return complete(open, new Uint8Array(16).fill(0x5a));
      case "CANCEL, withdraw":
        return withdraw(open);
      case "CANCEL, suspend":
        return suspend(open);
      case "READ TOTALS":
        return READ_TOTALS;
      case "COLLECT of nothing":
        return collect(new Uint8Array(16));
      case "END OF COLLECTION of none":
        return endOfCollection(0xffff_fffe, new Uint8Array(8));
      case "UPDATE with a wrong S6":
        return apdu("90820000", `7FFFFFFF202601010100012300000047${"11".repeat(9)}`);
      case "READ CERTIFICATE":
        return READ_CERTIFICATE;
      case "READ SESSION KEY":
        return READ_SESSION_KEY;
    }
  }

  /** The answer of the card to the debit that is open, or of none. */
  async #cardrsp(): Promise<Uint8Array> {
    if (!this.#open) return new Uint8Array(16);
    const SK = this.state.place === "public debit issued" ? { SK: await sessionKey(this.#psam) } : {};
    return cardrsp(this.#psam, { ...this.#open, ...SK });
  }
}
