import { expect, test } from "vitest";
import { type Ending, endingsInWords } from "./endings.ts";

const at = (write: number, ended: Ending["ended"]): Ending => ({ write, ended });

test("one kind of ending needs no numbers", () => {
  expect(endingsInWords([at(0, "committed")])).toBe("committed");
  expect(endingsInWords([at(1, "rolled back"), at(2, "rolled back")])).toBe("rolled back");
});

test("more kinds say at which writes they were", () => {
  const endings = [at(3, "rolled back"), at(6, "rolled back"), at(12, "recovered")];
  expect(endingsInWords(endings)).toBe("rolled back at writes 3 to 6, recovered at write 12");
});
