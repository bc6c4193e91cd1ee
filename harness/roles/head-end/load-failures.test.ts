import { describe, expect, it } from "vitest";
import type { MessageKind } from "../../protocol/messages/layouts.ts";
import { loadPageObject } from "../../protocol/messages/load-page.ts";
import { cardInformationObject } from "../../protocol/messages/load-page-objects.ts";
import {
  A1,
  A3,
  A5,
  A7,
  A9,
  AA,
  AC,
  AMOUNT_PATH,
  BANK,
  boxOf,
  fundPage,
  holderOf,
  IDTRX,
  kinds,
  LOADINIT,
  LOADRSP,
  load,
  OTHER_CARD,
  pageOf,
  refusalOf,
  resultOf,
  SITES,
  seal,
  serverOf,
} from "./load-test-bench.ts";
import { answer, type Merchant, type Reply } from "./test-bench.ts";

const stop = (CC: string, of = IDTRX) => ({ kind: "stop", IDTRX: of, CC }) as const;
const NOT_YET = "0".repeat(32);
const page = (amountUrl: string, over = {}) =>
  answer(200, loadPageObject({ page: pageOf(undefined, over), amountUrl }));

describe("what an account holder may say instead of what is due", () => {
  it.each([
    ["/load", 1],
    ["/load/card", 2],
    [AMOUNT_PATH, 3],
  ] as const)("%s refused: the reason, a sentence, and nothing is loaded", async (path, posts) => {
    for (const [CC, cause] of [
      ["A012", "The card has expired."],
      ["A013", "The card has another currency than the account."],
      ["A020", "There is no money in the account."],
      ["A021", "The card holds its maximum already."],
      ["A022", "This amount cannot be loaded."],
    ] as const) {
      const run = await load({ merchant: holderOf(pageOf(), { [path]: refusalOf(CC) }) });
      expect(run.box.at(-1)).toMatchObject({ kind: "user-message", CC, TEXT: `${cause} Nothing was loaded.` });
      expect(run.posts).toHaveLength(posts);
      expect(run.connected).toEqual([]);
      expect(run.entry("load-failed")).toMatchObject([{ fields: { CC } }]);
    }
  });

  const odd: readonly [string, ReturnType<Merchant>, string][] = [
    ["/load", answer(403), "A009"],
    ["/load", answer(200, "<p>hello</p>"), "A017"],
    ["/load", answer(200, cardInformationObject("pre-funded")), "A017"],
    ["/load", answer(402), "A017"],
    ["/load", refusalOf("0000"), "A017"],
    ["/load", answer(500), "A017"],
    ["/load/card", answer(403), "A009"],
    ["/load/card", answer(404), "A017"],
    ["/load/card", answer(200, "<p>hello</p>"), "A017"],
    ["/load/card", page(`${BANK}/x`, { SOURCE: 2 }), "A017"],
    ["/load/card", page("https://evil.test/x"), "A017"],
    ["/load/card", page(`${BANK}@evil.test/x`), "A017"],
    ["/load/card", page(`${BANK}/x`, { URL: "https://evil.test/x" }), "A017"],
    ["/load/card", page(`${BANK}/x`, { URL: BANK.replace("8460", "8461") }), "A017"],
    [AMOUNT_PATH, answer(403), "A009"],
    [AMOUNT_PATH, answer(409), "A004"],
    [AMOUNT_PATH, answer(500), "A017"],
    [AMOUNT_PATH, answer(200, "<p>fine</p>"), "A017"],
  ];
  it.each(odd)("%s answered with %o: %s, and the card is not initialised", async (path, said, CC) => {
    const run = await load({ merchant: holderOf(pageOf(), { [path]: said }) });
    expect(run.box.at(-1)).toMatchObject({ kind: "user-message", CC });
    expect(kinds(run.box)).not.toContain("initialise-load");
  });

  it.each([
    [403, "The account or the load is unknown, or not this user's. Nothing was loaded."],
    [
      409,
      "An amount was given for this load before. The load of 10.00 EUR did not take place. The amount stays reserved in the account until this is settled.",
    ],
  ])("an amount answered with %i: %s", async (status, TEXT) => {
    const run = await load({ merchant: holderOf(pageOf(), { [AMOUNT_PATH]: answer(status) }) });
    expect(run.box.at(-1)).toMatchObject({ TEXT });
  });

  it("a page that is not to be used goes no further", async () => {
    for (const said of [page("https://evil.test/x"), page(`${BANK}/x`, { URL: "https://evil.test/x" })]) {
      const run = await load({ merchant: holderOf(pageOf(), { "/load/card": said }) });
      expect(kinds(run.box)).toEqual(["card-information-request", "user-message"]);
    }
  });

  it.each([
    ["/load", "silent", "A010", "The account holder does not answer. Nothing was loaded."],
    ["/load/card", "absent", "A019", "The account holder does not answer. Nothing was loaded."],
    [
      AMOUNT_PATH,
      "silent",
      "A010",
      "The account holder does not answer. The load of 10.00 EUR did not take place. The amount stays reserved in the account until this is settled.",
    ],
  ] as const)("%s %s: %s", async (path, said, CC, TEXT) => {
    const run = await load({ merchant: holderOf(pageOf(), { [path]: said }) });
    expect(run.box.at(-1)).toMatchObject({ CC, TEXT });
  });

  it.each([[{ ...A1, SITE: "shop" }], [{ ...A1, SITE: "toString" }]])(
    "a site that is none of its account holders is asked nothing: %o",
    async (first) => {
      const run = await load({ first });
      expect(run.box).toMatchObject([{ kind: "user-message", CC: "A017" }]);
      expect(run.posts).toEqual([]);
    },
  );

  it("knows no account holder unless told", async () => {
    const run = await load({ options: { loadSites: undefined } });
    expect(run.box).toMatchObject([{ CC: "A017" }]);
    expect(Object.keys(SITES)).toHaveLength(3);
  });
});

