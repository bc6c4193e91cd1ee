import { describe, expect, it } from "vitest";
import type { LinkName, RoleName } from "../../core/trace.ts";
import { stepOf } from "./steps.ts";

const text = (all: string) => new TextEncoder().encode(all);
const tag = (first: number) => Uint8Array.of(first, 0);

describe("the step of a message of a load", () => {
  it.each<[LinkName, RoleName, RoleName, Uint8Array, string]>([
    ["cable", "set-top-box", "head-end", tag(0xa1), "871"],
    ["cable", "head-end", "set-top-box", tag(0xa2), "872"],
    ["cable", "head-end", "set-top-box", tag(0xa4), "888"],
    ["cable", "set-top-box", "head-end", tag(0xa7), "876"],
    ["cable", "head-end", "set-top-box", tag(0xa9), "893"],
    ["236", "head-end", "load-server", tag(0xe4), "878"],
    ["236", "load-server", "head-end", tag(0xe5), "880"],
    ["236", "head-end", "load-server", tag(0xe5), "883"],
    ["236", "load-server", "head-end", tag(0xef), "890"],
    ["234", "head-end", "bank-server", text("POST /load\n\naccount=1"), "871"],
    ["234", "head-end", "bank-server", text("POST /load/card\n\naccount=1"), "872"],
    ["234", "head-end", "bank-server", text("POST /a\n\ntransaction-id=00&amount=1"), "875"],
    ["234", "head-end", "bank-server", text("POST /s\n\ntransaction-id=00&confirmation=00"), "891"],
  ])("link %s from %s to %s", (link, from, to, bytes, step) => {
    expect(stepOf(link, from, bytes, undefined, to)).toBe(step);
  });

  it("is that of a payment where no account holder and no load server takes part", () => {
    expect(stepOf("236", "head-end", tag(0xe4), undefined, "payment-server")).toBe("810");
    expect(stepOf("234", "merchant", text("200\n\n"), text("POST /checkout\n\n"), "head-end")).toBe("606");
  });

  it("of an answer on link 234 follows from its request", () => {
    const of = (request: string) => stepOf("234", "bank-server", text("200\n\n"), text(request), "head-end");
    expect(of("POST /load\n\n")).toBe("872");
    expect(of("POST /load/card\n\n")).toBe("874");
    expect(of("POST /s\n\nconfirmation=00")).toBe("892");
  });
});
