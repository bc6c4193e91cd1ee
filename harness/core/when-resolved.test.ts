import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, test } from "vitest";
import { whenResolved } from "./when-resolved.ts";

test("tells the value once the promise has resolved", async () => {
  const heard: string[] = [];
  let resolve: (value: string) => void = () => undefined;
  const promise = new Promise<string>((settle) => {
    resolve = settle;
  });
  whenResolved(promise, (value) => heard.push(value));
  const undo = whenResolved(promise, (value) => heard.push(`${value}, undone`));
  undo();
  resolve("gone");
  await promise;
  expect(heard).toEqual(["gone"]);
});

test("what was undone is not kept in memory by a promise that stays pending", async () => {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  const pending = new Promise<void>(() => undefined);
  const seen = (() => {
    const listener = () => listener;
    whenResolved(pending, listener)();
    return new WeakRef(listener);
  })();
  await new Promise((resolve) => setImmediate(resolve));
  collect();
  expect(seen.deref()).toBeUndefined();
  expect(pending).toBeInstanceOf(Promise);
});
