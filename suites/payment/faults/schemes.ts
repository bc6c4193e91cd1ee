/** The kinds of purchases of the fault matrix: FIG 4 to 7, each in clear and under the encryption layer, and a cable provider's sale. */
import type { RoleName } from "../../../harness/core/trace.ts";
import type { Suite } from "../../define/case.ts";
import type { SiteNeed } from "../../define/site-need.ts";

export interface Scheme {
  /** "FIG5-AES". */
  readonly id: string;
  /** Of the report's matrix. */
  readonly title: string;
  readonly suite: Suite;
  /** Start of the ids of its cases. */
  readonly prefix: string;
  readonly site: SiteNeed & { readonly kind: "internet" | "cable" };
  /** Who compares S3. */
  readonly comparison: "psam" | "payment-server" | "head-end" | "merchant";
  readonly isSealed: boolean;
  readonly server: "payment-server" | "head-end-payment-server";
  /** What every cell of it tests. */
  readonly requirements: readonly string[];
}

const KEPT = ["AMB-RECOVERY", "PSAM-0080-c", "UI-514-a"];

const FIGURES = [
  { figure: "FIG4", comparison: "psam", requirements: ["PAY-BASE-624-b"] },
  { figure: "FIG5", comparison: "payment-server", requirements: ["PAY-ALT1-0106", "AMB-REVERSAL"] },
  { figure: "FIG6", comparison: "head-end", requirements: ["PAY-ALT2-0106", "AMB-REVERSAL"] },
  { figure: "FIG7", comparison: "merchant", requirements: ["PAY-ALT3-0106", "AMB-REVERSAL"] },
] as const;

const PLAIN = { confirmation: "sealed", direct: false } as const;

export const SCHEMES: readonly Scheme[] = [
  ...FIGURES.map(({ figure, comparison, requirements }): Scheme => {
    const site = { kind: "internet", comparison, encryption: undefined, ...PLAIN } as const;
    return scheme(figure, `Faults in ${figure}`, "payment", "PAY", site, requirements);
  }),
  ...FIGURES.map(({ figure, comparison, requirements }): Scheme => {
    const site = { kind: "internet", comparison, encryption: "AES-128-GCM", ...PLAIN } as const;
    const title = `Faults in ${figure} under the encryption layer`;
    return scheme(`${figure}-AES`, title, "encryption", "ENC", site, requirements);
  }),
  scheme(
    "FIG16",
    "Faults in a cable provider's sale",
    "cable",
    "CAB",
    { kind: "cable", comparison: "psam", encryption: undefined, ...PLAIN },
    ["PAY-BASE-624-b"],
  ),
];

function scheme(
  id: string,
  title: string,
  suite: Suite,
  prefix: string,
  site: Scheme["site"] & { readonly comparison: Scheme["comparison"] },
  requirements: readonly string[],
): Scheme {
  return {
    id,
    title,
    suite,
    prefix,
    site,
    comparison: site.comparison,
    isSealed: site.encryption !== undefined,
    server: site.kind === "cable" ? "head-end-payment-server" : "payment-server",
    requirements: [...requirements, ...KEPT],
  };
}

/** Roles whose log the cells read. */
export function logsRead({ server, site }: Scheme): readonly RoleName[] {
  return site.kind === "cable" ? ["head-end", server] : ["head-end", server, "merchant"];
}
