/** Account holders that offer, debit or believe wrongly: banks, and who keeps pre-funded accounts. */
import { fromHex } from "../core/bytes.ts";
import { PursebenchError } from "../core/errors.ts";
import { openLoadConfirmation } from "../crypto/load-confirmation.ts";
import { deriveTransactionKey } from "../crypto/transaction-keys.ts";
import type { HolderInput, HolderOutput } from "../roles/account-holder/questions.ts";
import type { AccountHolderRole, HolderState } from "../roles/account-holder/state.ts";
import type { Vary } from "../roles/role.ts";
import { type Behaviour, numberOf, optionalText, type Parameters, textOf } from "./behaviour.ts";
import type { Variation } from "./variation.ts";
import { varyInputs, varyOutputs } from "./wrap.ts";

const onInputs = varyInputs<HolderState, HolderInput, HolderOutput>;
const onOutputs = varyOutputs<HolderState, HolderInput, HolderOutput>;

const ENDLESS = 0xffff_ffff;

/** Where ever accounts are kept: the defect says by its role and its cases which one is meant. */
function everyHolder(vary: Vary<AccountHolderRole>): Variation {
  return { bankServer: vary, fund: vary };
}

/** `what`: the maximum load value knows nothing of the "card", the "funds", or the holder's "limit"; or it looks for no "expiry". */
const forgetsBound: Behaviour = (parameters) => {
  const what = textOf(parameters, "what");
  return everyHolder((reference) => ({
    handle: (state, input) => reference.handle(unbound(state, what), forgetting(input, what)),
  }));
};

function unbound(state: HolderState, what: string): HolderState {
  return what === "limit" ? { ...state, holder: { ...state.holder, limit: ENDLESS } } : state;
}

function forgetting(input: HolderInput, what: string): HolderInput {
  if (what === "funds" && input.kind === "account" && input.funds) {
    return { ...input, funds: { ...input.funds, available: ENDLESS } };
  }
  if (input.kind !== "question" || input.question.kind !== "balance") return input;
  if (what === "expiry") return { ...input, fresh: { ...input.fresh, now: `2000${input.fresh.now.slice(4)}` } };
  if (what !== "card") return input;
  const BALANCE = Uint8Array.from(input.question.BALANCE, (byte, index) => (index < 4 ? 0 : byte));
  return { ...input, question: { ...input.question, BALANCE } };
}

/** Card and account may be of any currency. */
const mixesCurrencies: Behaviour = () =>
  everyHolder((reference) => ({
    handle(state, input) {
      const { phase } = state;
      const isPage = phase.at === "account" && phase.question.kind === "balance" && input.kind === "account";
      if (!isPage || !input.funds || phase.question.kind !== "balance") return reference.handle(state, input);
      const { BALANCE } = phase.question;
      const digits = Array.from(BALANCE.subarray(8, 10), (byte) => byte.toString(16).padStart(2, "0")).join("");
      const funds = { ...input.funds, CURR: digits, CEXP: BALANCE[10] ?? 0 };
      return reference.handle(state, { ...input, funds });
    },
  }));

/** Who never selected an account gets its pages too. */
const servesAnySession: Behaviour = () =>
  everyHolder(onInputs((input) => (input.kind === "account" ? { ...input, isBound: true } : input)));

/** Nobody's account is some account all the same. */
const knowsEverybody: Behaviour = () =>
  everyHolder(
    onInputs((input) =>
      input.kind === "account" && input.funds === undefined
        ? { ...input, funds: { available: 1, CURR: "0978", CEXP: 2 } }
        : input,
    ),
  );

/** Only an account that was opened for loading before would do, and nobody has one. */
const wantsRegistration: Behaviour = () =>
  everyHolder(onInputs((input) => (input.kind === "account" ? { ...input, funds: undefined } : input)));

/**
 * `field` of every page: `value` (text, number or hex as the field is), `by` more than it is, or with neither that of the page before.
 */
const writesPage: Behaviour = (parameters) => {
  const field = textOf(parameters, "field");
  let previous: unknown;
  return everyHolder(
    onOutputs((output) => {
      if (output.kind !== "answer" || output.answer.kind !== "page") return [output];
      const rows = new Map(Object.entries(output.answer.page));
      const is = rows.get(field);
      const said = written(parameters, is) ?? previous ?? is;
      previous = is;
      const page = { ...output.answer.page, [field]: said };
      return [{ ...output, answer: { ...output.answer, page } }];
    }),
  );
};

function written(parameters: Parameters, is: unknown): unknown {
  if (parameters.by !== undefined) return Number(is) + numberOf(parameters, "by");
  const value = optionalText(parameters, "value");
  if (value === undefined) return undefined;
  if (is instanceof Uint8Array) return fromHex(value);
  return typeof is === "number" ? Number(value) : value;
}

/** `parameter` of the page is not there at all. */
const omitsFromPage: Behaviour = (parameters) => {
  const pattern = new RegExp(`<param name="${textOf(parameters, "parameter")}"[^>]*>`);
  const act = (body: Uint8Array) => new TextEncoder().encode(new TextDecoder().decode(body).replace(pattern, ""));
  const from = ["bank-server", "load-server"] as const;
  return { says: from.map((role) => ({ link: "234", from: role, act, what: "seeded defect" })) };
};

