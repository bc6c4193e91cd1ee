/** Every combination of variant, encryption layer, algorithm and kind of sale: one whole purchase each. */
import { defineCase } from "../../define/case.ts";
import { casesOf } from "../../define/product.ts";
import { COMBINATIONS, siteNeed } from "./dimensions.ts";
import { paymentLink } from "./expected.ts";
import { expectWhole } from "./whole.ts";

const COMPARERS = {
  psam: "the security card",
  "payment-server": "the payment server",
  "head-end": "the head end",
  merchant: "the merchant",
} as const;

export const cases = casesOf("PAY-WHOLE", COMBINATIONS, (combination, id) => {
  const { comparison, encryption, algorithm, sale } = combination;
  const layer = encryption === undefined ? "without layer" : `under ${encryption}`;
  return defineCase({
    id,
    suite: "payment",
    purpose: `A ${sale} sale ${layer}, paid with a ${algorithm.id.toUpperCase()} card, compared by ${COMPARERS[comparison]}: every message, signature and amount`,
    requirements: algorithm.id === "rsa" ? ["ENC-0107-b", "PAY-BASE-0078-b"] : ["ENC-0107-b"],
    owner: "server",
    needs: {
      sites: [siteNeed(combination)],
      cards: [algorithm.kind],
      links: ["cable", "235", "line", "LAN", "SAM", paymentLink(combination)],
      logs: ["head-end", "merchant", "payment-server"],
      database: true,
      keys: true,
    },
    run: (t) => expectWhole(t, combination),
  });
});
