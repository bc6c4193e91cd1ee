import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { flipBit, toHex } from "../core/bytes.ts";
import { CIPHER_SUITES } from "../core/sale-profile.ts";
import { nonceLength, open, seal } from "./seal.ts";
import { padMethod2, unpadMethod2 } from "./unsafe-des.ts";

const key16 = fc.uint8Array({ minLength: 16, maxLength: 16 });
const bytes = fc.uint8Array({ maxLength: 80 });

describe.each(CIPHER_SUITES)("%s", (suite) => {
  const length = nonceLength(suite);
  const nonces = fc.uint8Array({ minLength: length, maxLength: length });

  it("opens what it sealed", () => {
    fc.assert(
      fc.property(key16, nonces, bytes, bytes, (key, nonce, aad, plain) => {
        const sealed = seal(suite, key, nonce, aad, plain);
        expect(sealed.subarray(0, length)).toEqual(nonce);
        expect(open(suite, key, aad, sealed)).toEqual(plain);
      }),
    );
  });

  it("does not open with one bit changed, cut or extended, or beside other data", () => {
    fc.assert(
      fc.property(key16, nonces, bytes, bytes, fc.nat(), (key, nonce, aad, plain, at) => {
        const sealed = seal(suite, key, nonce, aad, plain);
        expect(open(suite, key, aad, flipBit(sealed, at % (8 * sealed.length)))).toBeNull();
        expect(open(suite, key, aad, sealed.subarray(0, at % sealed.length))).toBeNull();
        expect(open(suite, key, aad, Uint8Array.of(...sealed, 0))).toBeNull();
        expect(open(suite, key, aad, Uint8Array.of(...sealed, ...sealed.subarray(-8)))).toBeNull();
        expect(open(suite, key, Uint8Array.of(...aad, 0), sealed)).toBeNull();
      }),
    );
  });

  it("never throws on hostile bytes", () => {
    fc.assert(
      fc.property(key16, bytes, bytes, (key, aad, sealed) => {
        expect(open(suite, key, aad, sealed)).toBeNull();
      }),
    );
  });

  it("leaves what it was given as it was", () => {
    const parts = [new Uint8Array(16).fill(1), new Uint8Array(length).fill(2), new Uint8Array(9).fill(3)] as const;
    const before = parts.map(toHex);
    const sealed = seal(suite, ...parts, new Uint8Array(20));
    const sealedBefore = toHex(sealed);
    open(suite, parts[0], parts[2], sealed);
    expect([...parts.map(toHex), toHex(sealed)]).toEqual([...before, sealedBefore]);
  });

  it("refuses a nonce or key of another length", () => {
    const ours = expect.objectContaining({ code: "INTERNAL" });
    const none = new Uint8Array(0);
    expect(() => seal(suite, new Uint8Array(16), new Uint8Array(length + 1), none, none)).toThrow(ours);
    expect(() => seal(suite, new Uint8Array(8), new Uint8Array(length), none, none)).toThrow(ours);
    expect(() => open(suite, new Uint8Array(24), none, new Uint8Array(64))).toThrow(ours);
  });
});

describe("padding method 2", () => {
  it("comes off as it went on", () => {
    fc.assert(
      fc.property(bytes, (plain) => {
        expect(unpadMethod2(padMethod2(plain))).toEqual(plain);
      }),
    );
  });

  it("is only what ends the last block", () => {
    expect(unpadMethod2(new Uint8Array(8))).toBeNull();
    expect(unpadMethod2(new Uint8Array(0))).toBeNull();
    expect(unpadMethod2(Uint8Array.of(0x80, 0, 0, 0, 0, 0, 0, 1))).toBeNull();
    expect(unpadMethod2(Uint8Array.of(0x80, ...new Uint8Array(15)))).toBeNull();
    expect(unpadMethod2(Uint8Array.of(1, 2, 0x80, 0, 0, 0, 0, 0))).toEqual(Uint8Array.of(1, 2));
  });
});
