import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { fromHex, toHex } from "../../core/bytes.ts";
import { deriveLoadSessionKeys, requireLoadAlgorithm } from "../../crypto/load-keys.ts";
import { signLoadS1 } from "../../crypto/load-signatures.ts";
import { encodeHsmCommand, type HsmCommand } from "../../protocol/hsm/commands.ts";
import { encodeHsmFrame } from "../../protocol/hsm/frame.ts";
import { servedKey } from "./keys.ts";
import { hsm } from "./model.ts";

/** The HSM against values of the second implementation (`fixtures/vectors/compute.py`), which shares no code with it. */

const Hex = z.string();
const Vector = z.object({
  ...{ ALGL: z.number(), VKIEP: z.number(), PPIEP: Hex, IDIEP: Hex, DEXPIEP: Hex, NTIEP: z.number(), MLDA: z.number() },
  ...{ CURRLDA: Hex, CEXPLDA: z.number(), BALIEP: z.number(), IDACQ: Hex, R: Hex, DTHR: Hex, IDTRX: Hex, CC: Hex },
  ...{ BALIEPafter: z.number(), MKL: Hex, KDL: Hex, S1: Hex, S2: Hex, S3: Hex },
  ...{ KLS: Hex, HRES01: Hex, HRES02: Hex, LMK: Hex, KML: Hex, KCV: Hex, LMKcheck: Hex },
});
type Vector = z.infer<typeof Vector>;

const file = new URL("../../../fixtures/vectors/load-signatures.json", import.meta.url);
const { vectors } = z.object({ vectors: z.array(Vector) }).parse(JSON.parse(readFileSync(file, "utf8")));

function ask(vector: Vector, command: HsmCommand): string {
  const name = { PPIEP: vector.PPIEP, ALGL: requireLoadAlgorithm(vector.ALGL), VKIEP: vector.VKIEP };
  const served = servedKey(name, fromHex(vector.MKL));
  expect(served.checkValue).toBe(vector.KCV);
  const keys = { LMK: fromHex(vector.LMK), KLS: fromHex(vector.KLS), served: [served] };
  const bytes = encodeHsmFrame({ header: "0001", code: command.code, body: encodeHsmCommand(command) });
  const [output] = hsm.handle(keys, { kind: "frame", bytes, today: "20260101" }).outputs;
  return output?.kind === "send" ? new TextDecoder().decode(output.bytes).slice(4) : "";
}

/** S1 of a later request for nothing, by the card of this vector. */
function laterS1(vector: Vector, fresh: { MLDA: number; R: string; IDTRX: string; DTHR: string }): string {
  const { KS1 } = deriveLoadSessionKeys(vector.ALGL, fromHex(vector.KDL), { NTIEP: vector.NTIEP, R: fresh.R });
  return toHex(signLoadS1(vector.ALGL, KS1, { ...vector, ...fresh }));
}

test("there are vectors of both algorithms", () => {
  const signed = vectors.filter(({ MLDA, DEXPIEP, DTHR }) => MLDA > 0 && `20${DEXPIEP}` >= DTHR.slice(0, 8));
  expect(new Set(signed.map(({ ALGL }) => ALGL))).toEqual(new Set([4, 5]));
  expect(signed.length).toBeGreaterThan(vectors.length / 2);
});

describe.each(vectors.map((vector, index) => ({ vector, index })))("vector $index", ({ vector }) => {
  const request = vector;

  test("DM", () => {
    const isExpired = `20${vector.DEXPIEP}` < vector.DTHR.slice(0, 8);
    const expected = isExpired ? "DN16" : `DN00${vector.S2}`;
    expect(ask(vector, { code: "DM", request })).toBe(vector.MLDA === 0 ? "DN15" : expected);
  });

  test("DO", () => {
    const completion = { CC: vector.CC, BALIEP: vector.BALIEPafter, S3: vector.S3 };
    expect(ask(vector, { code: "DO", request, completion })).toBe(`DP00${vector.HRES01}01${vector.CC}`);
  });

  test("DU", () => {
    const fresh = { MLDA: 0, R: "0BADCAFE", IDTRX: "5A".repeat(16), DTHR: vector.DTHR };
    const { NTIEP, BALIEP } = vector;
    const asked = { ...fresh, NTIEP, BALIEP, S1: laterS1(vector, fresh) };
    expect(ask(vector, { code: "DU", request, lowered: NTIEP, fresh: asked })).toBe(`DV00${vector.HRES02}02`);
  });

  test("NC", () => {
    expect(ask(vector, { code: "NC" })).toBe(`ND00${vector.LMKcheck}PB03-0001`);
  });
});
