import { describe, expect, it } from "vitest";
import { fromHex } from "../../core/bytes.ts";
import { bench, EB, honest, IDTRX, ORDER, PAGE, type Script, ScriptCard } from "./test-bench.ts";
import { upToDebit } from "./testing/debit-script.ts";

describe("a card that is lost", () => {
  /** Pulls the card at DEBIT IEP, before or after it was executed. */
  function torn(when: "before" | "after") {
    const card = new ScriptCard();
    const b = bench(honest, card);
    card.trick = (command, answer) => {
      if (command[1] !== 0x54) return answer();
      if (when === "after") answer();
      b.reader.remove();
      return null;
    };
    return { ...b, card };
  }

  it("is asked for its answer when it is put back in time: the purchase succeeds", async () => {
    const { box, card, clock, reader, heard } = torn("after");
    void clock.timer(2_000).elapsed.then(() => reader.insert(card));
    const result = await box.purchase(ORDER);
    expect(result).toMatchObject({ CC: "0000", trouble: [{ owner: "card" }] });
    expect(card.count("54")).toBe(1);
    expect(heard.at(-1)).toMatchObject({ kind: "debit-response", RECOVERED: 1, CARDRSP: card.previous });
    expect(box.pending()).toEqual([]);
  });

  it("was not debited if it says 9406: nothing stays open", async () => {
    const { box, card, clock, reader, heard } = torn("before");
    void clock.timer(2_000).elapsed.then(() => reader.insert(card));
    await box.purchase(ORDER);
    expect(heard.at(-1)).toMatchObject({ kind: "debit-response", SW: "9406", CARDRSP: new Uint8Array(0) });
    expect(box.pending()).toEqual([]);
    expect(card.balance).toBe(10_000);
  });

  it("leaves the purchase unresolved when it stays away, and is recovered before the next purchase", async () => {
    const { box, card, reader, heard } = torn("after");
    const result = await box.purchase(ORDER);
    expect(result.CC).toBe("A01A");
    expect(heard.at(-1)).toMatchObject({
      kind: "debit-response",
      SW: "0000",
      CARDRSP: new Uint8Array(0),
      RECOVERED: 0,
    });
    expect(JSON.parse(JSON.stringify(box.pending()))).toMatchObject([
      { IDTRX, PPIEP: "123456", IDIEP: "0000000042", NTIEP: 7, CARDRSP: null, HOST: "payment.test" },
    ]);
    card.trick = (_, answer) => answer();
    reader.insert(card);
    expect((await box.purchase(ORDER)).CC).toBe("0000");
    const [recovery] = heard.filter(({ kind }) => kind === "recovery");
    expect(recovery).toMatchObject({
      IDTRX,
      IDMER: "MERCH001",
      PORT: 7236,
      CARDRSP: fromHex("0000 0007 0000222E AAAAAAAAAAAAAAAA"),
    });
    expect(card.count("54")).toBe(2);
    expect(box.pending()).toEqual([]);
  });

  it("is not confused with another card", async () => {
    const { box, clock, reader } = torn("after");
    const other = new ScriptCard("0000000043");
    void clock.timer(1_000).elapsed.then(() => reader.insert(other));
    expect((await box.purchase(ORDER)).CC).toBe("A01A");
    expect(other.count("5A")).toBe(0);
    expect(other.count("54")).toBe(0);
    expect(box.pending()).toHaveLength(1);
    expect((await box.recoverPending()).map(({ CC }) => CC)).toEqual(["A01A"]);
    expect(box.pending()).toHaveLength(1);
  });

  it("drops what is open when the card says later that it was never debited", async () => {
    const { box, card, reader, logs, heard } = torn("before");
    await box.purchase(ORDER);
    card.trick = (_, answer) => answer();
    reader.insert(card);
    const before = heard.length;
    expect((await box.recoverPending()).map(({ CC }) => CC)).toEqual(["9406"]);
    expect(box.pending()).toEqual([]);
    expect(logs("pending-dropped")).toHaveLength(1);
    expect(heard).toHaveLength(before);
  });

  it("is never debited when it was changed between card information and debit command", async () => {
    const card = new ScriptCard();
    const other = new ScriptCard("0000000043");
    let swap = (): void => undefined;
    const script: Script = async (far) => {
      await far.hear();
      await far.say(PAGE);
      await far.hear();
      swap();
      await far.say(EB);
      await far.hear();
    };
    const { box, reader, heard } = bench(script, card);
    swap = () => {
      reader.remove();
      reader.insert(other);
    };
    expect((await box.purchase(ORDER)).CC).toBe("A016");
    expect(heard.at(-1)).toEqual({ kind: "stop", IDTRX, CC: "A016" });
    expect([card.count("54"), other.count("54")]).toEqual([0, 0]);
    expect(box.pending()).toEqual([]);
  });

  it("is noticed when the kept contact is stale, and the new one is used", async () => {
    const { box, reader } = bench(honest, new ScriptCard());
    await box.purchase(ORDER);
    reader.remove();
    const other = new ScriptCard("0000000043");
    reader.insert(other);
    expect((await box.purchase(ORDER)).CC).toBe("0000");
    expect(other.balance).toBe(8_750);
  });
});

describe("damaged answers to DEBIT IEP", () => {
  it.each([
    ["one byte short", (r: Uint8Array) => r.slice(1)],
    ["with another status word", (r: Uint8Array) => Uint8Array.from([...r.slice(0, -1), 0x01])],
    ["none but a success", () => fromHex("9000")],
    ["an unknown status", () => fromHex("6F00")],
  ])("%s: the card is asked again instead of believed", async (_, damage) => {
    const card = new ScriptCard();
    card.trick = (command, answer) => (command[1] === 0x54 ? damage(answer()) : answer());
    const { box, heard } = bench(honest, card);
    expect((await box.purchase(ORDER)).CC).toBe("0000");
    expect(heard.at(-1)).toMatchObject({ RECOVERED: 1, CARDRSP: card.previous });
    expect(card.count("54")).toBe(1);
  });

  it("does not take 6985 for a refusal: a debit command that came twice was executed the first time", async () => {
    const card = new ScriptCard();
    card.trick = (command, answer) => {
      const first = answer();
      return command[1] === 0x54 ? fromHex("6985") : first;
    };
    const script = upToDebit(async (far) => {
      await far.hear();
      await far.say({ kind: "result", IDTRX, CC: "0000", CONTENT: "" });
    });
    const { box, heard } = bench(script, card);
    expect(await box.purchase(ORDER)).toMatchObject({ CC: "0000" });
    expect(heard.at(-1)).toMatchObject({ RECOVERED: 1, CARDRSP: card.previous });
  });

  it("passes a refusal on and leaves nothing open", async () => {
    const card = new ScriptCard();
    card.trick = (command, answer) => (command[1] === 0x54 ? fromHex("9302") : answer());
    const script = upToDebit(async (far) => {
      await far.hear();
      await far.say({ kind: "user-message", IDTRX, CC: "9404", TEXT: "no" });
    });
    const { box, heard } = bench(script, card);
    const result = await box.purchase(ORDER);
    expect(result).toMatchObject({ CC: "9404" });
    expect(result.shown.at(-1)).toBe("The card was not debited.");
    expect(heard.at(-1)).toMatchObject({ SW: "9302", CARDRSP: new Uint8Array(0) });
    expect(box.pending()).toEqual([]);
  });
});
