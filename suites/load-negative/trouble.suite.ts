/** A negative result while the HSM fails, or a server goes down: nothing is confirmed, nothing given back, and the set-top box settles it later. */
import { type Case, type CaseContext, defineCase } from "../define/case.ts";
import { expectMoved, moneyOf } from "../load/support/moved.ts";
import { initialisations } from "../load/support/observe.ts";
import { expectedResult } from "../load/support/signatures.ts";
import { BOTH, forSources, type Source, siteOf } from "../load/support/sources.ts";
import { logsOf } from "../payment/support/observe.ts";
import { expectEnded, movedBy } from "./support/ended.ts";
import { expectSettled, MLDA, REFUSING, refusedLoad } from "./support/refused.ts";
import { negativesOf } from "./support/requirements.ts";

/** The HSM's answer to one of the two questions about a negative result. */
interface Question {
  readonly id: "DU" | "DO";
  /** Code of the good answer. */
  readonly answer: "DV" | "DP";
}

interface Failure {
  readonly id: string;
  readonly what: string;
  /** What is said in place of a good answer, header and all; undefined: nothing. */
  readonly says: (t: CaseContext, good: string) => string | undefined;
  /** HRES is there and is not the HSM's word: that is noted. */
  readonly isWrongWord: boolean;
  readonly isChosen?: true;
}

const HEADER = 4;
const HRES = HEADER + 4;

const FAILURES: readonly Failure[] = [
  { id: "SILENT", what: "is silent", says: () => undefined, isWrongWord: false },
  {
    id: "HRES-WRONG",
    what: "answers with a wrong HRES",
    says: (_, good) => good.slice(0, HRES) + otherDigit(good.slice(HRES, HRES + 1)) + good.slice(HRES + 1),
    isWrongWord: true,
    isChosen: true,
  },
  {
    id: "HRES-ZERO",
    what: "answers without a signature",
    says: (_, good) => `${good.slice(0, HRES)}0000000000000000${good.slice(HRES + 16)}`,
    isWrongWord: true,
  },
  {
    id: "HRES-OTHER",
    what: "answers with its word on another load",
    says: (t, good) => good.slice(0, HRES) + wordOnAnother(t, good) + good.slice(HRES + 16),
    isWrongWord: true,
  },
  { id: "ERROR-12", what: "has no keys", says: (_, good) => `${good.slice(0, HEADER + 2)}12`, isWrongWord: false },
  {
    id: "ERROR-15",
    what: "finds an input error",
    says: (_, good) => `${good.slice(0, HEADER + 2)}15`,
    isWrongWord: false,
  },
  {
    id: "ERROR-21",
    what: "does not serve that key",
    says: (_, good) => `${good.slice(0, HEADER + 2)}21`,
    isWrongWord: false,
  },
  { id: "SHORT", what: "answers without its last character", says: (_, good) => good.slice(0, -1), isWrongWord: false },
  {
    id: "CODE",
    what: "answers as to another command",
    says: (_, good) => `${good.slice(0, HEADER)}DN${good.slice(HEADER + 2)}`,
    isWrongWord: false,
  },
];

function otherDigit(digit: string): string {
  return digit === "0" ? "1" : "0";
}

/** The same word, made for the load before. */
function wordOnAnother(t: CaseContext, good: string): string {
  const own = initialisations(t.system.events())[0];
  if (own === undefined) return "0000000000000000";
  const init = { ...own.init, IDTRX: "A0A1A2A3A4A5A6A7A8A9AAABACADAEAF" };
  const isNegative = good.slice(HEADER, HEADER + 2) === "DV";
  return expectedResult(t, { ...own, init }, isNegative ? "no-load" : "s3-right", isNegative ? "0000" : "940B");
}

const QUESTIONS: readonly Question[] = [
  { id: "DU", answer: "DV" },
  { id: "DO", answer: "DP" },
];

