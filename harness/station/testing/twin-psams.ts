/** The PSAM applet and the reference PSAM, twins: two readings of one specification, given the same commands. */
import { toHex } from "../../core/bytes.ts";
import { seededRandom } from "../../core/random.ts";
import type { TestKeySet } from "../../crypto/test-keys.ts";
import type { JavaCard, JavaRuntime } from "../../lab/cards/java-runtime.ts";
import { encodeSelectCommand, PSAM_AID } from "../../protocol/messages/select-purse.ts";
import { psam as reference } from "../../roles/psam/model.ts";
import { createPsam } from "../../roles/psam/personalise.ts";
import type { PsamData } from "../../roles/psam/psam-data.ts";
import type { PsamState } from "../../roles/psam/state.ts";
import { psamSupply } from "../../roles/psam/supply.ts";
import { supplyPsam } from "../supply.ts";
import type { Answers } from "./twin-cards.ts";

const READ_TOTALS = 0x8c;
/** Hex digits of READ TOTALS before its lines, of a line, of a status word. */
const HEAD = 32;
const LINE = 32;
const SW = 4;

export class TwinPsams {
  readonly #java: JavaCard;
  #state: PsamState;

  private constructor(java: JavaCard, state: PsamState) {
    this.#java = java;
    this.#state = state;
  }

  /** Both with this content, selected. */
  static async make(runtime: JavaRuntime, data: PsamData, keys: TestKeySet): Promise<TwinPsams> {
    const java = await runtime.newCard("psam");
    const state = createPsam(data, keys, seededRandom("twins"));
    await java.powerOn();
    await supplyPsam((command) => java.transmit(command), psamSupply(state.memory));
    const twins = new TwinPsams(java, state);
    await twins.reset();
    return twins;
  }

  /** What the reference PSAM knows of itself. */
  get state(): PsamState {
    return this.#state;
  }

  /** Reset and SELECT. */
  async reset(): Promise<Answers> {
    await this.#java.reset();
    this.#state = reference.handle(this.#state, { kind: "reset" }).state;
    return await this.send(encodeSelectCommand(PSAM_AID));
  }

  /** Lines of totals are answered in no order: both are sorted. */
  async send(command: Uint8Array): Promise<Answers> {
    const applet = toHex((await this.#java.transmit(command)) ?? new Uint8Array(0));
    const { state, outputs } = reference.handle(this.#state, { kind: "command", bytes: command });
    this.#state = state;
    const [said = "mute"] = outputs.flatMap((output) => (output.kind === "response" ? [toHex(output.bytes)] : []));
    if (command[1] !== READ_TOTALS) return { applet, reference: said };
    return { applet: inOrder(applet), reference: inOrder(said) };
  }
}

function inOrder(answer: string): string {
  const lines: string[] = [];
  for (let at = HEAD; at + SW < answer.length; at += LINE) lines.push(answer.slice(at, at + LINE));
  return answer.slice(0, HEAD) + lines.sort().join("") + answer.slice(HEAD + lines.length * LINE);
}
