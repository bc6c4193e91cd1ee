import { describe, expect, test } from "vitest";
import { fromHex } from "../../core/bytes.ts";
import { openConfirmation, readClearConfirmation, serverClearKey } from "../../crypto/confirmation.ts";
import type { DebitResult, Message } from "../../protocol/messages/layouts.ts";
import { debitResponse, drawRequest, IDTRX, KMER, openBench, type PaymentBench, talk } from "./test-bench.ts";

const NONE = new Uint8Array(0);
const REFUSED = debitResponse({ CARDRSP: NONE, SW: "9302" });

async function resultFor(
  bench: PaymentBench,
  IDMER: string,
  response: Message = debitResponse(),
): Promise<DebitResult> {
  const [, result] = await talk(bench, drawRequest({ IDMER }), response);
  if (result?.kind !== "debit-result") throw new Error(`no debit result but ${result?.kind}`);
  return result;
}

const sealed = (IDMER: string, CONF: Uint8Array | undefined) => openConfirmation(KMER, IDMER, IDTRX, CONF ?? NONE);
const clear = (IDMER: string, CLEARCONF: Uint8Array | undefined) =>
  readClearConfirmation(serverClearKey(KMER, IDTRX), IDMER, IDTRX, CLEARCONF ?? NONE);

describe.each([
  ["0000", debitResponse(), undefined],
  ["9404", REFUSED, "9404"],
])("a debit result with the code %s", (CC, response, said) => {
  test("in the standard form has the confirmation sealed", async () => {
    await using bench = await openBench();
    const result = await resultFor(bench, "SHOP0001", response);
    expect([result.CC, sealed("SHOP0001", result.CONF)?.CC, result.CLEARCONF]).toEqual([said, CC, undefined]);
  });

  test("in clear has it readable, with a MAC, and nothing sealed", async () => {
    await using bench = await openBench();
    const result = await resultFor(bench, "CLEAR001", response);
    expect([result.CC, result.CONF, clear("CLEAR001", result.CLEARCONF)?.CC]).toEqual([said, undefined, CC]);
  });

  test("in both forms says the same twice", async () => {
    await using bench = await openBench();
    const result = await resultFor(bench, "BOTH0001", response);
    expect(clear("BOTH0001", result.CLEARCONF)).toEqual(sealed("BOTH0001", result.CONF));
    expect([result.CC, sealed("BOTH0001", result.CONF)?.CC]).toEqual([said, CC]);
  });

  test.each(["DIRECT01", "DIRECT05"])(
    "goes to %s directly, and to the head end without a confirmation",
    async (IDMER) => {
      await using bench = await openBench();
      bench.merchantStatus = CC === "0000" ? 200 : 402;
      const result = await resultFor(bench, IDMER, response);
      expect(result).toEqual({ kind: "debit-result", IDTRX, IDMER, ...(said === undefined ? {} : { CC: said }) });
      const [{ origin, request } = { origin: "", request: undefined }] = bench.posted;
      expect(origin).toBe(`https://${IDMER.toLowerCase()}.example:8443`);
      expect(request).toMatchObject({
        method: "POST",
        path: "/status?of=sale",
        headers: { "content-type": "application/x-www-form-urlencoded" },
      });
      const form = new URLSearchParams(request?.body);
      expect(form.get("transaction-id")).toBe(IDTRX);
      expect(sealed(IDMER, fromHex(form.get("confirmation") ?? ""))?.CC).toBe(CC);
      expect([...form.keys()]).toHaveLength(2);
      expect(bench.entries()).toContain("confirmed-directly");
    },
  );
});

describe("a direct confirmation", () => {
  test("is posted after the outcome is in the database, and before the debit result leaves", async () => {
    await using bench = await openBench();
    await resultFor(bench, "DIRECT01");
    expect(bench.entries().slice(-4)).toEqual([
      "terminal-response",
      "terminal-released",
      "confirmed-directly",
      "confirmation-sent",
    ]);
  });

  test.each([undefined, 403, 404, 500])("that is answered with %s goes by the head end instead", async (status) => {
    await using bench = await openBench();
    bench.merchantStatus = status;
    const result = await resultFor(bench, "DIRECT01");
    expect(sealed("DIRECT01", result.CONF)?.CC).toBe("0000");
    expect(result.CLEARCONF).toBeUndefined();
    expect((await bench.database.transaction("DIRECT01", IDTRX))?.status).toBe("confirmed");
    expect(bench.entries()).not.toContain("confirmed-directly");
  });

  test("is not made after a recovery, which has no user's session: CONF goes by the head end", async () => {
    await using bench = await openBench();
    await talk(bench, drawRequest({ IDMER: "DIRECT01" }));
    const [result] = await talk(bench, debitResponse({ RECOVERED: 1 }));
    expect(result?.kind === "debit-result" && sealed("DIRECT01", result.CONF)?.CC).toBe("0000");
    expect(bench.entries()).not.toContain("confirmed-directly");
  });

  test("does not keep the terminal from others", async () => {
    await using bench = await openBench({
      http: () =>
        bench.server.pool
          .acquire()
          .then((IDTERM) => ({ status: IDTERM === undefined ? 500 : 200, headers: {}, body: "" })),
    });
    expect(await resultFor(bench, "DIRECT01")).not.toHaveProperty("CONF");
  });

  test("without a way to the merchant goes by the head end", async () => {
    await using bench = await openBench({
      merchants: () => ({ KMER, active: true, profile: direct, statusUrl: "nowhere" }),
    });
    const result = await resultFor(bench, "SHOP0001");
    expect(sealed("SHOP0001", result.CONF)?.CC).toBe("0000");
  });
});

const direct = { comparison: "psam", encryption: undefined, confirmation: "sealed", direct: true } as const;
