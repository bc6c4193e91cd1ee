import { isDeepStrictEqual } from "node:util";
import fc from "fast-check";
import { expect, test } from "vitest";
import { PursebenchError } from "../../../harness/core/errors.ts";
import type { Json } from "../../../harness/evidence/event.ts";
import type { RecordedEvent } from "../../../harness/flows/observed.ts";
import { canonical, decodeValue, encodeValue, NoValue } from "./value.ts";

const none = (): never => {
  throw new NoValue("none");
};
const encoded = (value: unknown) => encodeValue(value, () => undefined);
const again = (json: Json) => decodeValue(JSON.parse(JSON.stringify(json)), { handle: none, event: none });

const bare = fc.dictionary(fc.string(), fc.integer()).map((members) => Object.assign(Object.create(null), members));
const leaf = fc.oneof(
  fc.string(),
  fc.double(),
  fc.bigInt(),
  fc.boolean(),
  fc.constantFrom(null, undefined, -0, Number.NaN, Number.POSITIVE_INFINITY),
  fc.uint8Array(),
  fc.uint8Array().map((bytes) => Buffer.from(bytes)),
  fc.date({ noInvalidDate: true }),
  bare,
);
const { value: anything } = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    leaf,
    fc.array(tie("value"), { maxLength: 4 }),
    fc.dictionary(fc.oneof(fc.string(), fc.constantFrom("$x", "$h", "__proto__", "constructor")), tie("value"), {
      maxKeys: 4,
    }),
    fc.array(fc.tuple(tie("value"), tie("value")), { maxLength: 3 }).map((pairs) => new Map(pairs)),
    fc.array(tie("value"), { maxLength: 3 }).map((each) => new Set(each)),
  ),
}));

test("every value is the same again after the way through a line of evidence", () => {
  fc.assert(
    fc.property(anything, (value) => {
      expect(isDeepStrictEqual(again(encoded(value)), value)).toBe(true);
    }),
    { numRuns: 2000 },
  );
});

test("what text is evidence is read without an accident", () => {
  fc.assert(
    fc.property(fc.jsonValue(), (json) => {
      try {
        again(json as Json);
      } catch (thrown) {
        expect(thrown).toBeInstanceOf(Error);
      }
    }),
  );
});

test("errors keep what cases look at", () => {
  const error = new PursebenchError("DEVICE_LOST", "pulled", { owner: "card", mend: "put it back" });
  expect(encoded(error)).toEqual({
    $e: { code: "DEVICE_LOST", message: "pulled", owner: "card", mend: "put it back" },
  });
  expect(again(encoded(error))).toEqual(error);
  expect(again(encoded(error))).toBeInstanceOf(PursebenchError);
  expect(again(encoded(new TypeError("no")))).toMatchObject({ name: "TypeError", message: "no" });
});

test("recorded events are kept by their lines, and are the same objects again", () => {
  const at = (n: number): RecordedEvent => ({ kind: "note", text: `${n}`, n, atMs: n });
  const events = [4, 5, 6, 9].map(at);
  expect(encoded({ events, first: events[0] })).toEqual({ events: { $r: [4, 6, 9, 9] }, first: { $l: 4 } });
  const sources = { handle: none, event: (n: number) => events.find((each) => each.n === n) ?? none() };
  const decoded = decodeValue({ $r: [4, 6, 9, 9] }, sources) as readonly unknown[];
  expect(decoded).toHaveLength(4);
  for (const [index, each] of decoded.entries()) expect(each).toBe(events[index]);
});

test("what is no value is refused", () => {
  const circle: unknown[] = [];
  circle.push(circle);
  for (const value of [Symbol("s"), circle, new (class Own {})()]) expect(() => encoded(value)).toThrow(NoValue);
  expect(() => again({ $lost: "too long" })).toThrow("it was not kept: too long");
  expect(() => again({ $unknown: 1 })).toThrow("$unknown is no form of a value");
});

test("equal values have one text, whatever the order of their members", () => {
  expect(canonical({ b: [1, { d: 1, c: 2 }], a: null })).toBe('{"a":null,"b":[1,{"c":2,"d":1}]}');
});
