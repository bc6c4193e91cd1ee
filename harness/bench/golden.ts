import { PursebenchError } from "../core/errors.ts";
import { benchFlaws } from "./flaws.ts";
import type { Bench } from "./schema.ts";
import { type DeviceSpec, specText } from "./spec.ts";

/** A bench with devices in it that are known to be good. */
export interface GoldenPlaces {
  readonly bench: Bench;
  readonly devices: readonly { readonly device: "card" | "psam"; readonly spec: string }[];
  /** The golden card goes where the card under test is: somebody has to change them. */
  readonly isSwapped: boolean;
}

/**
 * `bench` with the golden devices in place of its own; undefined where there are none. `isDue`: also where none was named, the
 * harness's own then, if the bench has no hardware of its own. Throws `USAGE` where they cannot stand there.
 */
export function goldenPlaces(bench: Bench, isDue: boolean): GoldenPlaces | undefined {
  const own: DeviceSpec | undefined = isDue && bench.kind !== "lab" ? { kind: "sim" } : undefined;
  const { card = own, psam = own } = bench.golden;
  if (!card && !psam) return undefined;
  const isSwapped = card !== undefined && isSamePlace(card, bench.card);
  if (isSwapped && card.kind === "vpcd") {
    throw new PursebenchError(
      "USAGE",
      `the golden card (${specText(card)}) would come where the card under test does`,
      {
        mend: "let the golden card connect to a port of its own",
      },
    );
  }
  const golden: Bench = {
    ...bench,
    ...(card ? { card, cardsAtHand: [] } : {}),
    ...(psam ? { psam, terminals: bench.terminals.map(({ psam: _, ...terminal }) => terminal) } : {}),
  };
  const [flaw] = benchFlaws(golden);
  if (flaw) {
    const where = flaw.path.map(String).join(".");
    throw new PursebenchError("USAGE", `${where}, with the golden devices in their places: ${flaw.message}`, {
      mend: "name other places with --golden-card and --golden-psam, or in `golden` of the bench description",
    });
  }
  const devices = [
    ...(card ? [{ device: "card", spec: specText(card) } as const] : []),
    ...(psam ? [{ device: "psam", spec: specText(psam) } as const] : []),
  ];
  return { bench: golden, devices, isSwapped };
}

/** Where one card can be at a time. */
function isSamePlace(left: DeviceSpec, right: DeviceSpec): boolean {
  if (left.kind === "pcsc" || left.kind === "vpcd") return specText(left) === specText(right);
  return left.kind === "serial" && right.kind === "serial" && left.path === right.path;
}
