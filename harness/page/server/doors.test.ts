import { expect, test } from "vitest";
import { isLoopback, isOwnOrigin, ownNames } from "./own-name.ts";
import { cookieOf, newToken, TokenGate } from "./token-gate.ts";

test("loopback is what reaches this machine alone", () => {
  for (const host of ["localhost", "127.0.0.1", "127.8.9.1", "::1", "[::1]"]) expect(isLoopback(host)).toBe(true);
  for (const host of ["0.0.0.0", "::", "192.168.7.20", "lab-pc", "127.0.0.1.evil.example"])
    expect(isLoopback(host)).toBe(false);
});

test("a server that listens elsewhere has addresses and its own names, and no other", () => {
  const isOwn = ownNames("lab-pc.example");
  for (const header of ["lab-pc.example:8080", "LAB-PC.example", "192.168.7.20:8080", "[fe80::1]:8080", "localhost"]) {
    expect([header, isOwn(header)]).toEqual([header, true]);
  }
  for (const header of [
    "evil.example",
    "evil.example:8080",
    "lab-pc.example.evil.example",
    "",
    undefined,
    "a b",
    "[evil]",
  ]) {
    expect([header, isOwn(header)]).toEqual([header, false]);
  }
});

test("only the own page, or no page at all, may change something", () => {
  const host = "127.0.0.1:8080";
  expect(isOwnOrigin({ host })).toBe(true);
  expect(isOwnOrigin({ host, origin: "http://127.0.0.1:8080" })).toBe(true);
  expect(isOwnOrigin({ host, origin: "https://127.0.0.1:8080", "sec-fetch-site": "same-origin" })).toBe(true);
  for (const origin of ["null", "http://127.0.0.1:8081", "http://127.0.0.1:8080.evil.example", ""]) {
    expect(isOwnOrigin({ host, origin })).toBe(false);
  }
  expect(isOwnOrigin({ host, "sec-fetch-site": "cross-site" })).toBe(false);
});

test("wrong tokens are counted by address and for all, and forgotten after a minute", () => {
  let nowMs = 0;
  const gate = new TokenGate("correct horse", () => nowMs);
  for (let n = 0; n < 5; n++) expect(gate.enter("wrong", "a")).toBe("wrong");
  expect(gate.enter("correct horse", "a")).toBe("too-many");
  expect(gate.enter("correct horse", "b")).toBe("granted");
  for (let n = 0; n < 45; n++) gate.enter("wrong", `c${n}`);
  expect(gate.enter("correct horse", "b")).toBe("too-many");
  nowMs = 60_001;
  expect(gate.enter("correct horse", "a")).toBe("granted");
});

test("a pass is good for the same token only, also after a restart", () => {
  const { pass } = new TokenGate("correct horse");
  expect(new TokenGate("correct horse").knows(pass)).toBe(true);
  expect(new TokenGate("battery staple").knows(pass)).toBe(false);
  expect(new TokenGate("correct horse").knows(undefined)).toBe(false);
  expect(cookieOf("a=1; pursebench-station-8080=x=y ;b", "pursebench-station-8080")).toBe("x=y");
  expect(cookieOf(undefined, "a")).toBeUndefined();
  expect(new Set([newToken(), newToken()]).size).toBe(2);
});
