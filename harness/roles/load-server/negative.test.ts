import { describe, expect, test } from "vitest";
import { toHex } from "../../core/bytes.ts";
import { LOAD } from "../hsm/testing/card.ts";
import { type LoadBench, openBench } from "./test-bench.ts";
import { commanded, lastAnswer, refusal, scripted, UNRESOLVED } from "./testing/answers.ts";
import {
  asked,
  type CardTerms,
  cardAnswer,
  IDTRX,
  loadRequest,
  loadResponse,
  NOTHING,
  negativeResult,
} from "./testing/parties.ts";

describe("a negative result with a zero value load request", () => {
  test.each(["9409", "940A", "940B"])("CC %s, equal counters: not loaded, confirmed with that CC", async (CC) => {
    await using bench = await openBench();
    const said = await lastAnswer(bench, loadResponse(cardAnswer(CC)), negativeResult(cardAnswer(CC)));
    expect(said).toMatchObject({ kind: "result", CC, confirmation: { CC, MLDA: 2500, NTIEP: 7 } });
    expect(await bench.database.loads()).toMatchObject([{ status: "not-loaded", CC }]);
    expect(bench.fields("counters-compared")).toEqual({ equal: true, difference: 0 });
    expect(bench.entries()).toContain("negative-verified");
    const [, du, s3] = bench.hsm.asked;
    expect(du).toMatchObject({ code: "DU", lowered: 7, fresh: { NTIEP: 7, MLDA: 0, BALIEP: 10_000 } });
    expect(s3).toMatchObject({ code: "DO", completion: { CC, BALIEP: 10_000 } });
  });

  test.each([8, 9, 0xfffe])("counter now %i, balance as before: lowered, not loaded", async (NTIEP) => {
    await using bench = await openBench();
    const said = await lastAnswer(bench, negativeResult(cardAnswer("940B"), { NTIEP }));
    expect(said).toMatchObject({ kind: "result", CC: "940B" });
    expect(bench.fields("counters-compared")).toEqual({ equal: false, difference: NTIEP - 7 });
    expect(bench.hsm.asked[1]).toMatchObject({ lowered: 7, fresh: { NTIEP, BALIEP: 10_000 } });
  });

  const loaded = { NTIEP: 8, BALIEP: 12_500 };
  const changed = cardAnswer("0000", { CC: "940B" });

  test("result code changed on the way: S3 proves that the card was loaded", async () => {
    await using bench = await openBench();
    const said = await lastAnswer(bench, negativeResult(changed, loaded));
    expect(said).toMatchObject({ kind: "result", CC: "0000", confirmation: { CC: "0000", MLDA: 2500 } });
    expect(await bench.status()).toBe("loaded");
    const found = bench.entries().filter((entry) => /s1-mismatch|result-code|proven/.test(entry));
    expect(found).toEqual(["s1-mismatch", "result-code-changed", "loaded-proven"]);
    expect(bench.hsm.asked.map(({ code }) => code)).toEqual(["DM", "DU", "DO"]);
    expect(bench.hsm.asked[2]).toMatchObject({ completion: { CC: "0000", BALIEP: 12_500 } });
  });

  test("also when the counter says equal and only the balance has changed", async () => {
    await using bench = await openBench();
    const said = await lastAnswer(bench, negativeResult(changed, { BALIEP: 12_500 }));
    expect(said).toMatchObject({ kind: "result", CC: "0000" });
  });

  test.each([
    ["a negative S3, balance changed since", cardAnswer("940B"), loaded],
    ["S3 of neither", cardAnswer("940B", { S3: "0000000000000000" }), loaded],
    ["S1 wrong", cardAnswer("940B"), { S1: "0000000000000000" }],
    ["S1 of the original request", cardAnswer("940B"), { R: LOAD.R, S1: "1111111111111111" }],
  ] as const)("%s: unproven, nothing given back, nothing confirmed", async (_, CARDRSP, terms: CardTerms) => {
    await using bench = await openBench();
    expect(await lastAnswer(bench, negativeResult(CARDRSP, terms))).toEqual(UNRESOLVED);
    expect(await bench.status()).toBe("unresolved");
    expect(bench.entries()).toContain("negative-unproven");
  });

  test.each([
    ["not made for that CC", cardAnswer("9409", { CC: "940B" })],
    ["of a positive result, with the balance of before", cardAnswer("0000", { CC: "940B" })],
  ])("S1 right but S3 %s: unresolved", async (_, CARDRSP) => {
    await using bench = await openBench();
    expect(await lastAnswer(bench, negativeResult(CARDRSP))).toEqual(UNRESOLVED);
    expect(bench.entries().slice(-2)).toEqual(["s3-mismatch", "load-unresolved"]);
    expect(await bench.status()).toBe("unresolved");
  });

  test("a balance that no card holds is not shown to the HSM", async () => {
    await using bench = await openBench();
    const rich = { BALIEP: 0xffff_ffff };
    const headEnd = bench.connect();
    await headEnd.say(loadRequest(rich));
    const answer = cardAnswer("940B", { BALIEP: 0xffff_ffff });
    expect(await headEnd.say(negativeResult(answer, { ...rich, S1: "0000000000000000" }))).toEqual(UNRESOLVED);
    expect(bench.entries()).toContain("negative-unproven");
    expect(bench.hsm.asked.map(({ code }) => code)).toEqual(["DM", "DU"]);
  });

  const mismatches: readonly (readonly [string, CardTerms])[] = [
    ["IDTRX", { IDTRX: "00".repeat(16) }],
    ["IDACQ", { IDACQ: "00057002" }],
    ["MLDA", { MLDA: 1 }],
    ["PPIEP", { PPIEP: "999999" }],
    ["IDIEP", { IDIEP: "0000000043" }],
    ["ALGIEP", { ALGIEP: 5 }],
    ["VKIEP", { VKIEP: 2 }],
    ["DEXPIEP", { DEXPIEP: "401231" }],
    ["CURRIEP", { CURRIEP: "0840" }],
    ["CEXPIEP", { CEXPIEP: 3 }],
    ["CURRLDA", { CURRLDA: "0840" }],
    ["CEXPLDA", { CEXPLDA: 3 }],
    ["DTHR", { DTHR: "20310506070808" }],
    ["DTHR", { DTHR: "20310506080810" }],
  ];
  test.each(mismatches)("another %s: not confirmed, before the HSM is asked", async (what, terms) => {
    await using bench = await openBench();
    expect(await lastAnswer(bench, negativeResult(cardAnswer("940B"), terms))).toEqual(UNRESOLVED);
    expect(bench.fields("negative-mismatch")).toEqual({ what });
    expect(await bench.status()).toBe("unresolved");
    expect(bench.hsm.asked.map(({ code }) => code)).toEqual(["DM"]);
  });

  test("just sixty minutes later is good", async () => {
    await using bench = await openBench();
    const said = await lastAnswer(bench, negativeResult(cardAnswer("940B"), { DTHR: "20310506080809" }));
    expect(said).toMatchObject({ kind: "result", CC: "940B" });
  });

  test("a lower counter is an old request: replayed", async () => {
    await using bench = await openBench();
    expect(await lastAnswer(bench, negativeResult(cardAnswer("940B"), { NTIEP: 6 }))).toEqual(UNRESOLVED);
    expect(bench.entries()).toContain("negative-replayed");
  });

  test.each([
    ["CC", cardAnswer()],
    ["NTIEP", cardAnswer("940B", { NTIEP: 6 })],
  ])("CARDRSP with a wrong %s is no negative result of this load", async (what, CARDRSP) => {
    await using bench = await openBench();
    expect(await lastAnswer(bench, negativeResult(CARDRSP))).toEqual(UNRESOLVED);
    expect(bench.fields("negative-mismatch")).toEqual({ what });
  });

  test.each([
    ["empty CARDRSP", negativeResult(NOTHING)],
    ["another SW", negativeResult(cardAnswer("940B"), {}, { SW: "9302" })],
    ["LOADINIT that is none", { ...negativeResult(cardAnswer("940B")), LOADINIT: new Uint8Array(34).fill(0xff) }],
    ["LOADRSP that is none", { ...negativeResult(cardAnswer("940B")), LOADRSP: new Uint8Array(35).fill(0xff) }],
  ])("%s: malformed, the wait goes on", async (_, message) => {
    await using bench = await openBench();
    const headEnd = await commanded(bench);
    expect(await headEnd.say(message)).toEqual(refusal("A001"));
    expect(await headEnd.say(loadResponse())).toMatchObject({ kind: "result", CC: "0000" });
  });

  test.each([
    ["DU", undefined],
    ["DU", "21"],
    ["DU", `00${"00".repeat(8)}02`],
    ["DU", `00${"00".repeat(8)}01`],
    ["DO", undefined],
    ["DO", "16"],
    ["DO", `00${"00".repeat(8)}01940B`],
  ])("HSM trouble at %s (%s): unresolved", async (code, said) => {
    await using bench = await openBench();
    bench.hsm.script = scripted(code, said);
    expect(await lastAnswer(bench, negativeResult(cardAnswer("940B")))).toEqual(UNRESOLVED);
    expect(await bench.status()).toBe("unresolved");
  });
});

