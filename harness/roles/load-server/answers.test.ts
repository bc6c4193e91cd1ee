import { describe, expect, test } from "vitest";
import { fromHex } from "../../core/bytes.ts";
import { openBench } from "./test-bench.ts";
import { commanded, forged, lastAnswer, refusal, scripted, UNRESOLVED } from "./testing/answers.ts";
import { asked, cardAnswer, IDTRX, loadRequest, loadResponse } from "./testing/parties.ts";

describe("a positive answer", () => {
  const wrong = [
    ["S3", cardAnswer("0000", { S3: "0000000000000000" })],
    ["NTIEP", cardAnswer("0000", { NTIEP: 8 })],
    ["balance", cardAnswer("0000", { BALIEP: 12_499 })],
    ["CC made positive on the way", cardAnswer("940B", { CC: "0000", BALIEP: 12_500 })],
  ] as const;

  test.each(wrong)("with wrong %s: 9302 first, then the genuine one is taken", async (_, CARDRSP) => {
    await using bench = await openBench();
    const headEnd = await commanded(bench);
    expect(await headEnd.say(loadResponse(CARDRSP))).toEqual(refusal("9302"));
    expect(bench.entries()).toContain("s3-mismatch");
    expect(await headEnd.say(loadResponse())).toMatchObject({ kind: "result", CC: "0000" });
    expect(await bench.status()).toBe("loaded");
  });

  test.each(wrong)("with wrong %s twice: unresolved", async (_, CARDRSP) => {
    await using bench = await openBench();
    const said = await lastAnswer(bench, loadResponse(CARDRSP), loadResponse(CARDRSP));
    expect(said).toEqual(UNRESOLVED);
    expect(await bench.status()).toBe("unresolved");
  });

  test("only what can be right is shown to the HSM", async () => {
    await using bench = await openBench();
    await lastAnswer(bench, loadResponse(cardAnswer("0000", { NTIEP: 8 })));
    expect(bench.hsm.asked.map(({ code }) => code)).toEqual(["DM"]);
  });

  test.each([
    ["silent", undefined],
    ["error 15", "15"],
    ["nonsense", "0000"],
    ["the answer to another CC", `00${"00".repeat(8)}01940B`],
    ["another kind of answer", `00${"00".repeat(8)}020000`],
  ])("HSM %s: unresolved", async (_, said) => {
    await using bench = await openBench();
    bench.hsm.script = scripted("DO", said);
    expect(await lastAnswer(bench, loadResponse())).toEqual(UNRESOLVED);
    expect(await bench.status()).toBe("unresolved");
  });

  test("HRES of another key counts as no answer", async () => {
    await using bench = await openBench();
    bench.hsm.script = forged;
    expect(await lastAnswer(bench, loadResponse())).toEqual(UNRESOLVED);
    expect(bench.entries()).toContain("hsm-result-wrong");
    expect(await bench.status()).toBe("unresolved");
  });
});

describe("an answer with another CC", () => {
  test("is not believed by itself: A027, a second time unresolved", async () => {
    await using bench = await openBench();
    const headEnd = await commanded(bench);
    expect(await headEnd.say(loadResponse(cardAnswer("940B")))).toEqual(refusal("A027"));
    expect(await headEnd.say(loadResponse(cardAnswer("940B")))).toEqual(UNRESOLVED);
    expect(bench.hsm.asked.map(({ code }) => code)).toEqual(["DM"]);
  });

  test("A027 can still be followed by the genuine positive one", async () => {
    await using bench = await openBench();
    const positiveMadeNegative = loadResponse(cardAnswer("0000", { CC: "9409" }));
    expect(await lastAnswer(bench, positiveMadeNegative, loadResponse())).toMatchObject({ CC: "0000" });
  });
});

describe("while the answer is awaited", () => {
  test("nothing in time: unresolved", async () => {
    await using bench = await openBench();
    const headEnd = await commanded(bench);
    const before = bench.clock.monotonicMs();
    expect(await headEnd.next()).toEqual(UNRESOLVED);
    expect(bench.clock.monotonicMs() - before).toBe(35_000);
    expect(bench.fields("load-unresolved")).toEqual({ CC: "A010" });
  });

  test("the channel lost: unresolved", async () => {
    await using bench = await openBench();
    await (await commanded(bench)).hangUp();
    expect(await bench.status()).toBe("unresolved");
    expect(bench.fields("load-unresolved")).toEqual({ CC: "A019" });
  });

  test("strays are refused and not obeyed, 16 at most", async () => {
    await using bench = await openBench();
    const headEnd = await commanded(bench);
    await headEnd.sendRaw(fromHex("AA00"));
    expect(await headEnd.next()).toEqual({ kind: "refusal", CC: "A001" });
    await headEnd.sendRaw(loadResponse());
    expect(await headEnd.next()).toEqual(refusal("A00C"));
    await headEnd.sendRaw(headEnd.layer.opening(loadRequest()));
    expect(await headEnd.next()).toEqual(refusal("A004"));
    expect(await headEnd.say({ kind: "challenge-response", IDTRX, LOADRSP: asked().LOADRSP })).toMatchObject({
      CC: "A00A",
    });
    expect(await headEnd.say(loadResponse(cardAnswer(), { SW: "6581" }))).toEqual(refusal("A001"));
    for (let count = 5; count < 16; count++) {
      await headEnd.sendRaw(fromHex("AA00"));
      expect(await headEnd.next()).toEqual({ kind: "refusal", CC: "A001" });
    }
    await headEnd.sendRaw(fromHex("AA00"));
    expect(await headEnd.next()).toEqual(UNRESOLVED);
    expect(await bench.status()).toBe("unresolved");
  });

  test("a first message that never comes ends the thread", async () => {
    await using bench = await openBench();
    const headEnd = bench.connect();
    expect(await headEnd.next()).toBeNull();
    expect(bench.clock.monotonicMs()).toBe(20_000);
  });
});
