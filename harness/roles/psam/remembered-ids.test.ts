import { describe, expect, it } from "vitest";
import { isRemembered, NO_IDS, type RememberedIds, remember } from "./remembered-ids.ts";

describe("remembered identifiers", () => {
  it("are the last 1,000 and not without bound", () => {
    let ids: RememberedIds = NO_IDS;
    for (let number = 1; number <= 3_000; number++) {
      ids = remember(ids, String(number));
      const oldest = Math.max(1, number - 999);
      if (number % 97 === 0) expect([oldest, number].every((id) => isRemembered(ids, String(id)))).toBe(true);
      expect(isRemembered(ids, String(oldest))).toBe(true);
    }
    expect(isRemembered(ids, "1000")).toBe(false);
    expect(ids.order.flat().length).toBeLessThanOrEqual(1_040);
    expect(ids.buckets.flat(2).sort()).toEqual(ids.order.flat().sort());
  });

  it("leave the value that they were added to as it was", () => {
    const one = remember(NO_IDS, "a");
    remember(one, "b");
    expect(isRemembered(one, "b")).toBe(false);
  });
});