describe("what a set-top box may say instead of what is due, before a load command", () => {
  const turns = [
    ["card-information-request", stop("A015", NOT_YET), 1],
    ["load-page", stop("A011"), 2],
    ["initialise-load", stop("A016"), 3],
  ] as const;
  it.each(turns)(
    "a stop that answers %s ends it, and the account holder is not told anything",
    async (kind, said, posts) => {
      const run = await load({ box: boxOf({ [kind]: said }) });
      expect(run.posts).toHaveLength(posts);
      expect(run.connected).toEqual([]);
      expect(kinds(run.box).at(-1)).toBe(kind);
      expect(run.entry("load-failed")).toMatchObject([{ fields: { CC: said.CC } }]);
    },
  );

  const wrong: readonly [MessageKind, Reply, string][] = [
    ["card-information-request", A5, "A00A"],
    ["card-information-request", Uint8Array.of(0xa3, 0x00), "A001"],
    ["load-page", A3, "A00A"],
    ["load-page", { ...A5, IDTRX: NOT_YET }, "A00A"],
    ["load-page", { ...A5, MLDA: 0 }, "A022"],
    ["load-page", { ...A5, MLDA: 5001 }, "A022"],
    ["load-page", Uint8Array.of(0xa5, 0x00), "A001"],
    ["initialise-load", A5, "A00A"],
    ["initialise-load", { ...A7, IDTRX: NOT_YET }, "A00A"],
    ["initialise-load", { ...A7, LOADRSP: OTHER_CARD }, "A016"],
    ["initialise-load", { ...A7, LOADRSP: LOADRSP.with(16, 0xff) }, "A016"],
    ["initialise-load", Uint8Array.of(0xa7, 0x00), "A001"],
  ];
  it.each(wrong)("%s answered with %o ends the load with %s", async (kind, said, CC) => {
    const run = await load({ box: boxOf({ [kind]: said }) });
    expect(run.box.at(-1)).toMatchObject({ kind: "user-message", CC });
    expect(run.connected).toEqual([]);
  });

  it("the greatest amount of the page may be loaded", async () => {
    const run = await load({ box: boxOf({ "load-page": { ...A5, MLDA: 5000 } }) });
    expect(run.box.at(-1)).toMatchObject({ kind: "result", CONTENT: "The card was loaded with 50.00 EUR." });
  });

  it("another card than the one that was read is named as the reason", async () => {
    const run = await load({ box: boxOf({ "initialise-load": { ...A7, LOADRSP: OTHER_CARD } }) });
    expect(run.box.at(-1)).toMatchObject({
      TEXT: "Another card than before is in the reader. The load of 10.00 EUR did not take place. The amount stays reserved in the account until this is settled.",
    });
    expect(run.entry("check-failed")).toMatchObject([{ step: "876", fields: { CC: "A016" } }]);
  });

  it.each(["card-information-request", "load-page", "initialise-load"] as const)(
    "waits 30 seconds for the answer to %s",
    async (kind) => {
      const run = await load({ box: boxOf({ [kind]: undefined }) });
      expect(run.box.at(-1)).toMatchObject({ kind: "user-message", CC: "A010" });
      expect(run.tookMs).toBe(30_000);
    },
  );
});

