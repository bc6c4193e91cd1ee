import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { nextChallenge, nextSecret } from "./challenge.ts";
import { constantTimeEqual } from "./constant-time.ts";
import { isOddParity, oddParity } from "./parity.ts";

describe("constant-time comparison", () => {
  it("tells equal from different bytes and lengths", () => {
    expect(constantTimeEqual(Uint8Array.of(1, 2), Uint8Array.of(1, 2))).toBe(true);
    expect(constantTimeEqual(Uint8Array.of(1, 2), Uint8Array.of(1, 3))).toBe(false);
    expect(constantTimeEqual(Uint8Array.of(1, 2), Uint8Array.of(1))).toBe(false);
    expect(constantTimeEqual(new Uint8Array(0), new Uint8Array(0))).toBe(true);
  });
});

describe("odd parity", () => {
  it("agrees with counting the bits of every byte and changes the lowest bit alone", () => {
    for (let value = 0; value < 256; value++) {
      const odd = value.toString(2).replaceAll("0", "").length % 2 === 1;
      expect(isOddParity(Uint8Array.of(value))).toBe(odd);
      expect(oddParity(Uint8Array.of(value))).toEqual(Uint8Array.of(odd ? value : value ^ 1));
    }
  });
});

describe("challenges", () => {
  it("follow from the entropy and do not repeat", () => {
    const seen = new Set<string>();
    let entropy = "00".repeat(32);
    for (let turn = 0; turn < 100; turn++) {
      const again = nextChallenge(entropy);
      expect(nextChallenge(entropy)).toEqual(again);
      expect(again.R).toHaveLength(4);
      seen.add(again.R.join());
      entropy = again.entropy;
    }
    expect(seen.size).toBe(100);
  });

  it("and longer secrets are hashes over the same entropy, different ones each time", () => {
    const first = nextSecret("00".repeat(32), 112);
    const block = (index: number) =>
      createHash("sha256").update("secret").update(new Uint8Array(32)).update(Uint8Array.of(index));
    const blocks = [0, 1, 2, 3].map((index) => block(index).digest());
    expect(Buffer.from(first.secret)).toEqual(Buffer.concat(blocks).subarray(0, 112));
    expect(nextSecret(first.entropy, 112).secret).not.toEqual(first.secret);
    expect(nextSecret("00".repeat(32), 5).secret).toEqual(first.secret.subarray(0, 5));
  });
});
