/** After every case: money was neither created nor lost, over all parties of its bench (`clearing.md` 6). */
import type { PurseSystem } from "../../harness/flows/system.ts";
import { CardMemory } from "../support/money/card-memory.ts";
import { judgeMoney, leftText } from "../support/money/oracle.ts";
import type { Case, CaseContext } from "./case.ts";

/** Once nothing is under way any more. What the specification lets be left open is noted by its name. */
export async function expectMoneyKept(
  { leaves }: Pick<Case, "leaves">,
  system: Pick<PurseSystem, "idle" | "money">,
  { expect, note }: Pick<CaseContext, "expect" | "note">,
): Promise<void> {
  await system.idle();
  const books = await system.money();
  const { flaws, differences, left } = judgeMoney(books, new CardMemory());
  if (left.length > 0) note(`left open: ${left.map(leftText).join(", ")}`);
  expect.equal("books that are wrong", flaws, []);
  if (leaves?.includes("value moved by hand") && books.devices !== undefined) {
    expect.that(differences.length > 0, "value that was moved by hand shows in the books", { owner: "bench" });
  } else expect.equal("money that was created or lost", differences, []);
  if (leaves === undefined || books.devices === undefined) return;
  const names = new Set<string>(left.map(({ name }) => name));
  const due = leaves.filter((name) => name !== "value moved by hand");
  expect.equal("what is left open, by its name", [...names].sort(), [...due].sort());
}
