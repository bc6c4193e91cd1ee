import { expect, test } from "vitest";
import { parseDefects } from "./defect.ts";
import { variationOf } from "./index.ts";

const defect = (role: string) =>
  parseDefects(
    `- { id: MUT-X, role: ${role}, requirement: R, what: w, behaviour: { name: payment-server-keeps-terminals }, caughtBy: [C] }`,
    "x.yaml",
  );

test("a payment server's behaviour goes to the payment server that the defect is about", () => {
  const keys = (role: string) => defect(role).flatMap((each) => Object.keys(variationOf(each)));
  expect(keys("payment-server")).toEqual(["paymentServer"]);
  expect(keys("head-end-payment-server")).toEqual(["headEndPaymentServer"]);
});
