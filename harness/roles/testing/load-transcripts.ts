/** The loads of `fixtures/vectors/load-transcripts.json`, for tests that replay them. */
import type { CipherSuite } from "../../core/sale-profile.ts";
import { nonceLength } from "../../crypto/seal.ts";
import type { AccountHolder } from "../account-holder/contract.ts";
import type { HeldLoad } from "../account-holder/held-load.ts";
import { accountHolder, newQuestion } from "../account-holder/model.ts";
import type { Answer, HolderInput, HolderOutput, Question } from "../account-holder/questions.ts";
import { drive } from "../role.ts";
import { bytesNamed, fixture, nonceOf, type Recorded } from "./transcripts.ts";

/** A load of FIG 15 or 17. */
export interface LoadTranscript extends Recorded {
  readonly figure: string;
  readonly source: "bank" | "pre-funded";
  readonly direct: boolean;
  readonly suite: CipherSuite;
  /** Of fixtures/cards/. */
  readonly card: string;
  readonly IDMER: string;
  readonly IDTRX: string;
  readonly end: "loaded" | "negative" | "challenge";
  /** Minor units: what is loaded, and what the card holds when it is asked to. */
  readonly MLDA: number;
  readonly BALIEP: number;
  readonly NTIEP: number;
}

export const LOADS: readonly LoadTranscript[] = JSON.parse(fixture("vectors/load-transcripts.json")).vectors;

/** Who is there beside the account holder, and when. */
export const IDACQ = "00057001";
export const NOW = "20260115123059";
export const LATER = "20260115123131";
export const ORIGINS = { bank: "https://bank.example:8541", "pre-funded": "https://fund.example:8544" } as const;
export const LOAD_SERVER = { host: "load.example", port: 7240 } as const;

/** The nonce of one of its values that was sealed. */
export function nonceNamed(transcript: LoadTranscript, name: string): Uint8Array {
  return nonceOf(bytesNamed(transcript, name), nonceLength(transcript.suite));
}

export function holderOf(transcript: LoadTranscript): AccountHolder {
  const { IDMER, source, suite, direct } = transcript;
  return {
    ...{ IDMER, source, suite, IDACQ, loadServer: LOAD_SERVER, origin: ORIGINS[source], limit: 5_000_000 },
    KMER: bytesNamed(transcript, "KMER"),
    KSH: bytesNamed(transcript, "KSH"),
    additionalUrl: source === "pre-funded" && !direct ? "https://teller.example:8550/loads" : undefined,
  };
}

/** An account holder with one account, which it keeps from question to question. */
export class Teller {
  readonly #transcript: LoadTranscript;
  #load: HeldLoad | undefined;

  constructor(transcript: LoadTranscript) {
    this.#transcript = transcript;
  }

  get status(): string | undefined {
    return this.#load?.status;
  }

  async answer(question: Question): Promise<Answer> {
    const { IDTRX } = this.#transcript;
    let answer: Answer | undefined;
    const perform = (output: HolderOutput): HolderInput | undefined => {
      if (output.kind === "answer") answer = output.answer;
      return this.#performed(output);
    };
    const random = { RND: bytesNamed(this.#transcript, "RND"), TSK: bytesNamed(this.#transcript, "random") };
    const nonces = { nonce: nonceNamed(this.#transcript, "ETSK"), layerNonce: nonceNamed(this.#transcript, "ETSK") };
    const first = { kind: "question", question, fresh: { IDTRX, ...random, ...nonces, now: NOW } } as const;
    await drive(accountHolder, newQuestion(holderOf(this.#transcript)), first, perform);
    if (answer === undefined) throw new Error("the account holder has not answered");
    return answer;
  }

  #performed(output: HolderOutput): HolderInput | undefined {
    switch (output.kind) {
      case "find-account":
        return { kind: "account", funds: { available: 100_000_000, CURR: "0978", CEXP: 2 }, isBound: true };
      case "offer":
        this.#load = { ...output.load, status: "offered", MLDA: null, created: "", updated: "" };
        return undefined;
      case "find-load":
        return { kind: "load", load: this.#load };
      case "hold":
        this.#change({ status: "held", MLDA: output.MLDA });
        return { kind: "held", result: "held" };
      case "conclude":
        this.#change({ status: output.end });
        return { kind: "concluded", result: "done" };
      default:
        return undefined;
    }
  }

  #change(change: Partial<HeldLoad>): void {
    if (this.#load !== undefined) this.#load = { ...this.#load, ...change };
  }
}
