import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { VirtualClock } from "../../core/clock.ts";
import { MOST_UNDECIDED, TerminalPool } from "./pool.ts";

const A = "0000000A";
const B = "0000000B";

function poolOf(terminalIds: readonly string[], over: { queueLimit?: number; queueingMs?: number } = {}) {
  const clock = new VirtualClock(new Date(0));
  return { clock, pool: new TerminalPool(terminalIds, { clock, queueLimit: 8, queueingMs: 5_000, ...over }) };
}

describe("the terminal pool", () => {
  test("gives every terminal to one transaction at a time", async () => {
    const { pool } = poolOf([A, B]);
    const first = await pool.acquire();
    const second = await pool.acquire();
    expect(new Set([first, second])).toEqual(new Set([A, B]));
    expect(pool.free).toEqual([]);
    expect(pool.busy).toHaveLength(2);
  });

  test("uses every terminal in turn", async () => {
    const { pool } = poolOf([A, B]);
    const used: (string | undefined)[] = [];
    for (let turn = 0; turn < 4; turn++) {
      const IDTERM = await pool.acquire();
      used.push(IDTERM);
      if (IDTERM !== undefined) pool.release(IDTERM);
    }
    expect(used).toEqual([A, B, A, B]);
  });

  test("serves who waits in the order of their coming", async () => {
    const { pool } = poolOf([A]);
    await pool.acquire();
    const served: number[] = [];
    const waiting = [1, 2, 3].map((number) =>
      pool.acquire().then((IDTERM) => {
        served.push(number);
        if (IDTERM !== undefined) pool.release(IDTERM);
      }),
    );
    pool.release(A);
    await Promise.all(waiting);
    expect(served).toEqual([1, 2, 3]);
    expect(pool.free).toEqual([A]);
  });

  test("turns away who waited for the queueing time, and not a moment earlier", async () => {
    const { clock, pool } = poolOf([A], { queueingMs: 5_000 });
    await pool.acquire();
    expect(await pool.acquire()).toBeUndefined();
    expect(clock.monotonicMs()).toBe(5_000);
    expect(pool.waiting).toBe(0);
  });

  test("turns away at once when the queue is full", async () => {
    const { clock, pool } = poolOf([A], { queueLimit: 1 });
    await pool.acquire();
    const waits = pool.acquire();
    expect(await pool.acquire()).toBeUndefined();
    expect(clock.monotonicMs()).toBe(0);
    pool.release(A);
    expect(await waits).toBe(A);
  });

  test("waits for the one terminal that is wanted while others are free", async () => {
    const { pool } = poolOf([A, B]);
    await pool.acquire({ among: [A] });
    const wanted = pool.acquire({ among: [A] });
    expect(await pool.acquire()).toBe(B);
    pool.release(B);
    expect(pool.waiting).toBe(1);
    pool.release(A);
    expect(await wanted).toBe(A);
  });

  test("serves who waits for one terminal, for some and for any in the order of their coming: nobody starves", async () => {
    const { pool } = poolOf([A, B]);
    await pool.acquire();
    await pool.acquire();
    const served: string[] = [];
    const wishes = [{ among: [A] }, {}, { among: [B] }, { among: [A, B] }, { among: [A] }, {}];
    const waiting = wishes.map((wish, index) =>
      pool.acquire(wish).then((IDTERM) => served.push(`${index}:${IDTERM === A ? "A" : "B"}`)),
    );
    for (const IDTERM of [A, A, B, A, A, B]) {
      pool.release(IDTERM);
      await Promise.resolve();
      await Promise.resolve();
    }
    await Promise.all(waiting);
    expect(served).toEqual(["0:A", "1:A", "2:B", "3:A", "4:A", "5:B"]);
  });

  test("serves who wants one terminal of many within one turn of all who came before, however many come after", async () => {
    const { pool } = poolOf([A, B], { queueLimit: 1_000 });
    await pool.acquire({ among: [A] });
    await pool.acquire({ among: [B] });
    let isServed = false;
    for (let before = 0; before < 10; before++) void pool.acquire();
    const named = pool.acquire({ among: [B] }).then(() => {
      isServed = true;
    });
    let turns = 0;
    while (!isServed) {
      turns++;
      void pool.acquire(); // the crowd goes on
      pool.release(B);
      await Promise.resolve();
      await Promise.resolve();
    }
    await named;
    expect(turns).toBe(11);
  });

  test("gives a terminal with forty-eight transactions since its oldest undecided one to nobody who would add one", async () => {
    const { clock, pool } = poolOf([A]);
    const decisions: (() => void)[] = [];
    for (let number = 0; number < MOST_UNDECIDED; number++) {
      expect(await pool.acquire({ issues: true })).toBe(A);
      decisions.push(pool.releaseUndecided(A));
    }
    for (const decided of decisions.slice(1)) decided(); // the security card counts those as well
    const waits = pool.acquire({ issues: true });
    expect(await pool.acquire({ among: [A] })).toBe(A); // a reversal adds none
    pool.release(A);
    expect(await pool.acquire()).toBe(A); // nor does a transaction that holds its terminal
    pool.release(A);
    expect(pool.waiting).toBe(1);
    decisions[0]?.();
    expect(await waits).toBe(A);
    expect(clock.monotonicMs()).toBe(0);
    const next = pool.releaseUndecided(A);
    next();
    next();
    expect(await pool.acquire({ issues: true })).toBe(A);
    pool.release(A);
    for (let number = 0; number < MOST_UNDECIDED; number++) {
      await pool.acquire({ issues: true });
      pool.releaseUndecided(A);
    }
    expect(await pool.acquire({ issues: true })).toBeUndefined();
    expect(clock.monotonicMs()).toBe(5_000);
  });

  test("lets a patient one wait beyond the queueing time and the length of the queue", async () => {
    const { clock, pool } = poolOf([A], { queueLimit: 0 });
    await pool.acquire();
    const patient = pool.acquire({ among: [A], isPatient: true });
    expect(await pool.acquire()).toBeUndefined();
    await clock.timer(60_000).elapsed;
    pool.release(A);
    expect(await patient).toBe(A);
  });

  test("turns away at once who wants none of its terminals", async () => {
    const { clock, pool } = poolOf([A]);
    expect(await pool.acquire({ among: [] })).toBeUndefined();
    expect(await pool.acquire({ among: [B] })).toBeUndefined();
    expect(clock.monotonicMs()).toBe(0);
  });

  test("knows no terminal that is not on the list", async () => {
    const { pool } = poolOf([A]);
    expect(await pool.acquire({ among: ["0000000C"] })).toBeUndefined();
  });

  test("refuses to free what is not in use", async () => {
    const { pool } = poolOf([A]);
    expect(() => pool.release(A)).toThrow(expect.objectContaining({ code: "INTERNAL" }));
  });

  test.each([[["1"]], [[A, A]], [["0000000a", A]], [["0000000G"]]])("refuses the list %j", (terminalIds) => {
    expect(() => poolOf(terminalIds)).toThrow(expect.objectContaining({ code: "USAGE" }));
  });

  test("turns everybody away when it closes", async () => {
    const { pool } = poolOf([A]);
    await pool.acquire();
    const waits = pool.acquire();
    pool.close();
    expect(await waits).toBeUndefined();
    expect(await pool.acquire()).toBeUndefined();
  });

  test("never has a terminal twice or loses one, whatever is done in whatever order", async () => {
    const action = fc.constantFrom("acquire", "release", "wait");
    await fc.assert(
      fc.asyncProperty(fc.array(action, { maxLength: 60 }), async (actions) => {
        const { clock, pool } = poolOf([A, B], { queueLimit: 3, queueingMs: 100 });
        const held: string[] = [];
        for (const step of actions) {
          if (step === "acquire") {
            void pool.acquire().then((IDTERM) => {
              if (IDTERM !== undefined) held.push(IDTERM);
            });
          } else if (step === "release") {
            const IDTERM = held.shift();
            if (IDTERM !== undefined) pool.release(IDTERM);
          } else {
            await clock.timer(150).elapsed;
          }
          await Promise.resolve();
          await Promise.resolve();
          expect(new Set(held).size).toBe(held.length);
          expect([...pool.free, ...pool.busy].sort()).toEqual([A, B]);
        }
        pool.close();
      }),
    );
  });
});
