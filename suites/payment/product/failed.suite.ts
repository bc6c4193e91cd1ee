/** The same product where the card refuses the debit: the reversal is exact in every variant. */
import { type Case, defineCase } from "../../define/case.ts";
import { caseId } from "../../define/product.ts";
import { COMBINATIONS, siteNeed } from "./dimensions.ts";
import { paymentLink } from "./expected.ts";
import { expectReversed } from "./failed.ts";

/** Where time is dear the whole purchases stand for the variants, and the base payment's refusals for this. */
export const cases: readonly Case[] = COMBINATIONS.map((combination) => {
  const { comparison, encryption, algorithm, sale } = combination;
  const layer = encryption === undefined ? "" : ` under ${encryption}`;
  return defineCase({
    id: caseId("PAY-REFUSED", combination),
    suite: "payment",
    purpose: `A ${sale} sale${layer} with a ${algorithm.id.toUpperCase()} card that refuses leaves all as it was; ${comparison} compares`,
    requirements: ["ENC-0107-b"],
    owner: "server",
    needs: {
      sites: [siteNeed(combination)],
      cards: [algorithm.kind],
      links: ["cable", "235", "line", paymentLink(combination)],
      logs: ["head-end", "merchant"],
      database: true,
      keys: true,
      exhaustive: true,
    },
    run: (t) => expectReversed(t, combination),
  });
});
