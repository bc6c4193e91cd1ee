import { expect, test } from "vitest";
import { Lifetime } from "./lifetime.ts";

const never = new Promise<never>(() => undefined);

test("work that is done in time gives its result or its own failure, and nothing is kept of it", async () => {
  const life = new Lifetime();
  expect(await life.during(Promise.resolve(7))).toBe(7);
  await expect(life.during(Promise.reject(new Error("its own")))).rejects.toThrow("its own");
  expect(life.length).toBe(0);
});

test("work that goes on fails with the end, and so does work that comes later", async () => {
  const life = new Lifetime();
  const waiting = [life.during(never), life.during(never)];
  expect(life.length).toBe(2);
  life.end(new Error("pulled"));
  for (const each of waiting) await expect(each).rejects.toThrow("pulled");
  expect(life.length).toBe(0);
  await expect(life.during(Promise.resolve(7))).rejects.toThrow("pulled");
  await expect(life.during(Promise.reject(new Error("late")))).rejects.toThrow("pulled");
});

test("only the first end counts, and a late failure of work that was given up is nobody's news", async () => {
  const life = new Lifetime();
  let fail: (reason: Error) => void = () => undefined;
  const given = life.during(
    new Promise<never>((_, reject) => {
      fail = reject;
    }),
  );
  life.end(new Error("first"));
  life.end(new Error("second"));
  fail(new Error("late"));
  await expect(given).rejects.toThrow("first");
});
