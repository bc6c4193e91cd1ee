/** A card in words, for people at a reader. */
import { formatAmount } from "../core/currency.ts";
import type { CardLogRecord, PsamTotals, PurseReading } from "../flows/system.ts";
import type { CardLook } from "../station/look-at-card.ts";

const ALGORITHMS: Readonly<Record<number, string>> = { 4: "two-key triple DES", 5: "AES-128", 16: "RSA, public key" };

/** One statement a line. */
export function cardText({ ATR, protocol, atrWords, content }: CardLook): readonly string[] {
  return [
    ...contentText(content),
    "",
    `Answer to reset ${ATR}, talking T=${protocol.slice(-1)}`,
    ...atrWords.map(indented),
  ];
}

function contentText(content: CardLook["content"]): readonly string[] {
  switch (content.kind) {
    case "purse":
      if (content.state === "issued") return purseText(content.purse, content.isBlocked);
      if (content.state === "supplied") {
        return [
          `A purse card as its supplier delivers it, serial number ${content.identity.SNIEP}: not personalised yet.`,
        ];
      }
      return ["A blank IEP test applet: neither supplied nor personalised."];
    case "psam":
      return content.state === "blank" ? ["A blank PSAM test applet."] : psamText(content.totals);
    case "exerciser":
      return ["A reader exerciser: what readers are certified with."];
    case "other":
      return [`No purse, no security card, no exerciser: SELECT of the purse was answered ${content.SW}.`];
  }
}

function purseText(purse: PurseReading, isBlocked: boolean): readonly string[] {
  const { PPIEP, IDIEP, SNIEP, ALGIEP, DEXPIEP, BALIEP, BALmaxIEP, CURRIEP, CEXPIEP, NTIEP, VKIEP, log } = purse;
  const amount = (minor: number) => formatAmount(minor, CURRIEP, CEXPIEP);
  return [
    `A purse card of profile IEP-1, ${isBlocked ? "blocked" : "issued"}.`,
    `  purse number      ${IDIEP} of provider ${PPIEP}`,
    `  serial number     ${SNIEP}`,
    `  balance           ${amount(BALIEP)}, at most ${amount(BALmaxIEP)}`,
    `  good until        ${dayText(DEXPIEP)}`,
    `  algorithm         ${ALGORITHMS[ALGIEP] ?? `unknown (${ALGIEP})`}, key generation ${VKIEP}`,
    `  next transaction  ${NTIEP}${NTIEP === 0xffff ? ", which is the end: it pays and loads no more" : ""}`,
    log.length === 0
      ? "  log               empty"
      : `  log               ${log.length} transaction${log.length === 1 ? "" : "s, newest first"}`,
    ...log.map((record) => `    ${recordText(record)}`),
  ];
}

function recordText({ TI, NTIEP, MPDA, CURRPDA, CEXPPDA, BALIEP, DTHR }: CardLogRecord): string {
  const what = TI === 2 ? "load" : "purchase";
  const at = `${DTHR.slice(0, 4)}-${DTHR.slice(4, 6)}-${DTHR.slice(6, 8)} ${DTHR.slice(8, 10)}:${DTHR.slice(10, 12)} UTC`;
  const amount = formatAmount(MPDA, CURRPDA, CEXPPDA);
  return `${at}  no. ${NTIEP}  ${what.padEnd(8)}  ${amount}, then ${formatAmount(BALIEP, CURRPDA, CEXPPDA)}`;
}

function psamText({ PPPSAM, IDPSAM, NTPSAM, updated, suspended, totals }: PsamTotals): readonly string[] {
  return [
    "A security card of profile PSAM-1.",
    `  number            ${IDPSAM} of provider ${PPPSAM}`,
    `  next transaction  ${NTPSAM}`,
    `  last update       ${updated.slice(0, 4)}-${updated.slice(4, 6)}-${updated.slice(6, 8)}`,
    `  suspended         ${suspended}`,
    totals.length === 0 ? "  totals            none" : "  totals",
    ...totals.map(
      ({ PPIEP, CURR, CEXP, MTOT, NTOT }) =>
        `    provider ${PPIEP}: ${formatAmount(MTOT, CURR, CEXP)} in ${NTOT} transaction${NTOT === 1 ? "" : "s"}`,
    ),
  ];
}

function dayText(YYMMDD: string): string {
  return `20${YYMMDD.slice(0, 2)}-${YYMMDD.slice(2, 4)}-${YYMMDD.slice(4, 6)}`;
}

function indented(line: string): string {
  return `  ${line}`;
}
