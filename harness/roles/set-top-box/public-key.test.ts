import { describe, expect, it } from "vitest";
import { concat, fromHex, toHex } from "../../core/bytes.ts";
import { bench, debitData, EB, honest, IDTRX, ORDER, PAGE, type Script, ScriptCard } from "./test-bench.ts";

const [ISSUER, CARD] = [new Uint8Array(244).fill(0x01), new Uint8Array(244).fill(0x02)];
const PSAMCERT = new Uint8Array(244).fill(0x03);
const SESSKEY = new Uint8Array(224).fill(0x04);
const KEYS = { PSAMCERT, SESSKEY };
const OK = fromHex("9000");

/** A card with AMIEP 02; `answers` to commands by INS and P1, hex, in place of the right ones. */
function publicKeyCard(answers: Readonly<Record<string, Uint8Array | null>> = {}): ScriptCard {
  const card = new ScriptCard();
  card.trick = (command, answer) => {
    const name = toHex(command.subarray(1, 3));
    const other = answers[name];
    if (other !== undefined) return other;
    switch (name) {
      case "5001": {
        const response = answer();
        response[19] = 0x02; // AMIEP
        return response;
      }
      case "B201":
      case "B202":
        return concat(name === "B201" ? ISSUER : CARD, OK);
      case "5800":
      case "5801":
        return OK;
      default:
        return answer();
    }
  };
  return card;
}

/** The head end that gives `keys` with the debit command. */
function commanding(keys: Partial<typeof KEYS>): Script {
  return async (far) => await honest({ ...far, say: (m) => far.say(m === EB ? { ...EB, ...keys } : m) });
}

describe("a public key card at the set-top box", () => {
  it("gives both certificates with the card information, and gets certificate and session key before the debit", async () => {
    const card = publicKeyCard();
    const { box, heard, logs } = bench(commanding(KEYS), card);
    expect(await box.purchase(ORDER)).toMatchObject({ CC: "0000", trouble: [] });
    expect(heard[1]).toMatchObject({ kind: "card-information", CERTS: concat(ISSUER, CARD) });
    expect(card.commands.slice(1)).toEqual([
      "905001001B",
      "00B2011400",
      "00B2021400",
      `90580000F4${toHex(PSAMCERT)}`,
      `90580100E0${toHex(SESSKEY)}`,
      `9054010035${toHex(debitData(PAGE.MPDA))}10`,
    ]);
    expect(logs("debit-command")).toMatchObject([{ step: "618", fields: { MPDA: 1250, NTPSAM: 9 } }]);
    expect(box.pending()).toEqual([]);
  });

  it.each(["5800", "5801"])(
    "that refuses the %s command is never debited, and the head end hears its code",
    async (at) => {
      const card = publicKeyCard({ [at]: fromHex("9422") });
      const { box, heard, logs } = bench(commanding(KEYS), card);
      const result = await box.purchase(ORDER);
      expect(heard.at(-1)).toEqual({
        kind: "debit-response",
        IDTRX,
        CARDRSP: new Uint8Array(0),
        SW: "9422",
        RECOVERED: 0,
      });
      expect(logs("debit-response")).toMatchObject([{ step: "620", fields: { CC: null, SW: "9422" } }]);
      expect(result.shown.at(-1)).toBe("The card was not debited.");
      expect(card.count("54")).toBe(0);
      expect(box.pending()).toEqual([]);
    },
  );

  it("answers the same when the debit command comes again after that", async () => {
    const card = publicKeyCard({ "5801": fromHex("9422") });
    const script: Script = async (far) => {
      await far.hear();
      await far.say(PAGE);
      await far.hear();
      for (let turn = 0; turn < 2; turn++) {
        await far.say({ ...EB, ...KEYS });
        await far.hear();
      }
    };
    const { box, heard } = bench(script, card);
    await box.purchase(ORDER);
    expect(heard.slice(2)).toMatchObject([{ SW: "9422" }, { SW: "9422" }]);
    expect(card.count("58")).toBe(2);
    expect(card.count("54")).toBe(0);
  });

  it.each([
    ["is mute", null],
    ["gives data where none belong", fromHex("00 9000")],
  ])("that %s at the certificate is never debited, and nothing stays open", async (_, answer) => {
    const card = publicKeyCard({ "5800": answer });
    const { box, heard } = bench(commanding(KEYS), card);
    const result = await box.purchase(ORDER);
    expect(result).toMatchObject({ CC: "A016" });
    expect(result.trouble).toMatchObject([{ owner: "card" }]);
    expect(heard.at(-1)).toEqual({ kind: "stop", IDTRX, CC: "A016" });
    expect(card.count("54")).toBe(0);
    expect(box.pending()).toEqual([]);
  });

  it("that is taken out before the session key is never debited", async () => {
    const card = publicKeyCard();
    const { box, heard, reader } = bench(commanding(KEYS), card);
    const trick = card.trick;
    card.trick = (command, answer) => {
      if (command[1] === 0x58 && command[2] === 0x01) {
        reader.remove();
        return null;
      }
      return trick(command, answer);
    };
    expect(await box.purchase(ORDER)).toMatchObject({ CC: "A016" });
    expect(heard.at(-1)).toEqual({ kind: "stop", IDTRX, CC: "A016" });
    expect(box.pending()).toEqual([]);
  });

  it.each([
    ["B201", fromHex("6A83")],
    ["B202", fromHex("6A83")],
    ["B202", concat(CARD.subarray(1), OK)],
  ])("without certificates (%s) is no purse that can pay", async (at, answer) => {
    const { box, heard } = bench(commanding(KEYS), publicKeyCard({ [at]: answer }));
    expect(await box.purchase(ORDER)).toMatchObject({ CC: "A016" });
    expect(heard.at(-1)).toEqual({ kind: "stop", IDTRX, CC: "A016" });
  });

  it.each([
    ["without both", {}],
    ["without the session key", { PSAMCERT }],
    ["without the certificate", { SESSKEY }],
  ])("does not get a debit command %s", async (_, keys) => {
    const card = publicKeyCard();
    const { box } = bench(commanding(keys), card);
    expect(await box.purchase(ORDER)).toMatchObject({ CC: "A001" });
    expect([card.count("58"), card.count("54")]).toEqual([0, 0]);
    expect(box.pending()).toEqual([]);
  });
});

it("a secret key card does not get a debit command with certificate and session key", async () => {
  const card = new ScriptCard();
  const { box } = bench(commanding(KEYS), card);
  expect(await box.purchase(ORDER)).toMatchObject({ CC: "A001" });
  expect([card.count("58"), card.count("54")]).toEqual([0, 0]);
});