describe("a challenge, where the card gave no answer", () => {
  async function challenged(bench: LoadBench, terms: CardTerms = {}) {
    const headEnd = await commanded(bench);
    const said = await headEnd.say(loadResponse(NOTHING, { SW: "9302" }));
    if (said?.kind !== "load-challenge") throw new Error(`no challenge but ${said?.kind}`);
    const hex = toHex(said.LOADINIT);
    const own = { IDTRX: hex.slice(36), DTHR: hex.slice(22, 36) };
    const response = asked({ MLDA: 0, R: "0BADCAFE", ...own, ...terms });
    return {
      headEnd,
      LOADINIT: hex,
      response: { kind: "challenge-response", IDTRX, LOADRSP: response.LOADRSP },
    } as const;
  }

  test("asks for zero, by this server's number and clock, under a random identifier", async () => {
    await using bench = await openBench();
    const { headEnd, LOADINIT } = await challenged(bench);
    expect(LOADINIT).toMatch(/^00000000097802000570012031050607090\d[0-9A-F]{32}$/);
    expect(LOADINIT).not.toContain(IDTRX);
    await headEnd.hangUp();
    expect(await bench.status()).toBe("unresolved");
  });

  test("equal counters: no load occurred", async () => {
    await using bench = await openBench();
    const { headEnd, response } = await challenged(bench);
    expect(await headEnd.say(response)).toMatchObject({ kind: "result", CC: "A023", confirmation: { CC: "A023" } });
    expect(await bench.status()).toBe("not-loaded");
  });

  test.each([
    ["higher counter, balance as before", { NTIEP: 8 }, "negative-verified"],
    ["loaded after all", { NTIEP: 8, BALIEP: 12_500 }, "s1-mismatch"],
    ["an S1 made before", { IDTRX, DTHR: LOAD.DTHR }, "s1-mismatch"],
    ["another card", { IDIEP: "0000000043" }, "negative-mismatch"],
    ["an older state", { NTIEP: 6 }, "negative-replayed"],
  ])("%s: unresolved", async (_, terms, entry) => {
    await using bench = await openBench();
    const { headEnd, response } = await challenged(bench, terms);
    expect(await headEnd.say(response)).toEqual(UNRESOLVED);
    expect(bench.entries()).toContain(entry);
    expect(await bench.status()).toBe("unresolved");
  });

  test("other messages meanwhile are refused, and the wait goes on", async () => {
    await using bench = await openBench();
    const { headEnd, response } = await challenged(bench);
    expect(await headEnd.say(loadResponse())).toMatchObject({ kind: "refusal", CC: "A00A" });
    expect(await headEnd.say({ ...response, LOADRSP: new Uint8Array(35).fill(0xff) })).toEqual(refusal("A001"));
    expect(await headEnd.say(response)).toMatchObject({ kind: "result", CC: "A023" });
  });

  test.each(["silence", "channel lost"])("%s: unresolved", async (what) => {
    await using bench = await openBench();
    const { headEnd } = await challenged(bench);
    if (what === "silence") expect(await headEnd.next()).toEqual(UNRESOLVED);
    await headEnd.hangUp();
    expect(await bench.status()).toBe("unresolved");
  });
});