function failureCase(question: Question, failure: Failure, source: Source): Case {
  const ids = negativesOf(source, question.id === "DU" ? "0131-k" : "0131-l", "0131-f");
  const about = { requirement: ids[0] ?? "" };
  return defineCase({
    id: `NEG-HSM-${question.id}-${failure.id}`,
    suite: "load-negative",
    purpose: `A negative result is not confirmed when the HSM ${failure.what} (${question.id}, ${source.source})`,
    requirements: ids,
    owner: "server",
    needs: { ...REFUSING, ...(failure.isChosen && source.source === "bank" ? {} : { exhaustive: true }) },
    timeoutMs: 120_000,
    async run(t) {
      const act = (bytes: Uint8Array) => {
        const good = String.fromCharCode(...bytes);
        if (good.slice(HEADER, HEADER + 2) !== question.answer) return bytes;
        const said = failure.says(t, good);
        return said === undefined ? [] : new TextEncoder().encode(said);
      };
      const fault = t.system.disturb({ link: "HSM", from: "hsm", act, what: `HSM ${failure.what}` });
      const { before, seen } = await refusedLoad(t, source);
      fault[Symbol.dispose]();
      await expectEnded(t, source, seen, { status: "unresolved", CC: "A01A" }, about);
      expectMoved(t, before, await moneyOf(t, siteOf(t, source)), movedBy("unresolved", MLDA, false), about);
      const wrong = logsOf(seen, "load-server", "hsm-result-wrong").length;
      t.expect.equal("wrong words of the HSM that are noted", wrong, failure.isWrongWord ? 1 : 0, about);
      await expectSettled(t, source, before, "not-loaded");
    },
  });
}

interface Restart {
  readonly id: string;
  readonly role: "hsm" | "load-server";
  readonly what: string;
  /** Messages of the load server to the HSM before it. */
  readonly after: number;
}

const RESTARTS: readonly Restart[] = [
  { id: "HSM-AT-DU", role: "hsm", what: "the HSM is restarted when it is asked about both S1", after: 2 },
  { id: "HSM-AT-DO", role: "hsm", what: "the HSM is restarted when it is asked about S3", after: 3 },
  {
    id: "LOAD-SERVER-AT-DU",
    role: "load-server",
    what: "the load server goes down when it asks about both S1",
    after: 2,
  },
  { id: "LOAD-SERVER-AT-DO", role: "load-server", what: "the load server goes down when it asks about S3", after: 3 },
];

function restartCase(restart: Restart, source: Source): Case {
  const ids = negativesOf(source, "0131-l", "AMB-DEBIT-ORDER");
  const about = { requirement: ids[0] ?? "" };
  return defineCase({
    id: `NEG-RESTART-${restart.id}`,
    suite: "load-negative",
    purpose: `${restart.what}: the money stays in the hold until the card has proved again that it was not loaded (${source.source})`,
    requirements: ids,
    owner: "server",
    needs: { ...REFUSING, restart: [restart.role], exhaustive: true },
    timeoutMs: 120_000,
    async run(t) {
      let asked = 0;
      let restarted: Promise<void> | undefined;
      const hook = t.system.when({ link: "HSM", from: "load-server" }, () => {
        if (++asked === restart.after) restarted = t.system.restart(restart.role);
      });
      const { before, seen } = await refusedLoad(t, source);
      hook[Symbol.dispose]();
      await restarted;
      t.expect.that(restarted !== undefined, "the server was restarted at that moment");
      const row = (await t.system.loads()).find(({ IDTRX }) => IDTRX === seen.outcome.IDTRX);
      // a load server that went down marks it when it serves again
      t.expect.oneOf("status in the load server's table", row?.status, ["unresolved", "command-sent"], about);
      t.expect.equal("how the load ended for the user (CC)", seen.outcome.CC, "A01A", about);
      expectMoved(t, before, await moneyOf(t, siteOf(t, source)), movedBy("unresolved", MLDA, false), about);
      await expectSettled(t, source, before, "not-loaded");
    },
  });
}

export const cases: readonly Case[] = [
  ...QUESTIONS.flatMap((question) =>
    FAILURES.flatMap((failure) => forSources(BOTH, (source) => failureCase(question, failure, source))),
  ),
  ...RESTARTS.flatMap((restart) => forSources(BOTH, (source) => restartCase(restart, source))),
];
