/** The security card under test: commands in, whole answers out, each of them looked through for keys. */
import { fromHex, toHex } from "../../../harness/core/bytes.ts";
import type { CardSession } from "../../../harness/flows/devices.ts";
import type { DeviceContext } from "../../define/case.ts";
import type { About } from "../../define/expect.ts";
import { apdu, bytesOf, type Data } from "./apdu.ts";
import { type Secrets, secretsOf } from "./secrets.ts";

export const PSAM_AID = "F050422D50534D31";
export const SELECT = apdu("00A40400", PSAM_AID, 256);
export const READ_TOTALS = apdu("908C0000", "", 256);

/** `6F` { `84` AID, `A5` { `DF10` PPPSAM, `DF11` IDPSAM, `DF1F` "PSAM-1" } }, 36 bytes. */
const IDENTITY = /^6F228408F050422D50534D31A516DF1003([0-9]{6})DF1104([0-9A-F]{8})DF1F065053414D2D319000$/;

export class Psam {
  readonly t: DeviceContext;
  readonly PPPSAM: string;
  readonly IDPSAM: string;
  /** Keys that answers are searched for; cases add those that they compute. */
  readonly secrets: Secrets;
  /** IDTRX of every debit that was issued: what is left of them is withdrawn at the end. */
  readonly issued = new Set<string>();
  readonly #session: CardSession;
  #last = 0;
  readonly #first: string;

  private constructor(t: DeviceContext, session: CardSession, PPPSAM: string, IDPSAM: string, NTPSAM: string) {
    this.t = t;
    this.#session = session;
    this.PPPSAM = PPPSAM;
    this.IDPSAM = IDPSAM;
    this.#first = IDPSAM + NTPSAM;
    this.secrets = secretsOf(t, { PPPSAM, IDPSAM });
  }

  /** Powered and selected. `kind`: one of `fixtures/psams/`. */
  static async open(t: DeviceContext, kind?: string): Promise<Psam> {
    const session = await t.devices.psam(kind === undefined ? {} : { kind });
    const answer = toHex(await session.apdu(SELECT));
    const [, PPPSAM = "", IDPSAM = ""] = IDENTITY.exec(answer) ?? [];
    t.expect.that(PPPSAM !== "", "SELECT is answered with the name of a security card", { actual: answer });
    const totals = toHex(await session.apdu(READ_TOTALS));
    return new Psam(t, session, PPPSAM, IDPSAM, totals.slice(14, 22));
  }

  get protocol(): "T=0" | "T=1" {
    return this.#session.protocol;
  }

  /** The whole answer in hex, status word included. */
  async send(command: Data): Promise<string> {
    const answer = toHex(await this.#session.apdu(bytesOf(command)));
    this.#look(answer);
    return answer;
  }

  async timed(command: Uint8Array): Promise<{ readonly answer: string; readonly elapsedMs: number }> {
    const { answer, elapsedMs } = await this.#session.timed(command);
    this.#look(toHex(answer));
    return { answer: toHex(answer), elapsedMs };
  }

  /** The whole answer must be `wanted` (hex). */
  async says(what: string, command: Data, wanted: string, about?: About): Promise<void> {
    this.t.expect.equal(what, await this.send(command), wanted, about);
  }

  /** The answer must end with `9000`: its data. */
  async answers(what: string, command: Data, about?: About): Promise<Uint8Array> {
    const answer = await this.send(command);
    this.t.expect.matches(what, answer, /^([0-9A-F]{2})*9000$/, about);
    return fromHex(answer.slice(0, -4));
  }

  /** Not selected afterwards. */
  async reset(kind: "warm" | "cold"): Promise<void> {
    await this.#session.reset(kind);
  }

  async select(): Promise<void> {
    await this.answers("SELECT", SELECT);
  }

  /** An identifier that this security card has not seen: NTPSAM, which is in it, comes only once. */
  nextIdtrx(): string {
    this.#last++;
    return `${this.#first}${this.#last.toString(16).toUpperCase().padStart(16, "0")}`;
  }

  /** Everything that the case has left behind is withdrawn. */
  async tidy(): Promise<void> {
    await this.send(SELECT);
    for (const IDTRX of this.issued) await this.send(apdu("908E0000", IDTRX));
  }

  #look(answer: string): void {
    const shown = this.secrets.shownIn(answer);
    if (shown !== undefined) this.t.expect.absent("a key in the answer", shown, { requirement: "PSAM-0044-j" });
  }
}