/** Any amount is allowed, whatever the page said; zero is none. */
const allowsAnyAmount: Behaviour = () =>
  everyHolder(
    onInputs((input) =>
      input.kind === "load" && input.load ? { ...input, load: { ...input.load, MLDAmax: ENDLESS } } : input,
    ),
  );

/** Whoever asks owns the load. */
const takesAnySession: Behaviour = () =>
  everyHolder((reference) => ({
    handle(state, input) {
      const { phase } = state;
      if (phase.at !== "load" || phase.question.kind !== "amount" || input.kind !== "load" || !input.load) {
        return reference.handle(state, input);
      }
      return reference.handle(state, { ...input, load: { ...input.load, SESSION: phase.question.SESSION } });
    },
  }));

/** A second amount for the same page is authorised as well. */
const takesSecondAmount: Behaviour = () =>
  everyHolder((reference) => ({
    handle(state, input) {
      const { phase } = state;
      if (phase.at !== "load" || phase.question.kind !== "amount" || input.kind !== "load" || !input.load) {
        return reference.handle(state, input);
      }
      const { MLDA } = phase.question;
      const load = input.load.status === "held" ? { ...input.load, MLDA } : input.load;
      return reference.handle(state, { ...input, load });
    },
  }));

/** The load goes on when the debit was refused. */
const ignoresCover: Behaviour = () =>
  everyHolder(
    onInputs((input) => (input.kind === "held" && input.result === "no-cover" ? { ...input, result: "held" } : input)),
  );

/** `what`: any confirmation is one of success ("anything"), or one that opens need not be about card and amount of the load ("amount"). */
const believes: Behaviour = (parameters) => {
  const what = textOf(parameters, "what");
  if (what !== "anything" && what !== "amount") {
    throw new PursebenchError("USAGE", `no confirmation is believed for "${what}"`);
  }
  return everyHolder((reference) => ({
    handle(state, input) {
      const { phase, holder } = state;
      if (phase.at !== "load" || phase.question.kind !== "confirmation" || input.kind !== "load" || !input.load) {
        return reference.handle(state, input);
      }
      const { load } = input;
      if (what === "anything") {
        const confirmation = { ...load, CC: "0000", MLDA: load.MLDA ?? 0, NTIEP: 0 };
        const effect = { kind: "conclude", IDTRX: load.IDTRX, end: "loaded", pool: `pool:${load.PPIEP}` } as const;
        return {
          state: { holder, phase: { at: "concluding", load, confirmation, isInquiry: false } },
          outputs: [effect],
        };
      }
      const KDER = deriveTransactionKey(holder.suite, holder.KSH, holder.IDMER, load.IDTRX, fromHex(load.RND));
      const said = openLoadConfirmation(holder.suite, KDER, holder.IDMER, load.IDTRX, phase.question.CONF);
      if (!said) return reference.handle(state, input);
      const { MLDA, CURRLDA, CEXPLDA, PPIEP, IDIEP } = said;
      return reference.handle(state, { ...input, load: { ...load, MLDA, CURRLDA, CEXPLDA, PPIEP, IDIEP } });
    },
  }));
};

/** What the load server says itself, asked for it, is thrown away. */
const discardsInquiry: Behaviour = () =>
  everyHolder(onInputs((input) => (input.kind === "inquired" ? { ...input, bytes: undefined } : input)));

/** `what`: "maximum" is debited in place of the amount; the pool gets it "early", with the hold; nothing is ever "kept" from it: released holds stay. */
const booksWrongly: Behaviour = (parameters) => {
  const what = textOf(parameters, "what");
  return {
    heldLoads: (inner) => ({
      ...inner,
      async hold(IDTRX, MLDA) {
        const load = await inner.load(IDTRX);
        const result = await inner.hold(IDTRX, what === "maximum" ? (load?.MLDAmax ?? MLDA) : MLDA);
        if (what === "early" && load) await inner.conclude(IDTRX, "loaded", `pool:${load.PPIEP}`);
        return result;
      },
      async conclude(IDTRX, end, pool) {
        if (what === "kept" && end === "released") return "done";
        return await inner.conclude(IDTRX, end, poolOf(what, pool));
      },
    }),
  };
};

/** "elsewhere": to a bank that nobody knows; "to-issuer": also where the bank keeps the amounts. */
function poolOf(what: string, pool: string): string {
  if (what === "elsewhere") return `${pool}@OTHERBNK`;
  return what === "to-issuer" ? pool.replace(/@.*$/, "") : pool;
}

export const LOAD_HOLDER_BEHAVIOURS: Readonly<Record<string, Behaviour>> = {
  "holder-forgets-bound": forgetsBound,
  "holder-mixes-currencies": mixesCurrencies,
  "holder-serves-any-session": servesAnySession,
  "holder-knows-everybody": knowsEverybody,
  "holder-wants-registration": wantsRegistration,
  "holder-writes-page": writesPage,
  "holder-omits-from-page": omitsFromPage,
  "holder-allows-any-amount": allowsAnyAmount,
  "holder-takes-any-session": takesAnySession,
  "holder-takes-second-amount": takesSecondAmount,
  "holder-ignores-cover": ignoresCover,
  "holder-believes": believes,
  "holder-discards-inquiry": discardsInquiry,
  "holder-books-wrongly": booksWrongly,
};