describe("what a load server may say to the load request", () => {
  it.each(["A001", "A002", "A00B", "A006", "A01A"])(
    "a refusal %s: nobody else is told, the card is not touched",
    async (CC) => {
      const run = await load({ payment: serverOf({ "load-request": { kind: "refusal", IDTRX, CC } }) });
      expect(run.box.at(-1)).toMatchObject({ kind: "user-message", CC });
      expect(kinds(run.box)).not.toContain("load-command");
      expect(run.posts).toHaveLength(3);
    },
  );

  it.each([["A022"], ["A024"], ["A012"], ["9403"]])(
    "a result %s: the account holder gets its confirmation",
    async (CC) => {
      const merchant = holderOf(pageOf(), { "/status?n=1": answer(402) });
      const run = await load({ merchant, payment: serverOf({ "load-request": resultOf(CC) }) });
      expect(run.posts).toHaveLength(4);
      expect(run.box.at(-1)).toMatchObject({ kind: "user-message", CC });
      expect(JSON.stringify(run.box.at(-1))).toContain(
        "The load of 10.00 EUR did not take place. The amount is back in the account.",
      );
      expect(run.entry("load-confirmed")).toHaveLength(1);
      expect(kinds(run.box)).not.toContain("load-command");
    },
  );

  const other = new Uint8Array(16).fill(0x11);
  const altered = seal(A9).SEALED.with(-1 + seal(A9).SEALED.length, 0);
  const commands: readonly [string, Reply, string][] = [
    ["in clear", A9, "A01A"],
    ["under another key", seal(A9, undefined, other), "A01A"],
    ["altered", { ...seal(A9), SEALED: altered }, "A01A"],
    ["of another load", seal({ ...A9, IDTRX: NOT_YET }, undefined, undefined, NOT_YET), "A01A"],
    ["of another load inside", seal({ ...A9, IDTRX: NOT_YET }), "A01A"],
    ["of another kind inside", seal(AA), "A01A"],
    ["as results", { ...resultOf(), SEALED: seal(A9).SEALED }, "A01A"],
    ["that is success already", resultOf("0000"), "A01A"],
    ["malformed", Uint8Array.of(0xe5, 0x00), "A01A"],
    ["refused with success", { kind: "refusal", IDTRX, CC: "0000" }, "A00A"],
    ["refused for another load", { kind: "refusal", IDTRX: NOT_YET, CC: "A020" }, "A01A"],
  ];
  it.each(commands)("a load command %s is not obeyed", async (_, said, CC) => {
    const run = await load({ payment: serverOf({ "load-request": said }) });
    expect(kinds(run.box)).not.toContain("load-command");
    expect(run.box.at(-1)).toMatchObject({ kind: "user-message", CC });
    expect(run.posts).toHaveLength(3);
  });

  it.each([
    ["close", "A019"],
    [undefined, "A010"],
  ] as const)("nothing, %s: a code with which the set-top box keeps the load", async (said, CC) => {
    const run = await load({ payment: serverOf({ "load-request": said }) });
    expect(run.box.at(-1)).toMatchObject({ CC });
  });
});

describe("what a set-top box may say to the load command", () => {
  const other = new Uint8Array(16).fill(0x11);
  const responses: readonly [string, Reply][] = [
    ["in clear", AA],
    ["under another key", seal(AA, undefined, other)],
    ["of another kind inside", seal(AC)],
    ["of another load inside", seal({ ...AA, IDTRX: NOT_YET })],
    ["of another kind", A7],
    ["malformed", Uint8Array.of(0xe5, 0x00)],
    ["nothing", undefined],
  ];
  it.each(responses)(
    "an answer %s is none: unresolved, and nothing more is said to the load server",
    async (_, said) => {
      const run = await load({ box: boxOf({ "load-command": said }) });
      expect(kinds(run.payment)).toEqual(["sealed-opening"]);
      expect(run.box.at(-1)).toMatchObject({
        kind: "user-message",
        CC: "A01A",
        TEXT: "The load server has not said how the load ended. The load of 10.00 EUR was not completed. Whether the card was loaded is not certain yet; this will be settled.",
      });
      expect(run.posts).toHaveLength(3);
    },
  );
});

