/** The IEP applet and the reference card, twins: two readings of one specification, given the same commands. */
import { concat, fromHex, toHex } from "../../core/bytes.ts";
import { seededRandom } from "../../core/random.ts";
import type { TestKeySet } from "../../crypto/test-keys.ts";
import type { JavaCard, JavaRuntime } from "../../lab/cards/java-runtime.ts";
import { readInitResponse } from "../../protocol/messages/init-response.ts";
import { readLoadInit } from "../../protocol/messages/load-init.ts";
import { encodeSelectCommand, PURSE_AID } from "../../protocol/messages/select-purse.ts";
import type { Parsed } from "../../protocol/messages/structure-value.ts";
import type { CardData } from "../../roles/card/card-data.ts";
import { cardCrypto } from "../../roles/card/crypto.ts";
import { type LoadSession, loadRequestOf, loadSessionOf } from "../../roles/card/load-request.ts";
import { card as reference } from "../../roles/card/model.ts";
import { createCard } from "../../roles/card/personalise.ts";
import type { CardState } from "../../roles/card/state.ts";
import { cardSupply } from "../../roles/card/supply.ts";
import { supplyCard } from "../supply.ts";

const INITIALIZE = 0x50;
/** Hex digits of INITRSP, and of what stands in it before R. */
const INITRSP_DIGITS = 54;
const BEFORE_R = 46;

/** What each of the two said; hex. */
export interface Answers {
  readonly applet: string;
  readonly reference: string;
}

export class TwinCards {
  readonly #java: JavaCard;
  #state: CardState;

  private constructor(java: JavaCard, state: CardState) {
    this.#java = java;
    this.#state = state;
  }

  /** Both with this content, selected. */
  static async make(runtime: JavaRuntime, data: CardData, keys: TestKeySet): Promise<TwinCards> {
    const java = await runtime.newCard("iep");
    const state = createCard(data, keys, seededRandom("twins"));
    await java.powerOn();
    await supplyCard((command) => java.transmit(command), cardSupply(state.purse));
    const twins = new TwinCards(java, state);
    await twins.reset();
    return twins;
  }

  /** What the reference card knows of itself. */
  get state(): CardState {
    return this.#state;
  }

  /** Reset and SELECT. */
  async reset(): Promise<Answers> {
    await this.#java.reset();
    this.#state = reference.handle(this.#state, { kind: "reset" }).state;
    return await this.send(encodeSelectCommand(PURSE_AID));
  }

  /** Of an INITIALIZE IEP that both take the challenges differ: that of the applet then counts for both. */
  async send(command: Uint8Array): Promise<Answers> {
    const applet = toHex((await this.#java.transmit(command)) ?? new Uint8Array(0));
    const { state, outputs } = reference.handle(this.#state, { kind: "command", bytes: command });
    this.#state = state;
    const [said] = outputs.flatMap((output) => (output.kind === "response" ? [toHex(output.bytes)] : []));
    if (command[1] !== INITIALIZE || !said?.endsWith("9000")) return { applet, reference: said ?? "mute" };
    return { applet, reference: said.slice(0, BEFORE_R) + this.#challengedBy(applet) };
  }

  /** The load under way, as card and HSM see it; `undefined` when there is none. */
  load(): (LoadSession & { readonly S1: Uint8Array; readonly LOADINIT: Uint8Array }) | undefined {
    const { session, purse } = this.#state;
    if (session.kind !== "initialised-for-load") return undefined;
    const LOADINIT = fromHex(session.LOADINIT);
    const request = loadRequestOf(known(readInitResponse(fromHex(session.INITRSP))), known(readLoadInit(LOADINIT)));
    return { ...loadSessionOf(purse, request), S1: fromHex(session.S1), LOADINIT };
  }

  /** The reference card takes the applet's challenge for its own; what it would have said after the 23 bytes before. */
  #challengedBy(applet: string): string {
    const INITRSP = applet.slice(0, INITRSP_DIGITS);
    const R = INITRSP.slice(BEFORE_R);
    const { session } = this.#state;
    if (session.kind === "initialised") this.#state = { ...this.#state, session: { ...session, INITRSP } };
    if (session.kind !== "initialised-for-load") return `${R}9000`;
    this.#state = { ...this.#state, session: { ...session, INITRSP } };
    const load = this.load();
    const S1 = load ? toHex(cardCrypto.signS1(load)) : "";
    this.#state = { ...this.#state, session: { ...session, INITRSP, S1 } };
    return `${R}${S1}9000`;
  }
}

/** INS and parameters, Lc, data and, where it is given, Le. */
export function twinCommand(header: string, data: Uint8Array, Le?: number): Uint8Array {
  const Lc = data.length > 0 ? Uint8Array.of(data.length) : data;
  return concat(fromHex(header), Lc, data, Le === undefined ? new Uint8Array(0) : Uint8Array.of(Le));
}

function known<T>(read: Parsed<T>): T {
  if (read.ok) return read.value;
  throw new Error(`bytes that a card accepted: ${read.reason}`);
}
