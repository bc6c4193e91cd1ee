/**
 * What must pass where, for every combination: the table that the product of purchases is judged by. Stated from the seed (steps of
 * FIG 10A to 13, 14 and 16, round trips of [0060] to [0063]) and the messages of the specification.
 */
import type { LinkName } from "../../../harness/core/trace.ts";
import type { Combination } from "./dimensions.ts";

/** What passes on each link, in order; a link that is not named carries nothing at all. */
export type Traffic = Readonly<Partial<Record<LinkName, readonly string[]>>>;

interface Figure {
  /** Steps of the seed from the draw request to the release, over the Internet and without the layer. */
  readonly steps: string;
  /** Templates between head end and payment server, without and with the layer. */
  readonly payment: { readonly clear: readonly string[]; readonly sealed: readonly string[] };
  readonly terminal: readonly string[];
  /** DEBIT and what may follow it at the security card: INS and P1. */
  readonly debit: readonly [debit: string, ...complete: readonly string[]];
  readonly roundTrips: { readonly terminal: number; readonly payment: number };
  /** Messages to the payment server that nobody answers. */
  readonly notices: number;
}

const FIGURES: Readonly<Record<Combination["comparison"], Figure>> = {
  // FIG 4, 10A to 10D
  psam: {
    steps: "612 686 688 692 694 616 617 618 620 621 622 624 626 628 632 634 636 638 640 641",
    payment: { clear: ["EA", "EB", "EC", "ED"], sealed: ["E4", "E5", "E5", "EF"] },
    terminal: ["F1", "F2", "F3", "F4"],
    debit: ["7200", "7400"],
    roundTrips: { terminal: 2, payment: 2 },
    notices: 0,
  },
  // FIG 5, 11
  "payment-server": {
    steps: "612 686 688 704 706 616 617 618 620 621 622 624 710 634 636 638 640 641",
    payment: { clear: ["EA", "EB", "EC", "ED"], sealed: ["E4", "E5", "E5", "EF"] },
    terminal: ["F1", "F2"],
    debit: ["7201"],
    roundTrips: { terminal: 1, payment: 2 },
    notices: 0,
  },
  // FIG 6, 12
  "head-end": {
    steps: "612 686 688 704 706 728 617 618 620 621 732 734 736 638 640 641",
    payment: { clear: ["EA", "EB", "E0"], sealed: ["E4", "E5", "E5"] },
    terminal: ["F1", "F2"],
    debit: ["7201"],
    roundTrips: { terminal: 1, payment: 1 },
    notices: 1,
  },
  // FIG 7, 13
  merchant: {
    steps: "612 686 688 704 706 748 617 618 620 621 752 754 756 641",
    payment: { clear: ["EA", "EB", "E0"], sealed: ["E4", "E5", "E5"] },
    terminal: ["F1", "F2"],
    debit: ["7201"],
    roundTrips: { terminal: 1, payment: 1 },
    notices: 1,
  },
};

/** FIG 14: the same messages under the layer. 616 is 728 and 748 too; 634 and 622 are the payment server's and the card's word. */
const SEALED_STEPS: Readonly<Record<string, string>> = {
  "606": "808",
  "607": "809",
  "612": "810",
  "616": "814",
  "728": "814",
  "748": "814",
  "621": "818",
  "622": "819",
  "634": "820",
};

/** FIG 16: the provider's own sale makes its page at 1110; between head end and merchant, who are one, nothing passes. */
const NOT_ON_CABLE = new Set(["604", "606", "636", "640", "736", "752", "756"]);

/** Steps of the seed in their order. */
export function stepsOf({ comparison, encryption, sale }: Combination): readonly string[] {
  const steps = `602 604 606 607 608 ${FIGURES[comparison].steps}`.split(" ");
  const passing = sale === "cable" ? steps.filter((step) => !NOT_ON_CABLE.has(step)) : steps;
  if (encryption !== undefined) return passing.map((step) => SEALED_STEPS[step] ?? step);
  return passing.map((step) => (sale === "cable" && step === "607" ? "1110" : step));
}

/** Over the Internet to the merchant's payment server; the cable provider's sales go to his own. */
export function paymentLink({ sale }: Pick<Combination, "sale">): "236" | "237" {
  return sale === "cable" ? "237" : "236";
}

/** Everything that passes. "Debited" (E7 with CC 0000), which need not be said, is left out. */
export function trafficOf(combination: Combination): Traffic {
  const { comparison, encryption, algorithm, sale } = combination;
  const { payment, terminal, debit } = FIGURES[comparison];
  const isPublic = algorithm.id === "rsa";
  const only = (commands: readonly string[]) => (isPublic ? commands : []);
  const [issue, ...complete] = debit;
  return {
    cable: ["E1", "E2", "E3", "EB", encryption === undefined ? "EC" : "E5", "E8"],
    "235": ["00A40400", "90500100", ...only(["00B20114", "00B20214"]), ...only(["90580000", "90580100"]), "90540100"],
    ...(sale === "internet" ? { "234": ["POST /checkout", "200", "POST /status", "200"] } : {}),
    [paymentLink(combination)]: encryption === undefined ? payment.clear : payment.sealed,
    LAN: terminal,
    line: terminal,
    SAM: ["7000", "7001", ...only(["7002", "7003"]), issue, ...only(["7800", "7801"]), ...complete],
  };
}

export function roundTripsOf({ comparison }: Combination): Figure["roundTrips"] & { readonly notices: number } {
  const { roundTrips, notices } = FIGURES[comparison];
  return { ...roundTrips, notices };
}