describe("what a load server may say to the card's answer", () => {
  const other = new Uint8Array(16).fill(0x11);
  const endings: readonly [string, Reply][] = [
    ["a result in clear", AC],
    ["a result under another key", { ...resultOf(), SEALED: seal(AC, undefined, other).SEALED }],
    ["a result of another load", { ...resultOf(), IDTRX: NOT_YET }],
    ["a result of another load inside", { ...resultOf(), SEALED: seal({ ...AC, IDTRX: NOT_YET }).SEALED }],
    ["a result without the confirmation", seal(AC)],
    ["a load command", seal(A9)],
    ["a refusal that decides nothing", { kind: "refusal", IDTRX, CC: "A01A" }],
    ["a refusal of the message", { kind: "refusal", IDTRX, CC: "A00A" }],
    ["a refusal of another load", { kind: "refusal", IDTRX: NOT_YET, CC: "9302" }],
    ["a demand for a negative result that there is not", { kind: "refusal", IDTRX, CC: "A027" }],
    ["malformed", Uint8Array.of(0xef, 0x00)],
    ["the end of the channel", "close"],
    ["nothing", undefined],
  ];
  it.each(endings)("%s: unresolved, and nothing is posted", async (_, said) => {
    const run = await load({ payment: serverOf({ "load-response": said }) });
    expect(run.box.at(-1)).toMatchObject({ kind: "user-message", CC: "A01A" });
    expect(run.posts).toHaveLength(3);
    expect(run.entry("load-failed")).toMatchObject([{ fields: { CC: "A01A" } }]);
  });
});

describe("what an account holder may say to the confirmation", () => {
  const LOADED = "The card was loaded with 10.00 EUR.";
  it.each([
    [answer(200), "0000", LOADED],
    [answer(402), "A018", `${LOADED} The bank did not accept the confirmation.`],
    [answer(403), "A018", `${LOADED} The bank did not accept the confirmation.`],
    [answer(409), "A018", `${LOADED} The bank did not accept the confirmation.`],
    [answer(500), "A019", `${LOADED} The bank could not be told yet; this will be settled later.`],
    ["absent", "A019", `${LOADED} The bank could not be told yet; this will be settled later.`],
    ["silent", "A010", `${LOADED} The bank could not be told yet; this will be settled later.`],
  ] as const)("loaded, %o: %s", async (said, CC, text) => {
    const run = await load({ merchant: holderOf(pageOf(), { "/status?n=1": said }) });
    const told = run.box.at(-1);
    expect(told).toMatchObject({ CC });
    expect(told?.kind === "result" ? told.CONTENT : told?.kind === "user-message" && told.TEXT).toBe(text);
    expect(run.entry("load-confirmed")).toHaveLength(CC === "0000" ? 1 : 0);
  });

  it.each([
    [answer(402), "The amount is back in the account."],
    [answer(200), "The amount is back in the account."],
    [answer(409), "The amount stays reserved in the account until this is settled."],
    ["silent", "The amount stays reserved in the account until this is settled."],
  ] as const)("not loaded, %o: the code of the result, and %s", async (said, where) => {
    const merchant = holderOf(pageOf(), { "/status?n=1": said });
    const run = await load({ merchant, payment: serverOf({ "load-request": resultOf("A024") }) });
    expect(run.box.at(-1)).toMatchObject({
      CC: "A024",
      TEXT: `The card's signature is wrong. The load of 10.00 EUR did not take place. ${where}`,
    });
  });
});

describe("texts", () => {
  it("speak of one unit and of many with the same words", async () => {
    const points = { CURRLDA: "0999", CEXPLDA: 0 };
    const merchant = holderOf(fundPage(points));
    const first = { ...A1, SITE: "fund" };
    const LOADDATA = LOADINIT.slice(0, 15);
    for (const [MLDA, text] of [
      [1, "1 point"],
      [12, "12 points"],
    ] as const) {
      const box = boxOf({ "load-page": { ...A5, MLDA } });
      const run = await load({
        first,
        merchant,
        box,
        payment: serverOf({ "load-request": seal({ ...A9, LOADDATA }) }),
      });
      expect(run.box.at(-1)).toMatchObject({ CONTENT: `The card was loaded with ${text}.` });
    }
  });
});
