/** Every message of a load (`load.md`), source by source: the rows of its fault matrix. */
import type { LinkName, RoleName } from "../../../harness/core/trace.ts";
import { holderRole } from "../support/page.ts";
import type { Source } from "../support/sources.ts";

/** One message: how it is met on its link (`LinkFault`), and what it is. */
export interface Word {
  /** "236-A9". */
  readonly id: string;
  readonly link: LinkName;
  readonly from: RoleName;
  readonly message: number | string;
  /** Messages of the same label before it. */
  readonly skip?: number;
  /** Step of FIG 15. */
  readonly step: string;
  readonly what: string;
}

/**
 * In the order in which they pass. Triple DES changes what is sealed and what its keys come with, the direct path the way to the
 * account holder: the rest of such loads is disturbed with the usual ones.
 */
export function wordsOf(source: Source): readonly Word[] {
  const all = [...cable(), ...(source.direct ? direct() : holder(source)), ...loading(), ...card(), ...hsm()];
  if (source.direct) return all.filter(({ link }) => link === "236");
  if (source.suite === "AES-128-GCM") return all;
  return all.filter(({ id, link }) => link === "236" || SEALED.includes(id));
}

/** Those with keys or seals of the layer, beside link 236. */
const SEALED: readonly string[] = ["CABLE-A4", "CABLE-E5", "234-CARD-ANSWER", "234-AMOUNT-ANSWER", "234-STATUS"];

function cable(): readonly Word[] {
  const fromBox = { link: "cable", from: "set-top-box" } as const;
  const toBox = { link: "cable", from: "head-end" } as const;
  return [
    word("CABLE-A1", fromBox, 0xa1, "871", "load selection"),
    word("CABLE-A2", toBox, 0xa2, "872", "card information request"),
    word("CABLE-A3", fromBox, 0xa3, "872", "balance"),
    word("CABLE-A4", toBox, 0xa4, "888", "load page on the cable"),
    word("CABLE-A5", fromBox, 0xa5, "888", "amount"),
    word("CABLE-A6", toBox, 0xa6, "876", "initialisation"),
    word("CABLE-A7", fromBox, 0xa7, "876", "load card information"),
    word("CABLE-A9", toBox, 0xa9, "893", "load command on the cable"),
    word("CABLE-E5", fromBox, 0xe5, "894", "sealed load response on the cable"),
    word("CABLE-E8", toBox, 0xe8, "641", "result"),
  ];
}

/** Where no confirmation is posted the load has no status page. */
function holder(source: Source): readonly Word[] {
  const from = holderRole(source);
  const pair = (id: string, path: string, step: string, answer: string, what: string) => [
    word(`234-${id}`, { link: "234", from: "head-end" }, `POST ${path}`, step, what),
    word(`234-${id}-ANSWER`, { link: "234", from }, `response POST ${path}`, answer, `answer to the ${what}`),
  ];
  return [
    ...pair("LOAD", "/load", "871", "872", "selection at the account holder"),
    ...pair("CARD", "/load/card", "872", "874", "balance for the account holder"),
    ...pair("AMOUNT", "/load/amount", "875", "875", "amount for the account holder"),
    ...(source.source === "bank" ? pair("STATUS", "/load/status", "891", "892", "confirmation") : []),
  ];
}

function direct(): readonly Word[] {
  const to = { link: "236", from: "head-end" } as const;
  const from = { link: "236", from: "load-server" } as const;
  return [
    word("236-A1", to, 0xa1, "871", "selection at the load server"),
    word("236-A2", from, 0xa2, "872", "card information request of the load server"),
    word("236-A3", to, 0xa3, "872", "balance for the load server"),
    word("236-A4", from, 0xa4, "874", "load page of the load server"),
    word("236-A5", to, 0xa5, "875", "amount for the load server"),
    word("236-B1", from, 0xb1, "875", "authorisation"),
  ];
}

/** A8, A9 and AA are sealed. */
function loading(): readonly Word[] {
  const to = { link: "236", from: "head-end" } as const;
  const from = { link: "236", from: "load-server" } as const;
  return [
    word("236-A8", to, 0xe4, "878", "sealed load request"),
    word("236-A9", from, 0xe5, "880", "sealed load command"),
    word("236-AA", to, 0xe5, "883", "sealed load response"),
    word("236-EF", from, 0xef, "890", "sealed result"),
  ];
}

function card(): readonly Word[] {
  const pair = (id: string, message: number, step: string, what: string, skip = 0) => [
    { ...word(`235-${id}`, { link: "235", from: "set-top-box" }, message, step, what), skip },
    { ...word(`235-${id}-ANSWER`, { link: "235", from: "card" }, message, step, `card's answer to ${what}`), skip },
  ];
  return [
    ...pair("SELECT", 0xa4, "872", "SELECT"),
    ...pair("BALANCE", 0x5c, "872", "GET BALANCE"),
    ...pair("INFO", 0xb2, "872", "READ RECORD"),
    ...pair("SELECT-AGAIN", 0xa4, "876", "second SELECT", 1),
    ...pair("INIT", 0x50, "876", "INITIALIZE IEP for load"),
    ...pair("CREDIT", 0x52, "881", "CREDIT IEP"),
  ];
}

function hsm(): readonly Word[] {
  const to = { link: "HSM", from: "load-server" } as const;
  const from = { link: "HSM", from: "hsm" } as const;
  return [
    word("HSM-DM", to, "DM", "897", "request for S2"),
    word("HSM-DN", from, "DN", "899", "HSM's answer with S2"),
    word("HSM-DO", to, "DO", "884", "question about S3"),
    word("HSM-DP", from, "DP", "886", "HSM's answer about S3"),
  ];
}

function word(
  id: string,
  place: Pick<Word, "link" | "from">,
  message: Word["message"],
  step: string,
  what: string,
): Word {
  return { id, ...place, message, step, what };
}
