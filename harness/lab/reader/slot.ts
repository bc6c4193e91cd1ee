import { equal } from "../../core/bytes.ts";
import type { Clock } from "../../core/clock.ts";
import type { VirtualCard } from "../../device/virtual/virtual-card.ts";
import { type IccEnd, withParameterSelection } from "../../link/icc/icc-end.ts";
import { t0IccEnd } from "../../link/icc/t0-icc-end.ts";
import { t1IccEnd } from "../../link/icc/t1-icc-end.ts";
import { parseAtr } from "../../protocol/atr/parse-atr.ts";
import { CCID_ERROR, type CcidOutcome, type IccStatus } from "../../protocol/ccid/response.ts";

/** What a slot says to a command about its card. */
export interface SlotAnswer {
  readonly icc: IccStatus;
  readonly outcome: CcidOutcome;
  readonly data: Uint8Array;
}

/** ISO/IEC 7816-3, 11.4. */
const T1_DEFAULTS = { edc: "LRC", ifsc: 32 } as const;
/** pcscd asks for the status before it powers a card down, too, and draws no conclusion then; it does from the next. */
const NOTICING_LOOKS = 2;
const NOTHING = new Uint8Array(0);

/** One slot of the emulated reader: a card may be in it, and may be powered. */
export class Slot {
  readonly #clock: Clock;
  #card: VirtualCard | undefined;
  #next: VirtualCard | undefined;
  #looksAtEmpty = NOTICING_LOOKS;
  #watchers: { readonly what: "present" | "absent"; readonly resolve: () => void }[] = [];
  /** Of the card that is in; empty while it has not told any. */
  #atr: Uint8Array = NOTHING;
  #end: IccEnd | undefined;
  #pulled: () => void = () => undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get status(): IccStatus {
    if (!this.#card) return "absent";
    return this.#end ? "active" : "inactive";
  }

  /** A card that takes another's place stays out until the host has noticed the empty slot: no hand is that fast. */
  insert(card: VirtualCard): void {
    this.remove();
    if (this.#looksAtEmpty >= NOTICING_LOOKS) this.#card = card;
    else this.#next = card;
  }

  /**
   * Another card in the place of one without power, which the host does not see. False, and nothing has changed, where it would
   * notice: the card has power, or another answer to reset, or never told one.
   */
  async exchange(card: VirtualCard): Promise<boolean> {
    const atr = await card.powerOn();
    card.powerOff?.();
    if (!this.#card || this.#end || this.#atr.length === 0 || atr === null || !equal(atr, this.#atr)) return false;
    this.#card = card;
    return true;
  }

  /** Resolves when the host was told of the card, or of its absence, or when that is out of date. */
  shown(what: "present" | "absent"): Promise<void> {
    return new Promise((resolve) => this.#watchers.push({ what, resolve }));
  }

  /** The status, to the host. pcscd asks every 0.4 s and knows of a removal from nothing else. */
  show(): IccStatus {
    const { status } = this;
    this.#settleWatchers(status === "absent" ? "absent" : "present");
    if (status !== "absent") return status;
    this.#looksAtEmpty++;
    if (this.#looksAtEmpty < NOTICING_LOOKS) return status;
    this.#card = this.#next;
    this.#next = undefined;
    return status;
  }

  /** Whoever uses the host has seen that the slot is empty: a card may come at once. */
  noticed(): void {
    if (!this.#card) this.#looksAtEmpty = NOTICING_LOOKS;
  }

  /** The card loses power wherever it is; a command at work is answered as "no card". */
  remove(): void {
    this.powerOff();
    if (this.#card) this.#looksAtEmpty = 0;
    this.#card = undefined;
    this.#next = undefined;
    this.#atr = NOTHING;
    this.#settleWatchers("present", "absent");
    this.#pulled();
  }

  /** IccPowerOn: a cold reset, or a warm one when the card has power already, as GemCore readers do it. */
  async powerOn(): Promise<SlotAnswer> {
    const card = this.#card;
    if (!card) return this.#failed(CCID_ERROR.ICC_MUTE);
    const atr = await this.#unlessPulled(async () => (this.#end ? await card.reset() : await card.powerOn()));
    if (this.#card !== card || atr === null) {
      this.#end = undefined;
      this.#atr = NOTHING;
      return this.#failed(CCID_ERROR.ICC_MUTE);
    }
    this.#atr = atr;
    this.selectProtocol(undefined);
    return this.#done(atr);
  }

  powerOff(): SlotAnswer {
    if (this.#end) this.#card?.powerOff?.();
    this.#end = undefined;
    return this.#done(NOTHING);
  }

  /** `protocol`: 0 or 1 as the driver sets it; by default the first that the answer to reset offers. */
  selectProtocol(protocol: number | undefined): SlotAnswer {
    const card = this.#card;
    if (!card) return this.#failed(CCID_ERROR.ICC_MUTE);
    const parsed = parseAtr(this.#atr);
    const first = parsed.ok ? parsed.atr.firstProtocol : 1;
    const { edc, ifsc } = (parsed.ok ? parsed.atr.t1 : undefined) ?? T1_DEFAULTS;
    const end = (protocol ?? first) === 0 ? t0IccEnd(card) : t1IccEnd(card, { edc, ifsc }, this.#clock);
    this.#end = protocol === undefined ? withParameterSelection(end) : end;
    return this.#done(NOTHING);
  }

  async transfer(tpdu: Uint8Array): Promise<SlotAnswer> {
    const end = this.#end;
    if (!end) return this.#failed(CCID_ERROR.ICC_MUTE);
    const answer = await this.#unlessPulled(() => end.transfer(tpdu));
    return answer === null ? this.#failed(CCID_ERROR.ICC_MUTE) : this.#done(answer);
  }

  #settleWatchers(...shown: ("present" | "absent")[]): void {
    const due = this.#watchers.filter((watcher) => shown.includes(watcher.what));
    this.#watchers = this.#watchers.filter((watcher) => !due.includes(watcher));
    for (const { resolve } of due) resolve();
  }

  #unlessPulled(work: () => Promise<Uint8Array | null>): Promise<Uint8Array | null> {
    const pulled = new Promise<null>((resolve) => {
      this.#pulled = () => resolve(null);
    });
    return Promise.race([work(), pulled]);
  }

  #done(data: Uint8Array): SlotAnswer {
    return { icc: this.status, outcome: { kind: "processed" }, data };
  }

  #failed(error: number): SlotAnswer {
    return { icc: this.status, outcome: { kind: "failed", error }, data: NOTHING };
  }
}
