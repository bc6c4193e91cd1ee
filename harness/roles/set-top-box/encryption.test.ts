import { describe, expect, it } from "vitest";
import { fromHex, toHex } from "../../core/bytes.ts";
import type { CipherSuite } from "../../core/sale-profile.ts";
import { nonceLength } from "../../crypto/seal.ts";
import { openMessage } from "../../crypto/sealed-message.ts";
import type { DebitResponse, Message } from "../../protocol/messages/layouts.ts";
import { parseMessage } from "../../protocol/messages/message.ts";
import { setTopBox } from "./model.ts";
import { newSession } from "./state.ts";
import { bench, EB, IDTRX, ORDER, PAGE, RESULT, type Script, ScriptCard } from "./test-bench.ts";

const TSK = fromHex("5353AB53535353535353535353535353");
const LAYERS = [
  { ENCRYPTION: "AES-128-GCM", RND: "A1A2A3A4A5A6A7A8", TSK, ETSK: new Uint8Array(44).fill(0xe7) },
  { ENCRYPTION: "3DES-CBC-MAC", RND: "A1A2A3A4A5A6A7A8", TSK, ETSK: new Uint8Array(40).fill(0xe7) },
] as const;
const [AES] = LAYERS;
const EC_TAG = 0xec;

function opened(suite: CipherSuite, message: Message | undefined): Message | { kind: "unrecognised" } | undefined {
  if (message?.kind !== "sealed") return undefined;
  const inner = openMessage(suite, TSK, message.IDTRX, message.SEALED, [EC_TAG]);
  return inner ? parseMessage(inner) : undefined;
}

/** The head end whose page has the layer, and which goes on after the debit command with `rest`. */
function layered(layer: object, rest: Script = async (far) => await far.say(RESULT)): Script {
  return async (far) => {
    if ((await far.hear())?.kind === "recovery") return await far.say(RESULT);
    await far.say({ ...PAGE, ...layer });
    await far.hear();
    await far.say(EB);
    await far.hear();
    await rest(far);
  };
}

describe("the encryption layer at the set-top box", () => {
  it.each(LAYERS)("$ENCRYPTION: the debit response leaves sealed under the TSK (818)", async (layer) => {
    const card = new ScriptCard();
    const { box, heard } = bench(layered(layer), card);
    expect(await box.purchase(ORDER)).toMatchObject({ CC: "0000", CONTENT: "sunny" });
    expect(heard.map(({ kind }) => kind)).toEqual(["selection", "card-information", "sealed"]);
    expect(opened(layer.ENCRYPTION, heard[2])).toEqual({
      kind: "debit-response",
      IDTRX,
      CARDRSP: card.previous,
      SW: "9000",
      RECOVERED: 0,
    });
  });

  it("seals a refusal of the card and the answer that is asked for again, each with a nonce of its own", async () => {
    const again: Script = async (far) => {
      await far.say(EB);
      await far.hear();
    };
    const refusing = new ScriptCard();
    refusing.trick = (command, answer) => (command[1] === 0x54 ? fromHex("9302") : answer());
    const { box, heard } = bench(layered(AES, again), refusing);
    await box.purchase(ORDER);
    const sealed = heard.slice(2);
    expect(sealed.map((each) => opened("AES-128-GCM", each))).toMatchObject([{ SW: "9302" }, { SW: "9302" }]);
    const nonces = sealed.map((each) => each.kind === "sealed" && toHex(each.SEALED.subarray(0, 12)));
    expect(new Set(nonces).size).toBe(2);
  });

  it("sends a stop in clear: it carries nothing of the card", async () => {
    const { box, heard } = bench(layered(AES), undefined);
    await box.purchase(ORDER);
    expect(heard.at(-1)).toEqual({ kind: "stop", IDTRX, CC: "A015" });
  });

  it("keeps what a recovery needs as plain JSON, and says it in the recovery", async () => {
    const { box, heard } = bench(
      layered(AES, async () => undefined),
      new ScriptCard(),
    );
    expect((await box.purchase(ORDER)).CC).toBe("A01A");
    const { TSK: _, ETSK: __, ...rest } = AES;
    const layer = { ...rest, TSK: toHex(TSK), ETSK: "E7".repeat(44) };
    expect(JSON.parse(JSON.stringify(box.pending()))).toMatchObject([{ IDTRX, layer }]);
    await box.recoverPending();
    expect(heard.at(-1)).toMatchObject({ kind: "recovery", IDTRX, ...AES });
    expect(box.pending()).toEqual([]);
  });

  it("says nothing of a layer in the recovery of a sale without one", async () => {
    const { box, heard } = bench(
      layered({}, async () => undefined),
      new ScriptCard(),
    );
    await box.purchase(ORDER);
    expect(Object.keys(box.pending()[0] ?? {})).not.toContain("layer");
    await box.recoverPending();
    expect(Object.keys(heard.at(-1) ?? {})).not.toContain("ENCRYPTION");
  });

  it.each([
    ["half a layer", { RND: AES.RND, TSK }],
    ["a suite that is none", { ...AES, ENCRYPTION: "ROT13" }],
    ["an ETSK of another suite", { ...AES, ETSK: AES.ETSK.subarray(0, 40) }],
  ])("refuses a page with %s, shows no key and does not touch the card", async (_, layer) => {
    const card = new ScriptCard();
    const { box } = bench(layered(layer), card);
    const result = await box.purchase(ORDER);
    expect(result).toMatchObject({ CC: "A001", trouble: [{ owner: "server" }] });
    expect(JSON.stringify(result)).not.toContain(toHex(TSK).slice(2, 10));
    expect(card.commands).toEqual([]);
  });

  it("never has the key in a log, a trouble or on the display", async () => {
    const { box, events } = bench(layered(AES), new ScriptCard());
    const result = await box.purchase(ORDER);
    expect(JSON.stringify([result, events]).toUpperCase()).not.toContain(toHex(TSK));
  });
});

describe("asking for a nonce", () => {
  const response: DebitResponse = {
    kind: "debit-response",
    IDTRX,
    CARDRSP: new Uint8Array(0),
    SW: "9302",
    RECOVERED: 0,
  };
  const refusing = { ...newSession([]), phase: "concluding", sale: PAGE, executed: true } as const;
  const state = { ...refusing, debit: { kind: "refused", SW: "9302" }, purse: undefined } as const;

  it.each(LAYERS)(
    "$ENCRYPTION: is of the suite's length and the last output, and what was held leaves then",
    (layer) => {
      const page = { ...PAGE, ...layer };
      const purse = { PPIEP: "123456", IDIEP: "0000000042", NTIEP: 7 };
      const step = setTopBox.handle({ ...state, page, purse }, { kind: "head-end", message: EB });
      const length = nonceLength(layer.ENCRYPTION);
      expect(step.outputs.at(-1)).toEqual({ kind: "random", length });
      expect(step.state.held).toEqual(response);
      const next = setTopBox.handle(step.state, { kind: "random", bytes: new Uint8Array(length).fill(0x77) });
      expect(next.outputs.map(({ kind }) => kind)).toEqual(["send", "receive"]);
      expect(next.state.held).toBeUndefined();
      const [sent] = next.outputs;
      expect(sent?.kind === "send" && sent.message.kind === "sealed" && toHex(sent.message.SEALED)).toMatch(
        new RegExp(`^(77){${length}}`),
      );
    },
  );
});
