import type { CaseContext } from "../../define/case.ts";
import { type Issued, identifierOf, issue } from "../support/direct.ts";
import type { AnyOffer } from "./any-card.ts";

export interface Wish {
  readonly IDTERM: string;
  /** Tells draws of one challenge apart. */
  readonly k: number;
  /** Minor units; 1 when absent. */
  readonly MPDA?: number;
  /** Who compares S3; the PSAM when absent. */
  readonly COMPARE?: number | undefined;
}

/** A draw of that card, with its certificates where it has some: the security card must give the debit command. */
export async function drawFor(t: CaseContext, offer: AnyOffer, wish: Wish): Promise<Issued> {
  const { IDTERM, k, MPDA = 1, COMPARE } = wish;
  const draw = { IDTERM, IDTRX: identifierOf(offer, k), offer, MPDA, CERTS: offer.CERTS };
  return await issue(t, COMPARE === undefined ? draw : { ...draw, COMPARE }, { requirement: "ENC-0107-b" });
}
