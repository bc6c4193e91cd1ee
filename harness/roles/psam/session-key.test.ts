import { createHash, verify } from "node:crypto";
import { beforeEach, describe, expect, it } from "vitest";
import { concat, fromHex, toHex } from "../../core/bytes.ts";
import { seededRandom } from "../../core/random.ts";
import { encodePsamCancelCommand } from "../../protocol/messages/psam-cancel.ts";
import { encodePackageAtrCommand } from "../../protocol/messages/psam-packages.ts";
import { cardAtr } from "../card/atr.ts";
import type { SimulatedCard } from "../card/serve.ts";
import { createPsam } from "./personalise.ts";
import { type SimulatedPsam, servePsam } from "./serve.ts";
import {
  complete,
  DATA,
  debitPackage,
  draw,
  idtrx,
  initResponse,
  issuePackage,
  KEYS,
  present,
  READ_TOTALS,
  SELECT,
  send,
  serve,
  testCard,
} from "./testing/psam-bed.ts";
import {
  accept,
  cardPackage,
  drawPublic,
  fileOf,
  issuerPackage,
  publicKey,
  READ_CERTIFICATE,
  READ_SESSION_KEY,
} from "./testing/public-key-bed.ts";

let psam: SimulatedPsam;
let card: SimulatedCard;
beforeEach(() => {
  psam = serve();
  card = testCard("rsa");
});

describe("READ CERTIFICATE and READ SESSION KEY", () => {
  it("give the PSAM's certificate under the card's CA, and a signed session key", () => {
    const INITRSP = initResponse(card);
    expect(present(psam, INITRSP)).toBe("9000");
    issuerPackage(psam, fileOf(card, 1));
    cardPackage(psam, fileOf(card, 2));
    expect(send(psam, debitPackage())).toMatch(/9000$/);
    const PSAMCERT = fromHex(send(psam, READ_CERTIFICATE).slice(0, -4));
    expect(toHex(PSAMCERT.subarray(0, 20))).toBe("03CA0001230100000000078900" + "00A10001291231");
    const ca = publicKey(KEYS.caPublicKey("000123", 1) ?? new Uint8Array(112));
    expect(verify("sha256", PSAMCERT.subarray(0, 132), ca, PSAMCERT.subarray(132))).toBe(true);
    const SESSKEY = fromHex(send(psam, READ_SESSION_KEY).slice(0, -4));
    const signed = concat(fromHex("1F 000789 00A10001"), INITRSP, SESSKEY.subarray(0, 112));
    expect(verify("sha256", signed, publicKey(PSAMCERT.subarray(20, 132)), SESSKEY.subarray(112))).toBe(true);
  });

  it("work while the debit is open and after COMPLETE, CANCEL and READ TOTALS, with Le 00 as well", () => {
    drawPublic(psam, card);
    const key = send(psam, READ_SESSION_KEY);
    send(psam, READ_TOTALS);
    send(psam, encodePsamCancelCommand(idtrx(1), "suspend"));
    complete(psam, 1, new Uint8Array(16));
    expect(send(psam, "9078010000")).toBe(key);
    expect(send(psam, "9078000000")).toMatch(/^.{488}9000$/);
  });

  it.each(["9078000000", "90780000F3", "9078010000", "90780100DF", "9078020000", "90780001F4"])(
    "are refused without a debit or with wrong parameters: %s",
    (command) => {
      const length = command.endsWith("F3") || command.endsWith("DF");
      const wrong = command.startsWith("907802") || command.startsWith("90780001");
      expect(send(psam, command)).toBe(wrong ? "6A86" : length ? "6700" : "6985");
    },
  );

  it("6985 after the next package, reset, SELECT, a refused debit, and for a secret key card", () => {
    drawPublic(psam, card);
    expect(send(psam, encodePackageAtrCommand(cardAtr()))).toBe("6985"); // out of order: changes nothing
    expect(send(psam, READ_SESSION_KEY)).toMatch(/9000$/);
    send(psam, encodePsamCancelCommand(idtrx(1), "withdraw"));
    send(psam, encodePackageAtrCommand(cardAtr()));
    expect(send(psam, READ_SESSION_KEY)).toBe("6985");
    psam = serve();
    for (const forget of [() => psam.reset(), () => send(psam, SELECT)]) {
      drawPublic(psam, card);
      forget();
      expect(send(psam, READ_CERTIFICATE)).toBe("6985");
      send(psam, SELECT);
      send(psam, encodePsamCancelCommand(idtrx(1), "withdraw"));
    }
    accept(psam, card);
    expect(send(psam, debitPackage({ MPDA: 10_000_001 }))).toBe("9401");
    expect(send(psam, READ_SESSION_KEY)).toBe("6985");
    draw(psam, testCard("aes"));
    expect(send(psam, READ_CERTIFICATE)).toBe("6985");
  });

  it("6985 after a debit whose write failed, and the next key is another one", () => {
    let works = true;
    psam = serve({ memory: () => works });
    drawPublic(psam, card);
    const first = send(psam, READ_SESSION_KEY);
    send(psam, encodePsamCancelCommand(idtrx(1), "withdraw"));
    expect(accept(psam, card)).toBe("9000");
    works = false;
    expect(send(psam, debitPackage())).toBe("6581");
    expect(send(psam, READ_SESSION_KEY)).toBe("6985");
    works = true;
    drawPublic(psam, card);
    expect(send(psam, READ_SESSION_KEY).slice(0, 224)).not.toBe(first.slice(0, 224));
  });

  it("a failed write of another command leaves them readable", () => {
    let works = true;
    psam = serve({ memory: () => works });
    drawPublic(psam, card);
    works = false;
    expect(send(psam, encodePsamCancelCommand(idtrx(1), "suspend"))).toBe("6581");
    expect(send(psam, READ_SESSION_KEY)).toMatch(/9000$/);
  });
});

describe("session keys", () => {
  /** All the way to EK with that source of randomness. */
  const keyOf = (seed: string, random?: string) => {
    const state = createPsam(DATA, KEYS, seededRandom(seed));
    const other = servePsam({ state, ...(random ? { random: seededRandom(random) } : {}) });
    other.reset();
    send(other, SELECT);
    drawPublic(other, testCard("rsa"));
    return send(other, READ_SESSION_KEY).slice(0, 224);
  };

  it("follow from the randomness that was given, at the start and at reset", () => {
    expect(keyOf("one")).toBe(keyOf("one"));
    expect(keyOf("one")).not.toBe(keyOf("two"));
    expect(keyOf("one", "fresh")).not.toBe(keyOf("one"));
  });

  it("are new for every debit", () => {
    const keys = [1, 2, 3].map((number) => {
      drawPublic(psam, card, issuePackage({ IDTRX: idtrx(number) }));
      return createHash("sha256").update(send(psam, READ_SESSION_KEY)).digest("hex");
    });
    expect(new Set(keys).size).toBe(3);
  });

  it("and private keys are in no answer", () => {
    drawPublic(psam, card);
    const { open, signingKey } = psam.state.memory;
    const answers = [READ_CERTIFICATE, READ_SESSION_KEY, READ_TOTALS, SELECT].map((each) => send(psam, each)).join(" ");
    expect(open?.SK).toMatch(/^[0-9A-F]{32}$/);
    expect(answers).not.toContain(open?.SK ?? "");
    const secret = Buffer.from(signingKey ?? "", "base64")
      .toString("hex")
      .toUpperCase();
    for (let at = 300; at + 64 < secret.length; at += 64) expect(answers).not.toContain(secret.slice(at, at + 64));
  });
});
