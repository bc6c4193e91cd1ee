import type { GoldenPlaces } from "../bench/golden.ts";
import { CARD_PLACE } from "../bench/picture.ts";
import { specText } from "../bench/spec.ts";
import { PursebenchError } from "../core/errors.ts";
import type { Operator } from "../flows/operator.ts";
import type { RecordEvent, Station } from "../flows/station.ts";
import type { StationOptions } from "./house.ts";

/** Opens the bench itself, and the one with golden devices; where both cards have the same place, the operator changes them. */
export class CardChanger {
  readonly #golden: GoldenPlaces | undefined;
  readonly #open: (options: StationOptions, record: RecordEvent) => Promise<Station>;
  /** Which card is in that one place. */
  #there: "golden card" | "card under test" = "card under test";

  constructor(
    golden: GoldenPlaces | undefined,
    open: (options: StationOptions, record: RecordEvent) => Promise<Station>,
  ) {
    this.#golden = golden;
    this.#open = open;
  }

  /** The bench itself. */
  async own(options: StationOptions, record: RecordEvent): Promise<Station> {
    await this.#change("card under test", options);
    return await this.#open(options, record);
  }

  /** The bench with golden devices in place of its own. */
  async golden(options: StationOptions, record: RecordEvent): Promise<Station> {
    await this.#change("golden card", options);
    return await this.#open({ ...options, bench: this.#golden?.bench ?? options.bench }, record);
  }

  async #change(wanted: "golden card" | "card under test", { operator, bench, signal }: StationOptions): Promise<void> {
    if (!this.#golden?.isSwapped || this.#there === wanted) return;
    const answer = operator ? await ask(operator, this.#there, wanted, bench, signal) : "cannot";
    if (answer === "cannot" || answer === "late") throw notChanged(wanted, answer, operator);
    this.#there = wanted;
  }
}

async function ask(
  operator: Operator,
  out: string,
  wanted: string,
  { card, handMs }: StationOptions["bench"],
  signal = new AbortController().signal,
) {
  const text = `Take the ${out} out of ${specText(card)} and put the ${wanted} in`;
  return await operator.ask({ kind: "swap", text, place: CARD_PLACE, withinMs: handMs }, signal);
}

function notChanged(wanted: string, answer: "cannot" | "late", operator: Operator | undefined): PursebenchError {
  const why = operator
    ? answer === "late"
      ? "nobody did it in time"
      : "whoever was asked cannot"
    : "nobody is there to ask";
  return new PursebenchError("DEVICE_ABSENT", `the ${wanted} is not in its place: ${why}`, {
    owner: "bench",
    mend: "give the golden card a reader of its own (--golden-card), or run it where somebody can change cards (--operator)",
  });
}
