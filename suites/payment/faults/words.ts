/** Every message of a purchase, scheme by scheme: the rows of the fault matrix. */
import type { LinkName, RoleName } from "../../../harness/core/trace.ts";
import type { Scheme } from "./schemes.ts";

/** One message: how it is met on its link (`LinkFault`), and what it is. */
export interface Word {
  /** "236-EB". */
  readonly id: string;
  readonly link: LinkName;
  readonly from: RoleName;
  readonly message: number | string;
  /** Messages of the same label before it. */
  readonly skip?: number;
  /** Step of the seed. */
  readonly step: string;
  readonly what: string;
  /** The message is said only where this one was lost before. */
  readonly given?: Pick<Word, "link" | "from" | "message">;
}

/** In the order in which they pass. The encryption layer changes nothing behind the payment server and before the set-top box: it is not disturbed there again. */
export function wordsOf(scheme: Scheme): readonly Word[] {
  const isCable = scheme.site.kind === "cable";
  const far = isCable || scheme.isSealed ? [] : [...card(), ...line(scheme), ...sam(scheme)];
  return [...cable(scheme), ...(isCable ? [] : merchant()), ...payment(scheme), ...lan(scheme), ...far];
}

function cable({ isSealed }: Scheme): readonly Word[] {
  const fromBox = { link: "cable", from: "set-top-box" } as const;
  const toBox = { link: "cable", from: "head-end" } as const;
  return [
    word("CABLE-E1", fromBox, 0xe1, "602", "order"),
    word("CABLE-E2", toBox, 0xe2, "607", "page on the cable"),
    word("CABLE-E3", fromBox, 0xe3, "608", "card information"),
    word("CABLE-EB", toBox, 0xeb, "617", "debit command on the cable"),
    isSealed
      ? word("CABLE-E5", fromBox, 0xe5, "818", "sealed debit response on the cable")
      : word("CABLE-EC", fromBox, 0xec, "621", "debit response on the cable"),
    word("CABLE-E7", toBox, 0xe7, "636", "message that tells of the debit"),
    word("CABLE-E8", toBox, 0xe8, "641", "result"),
  ];
}

function merchant(): readonly Word[] {
  const to = { link: "234", from: "head-end" } as const;
  const from = { link: "234", from: "merchant" } as const;
  return [
    word("234-ORDER", to, "POST /checkout", "604", "order to the merchant"),
    word("234-PAGE", from, "response POST /checkout", "606", "merchant's page"),
    word("234-STATUS", to, "POST /status", "636", "proof of payment for the merchant"),
    word("234-CONTENT", from, "response POST /status", "640", "merchant's answer to it"),
  ];
}

function payment({ comparison, isSealed, server, site }: Scheme): readonly Word[] {
  const link = site.kind === "cable" ? "237" : "236";
  const to = { link, from: "head-end" } as const;
  const from = { link, from: server } as const;
  const isDecidedHere = comparison === "psam" || comparison === "payment-server";
  const last = isDecidedHere
    ? (["EC", 0xec, "622", "debit response"] as const)
    : (["E0", 0xe0, "758", "notice"] as const);
  const draw = isSealed
    ? word(`${link}-E4`, to, 0xe4, "810", "sealed draw request")
    : word(`${link}-EA`, to, 0xea, "612", "draw request");
  const command = isSealed
    ? word(`${link}-E5-EB`, from, 0xe5, "814", "sealed debit command")
    : word(`${link}-EB`, from, 0xeb, "616", "debit command");
  const [tag, label, step, what] = last;
  const answer = isSealed
    ? word(`${link}-E5-${tag}`, to, 0xe5, "819", `sealed ${what}`)
    : word(`${link}-${tag}`, to, label, step, what);
  const result = isSealed
    ? word(`${link}-EF`, from, 0xef, "820", "sealed results")
    : word(`${link}-ED`, from, 0xed, "634", "debit result");
  return [draw, command, answer, ...(isDecidedHere ? [result] : [])];
}

function lan(scheme: Scheme): readonly Word[] {
  return scheme.isSealed ? [] : terminalWords("LAN", scheme.server, "concentrator", scheme);
}

function line(scheme: Scheme): readonly Word[] {
  return terminalWords("line", "concentrator", "terminal", scheme);
}

/** The debit command did not reach the head end: the terminal takes the transaction back, or keeps it for later. */
function withoutCommand({ server, site }: Scheme): Required<Pick<Word, "given">> {
  return { given: { link: site.kind === "cable" ? "237" : "236", from: server, message: 0xeb } };
}

function terminalWords(link: "LAN" | "line", near: RoleName, far: RoleName, scheme: Scheme): readonly Word[] {
  const to = { link, from: near };
  const from = { link, from: far };
  const name = link.toUpperCase();
  const first = [
    word(`${name}-F1`, to, 0xf1, "686", `T-draw on the ${link}`),
    word(`${name}-F2`, from, 0xf2, "694", `T-debit on the ${link}`),
  ];
  const second = [
    word(`${name}-F3`, to, 0xf3, "624", `T-response on the ${link}`),
    word(`${name}-F4`, from, 0xf4, "628", `T-result on the ${link}`),
  ];
  const taken = [
    { ...word(`${name}-F6`, to, 0xf6, "0106", `T-cancel on the ${link}`), ...withoutCommand(scheme) },
    { ...word(`${name}-F7`, from, 0xf7, "0106", `T-done on the ${link}`), ...withoutCommand(scheme) },
  ];
  return [...first, ...(scheme.comparison === "psam" ? second : []), ...taken];
}

function sam(scheme: Scheme): readonly Word[] {
  const pair = (id: string, message: number, step: string, what: string, skip = 0) => [
    { ...word(`SAM-${id}`, { link: "SAM", from: "terminal" }, message, step, what), skip },
    { ...word(`SAM-${id}-ANSWER`, { link: "SAM", from: "psam" }, message, step, `answer to the ${what}`), skip },
  ];
  return [
    ...pair("ATR", 0x70, "688", "first package for the security card"),
    ...pair("INIT", 0x70, "688", "second package for the security card", 1),
    ...pair("DEBIT", 0x72, "690", "debit package for the security card"),
    ...(scheme.comparison === "psam" ? pair("COMPLETE", 0x74, "624", "card's answer for the security card") : []),
    ...pair("CANCEL", 0x8e, "0106", "cancellation for the security card").map((each) => ({
      ...each,
      ...withoutCommand(scheme),
    })),
  ];
}

function card(): readonly Word[] {
  const pair = (message: number, step: string, what: string) => {
    const id = message.toString(16).toUpperCase();
    return [
      word(`235-${id}`, { link: "235", from: "set-top-box" }, message, step, what),
      word(`235-${id}-ANSWER`, { link: "235", from: "card" }, message, step, `card's answer to ${what}`),
    ];
  };
  return [...pair(0xa4, "608", "SELECT"), ...pair(0x50, "608", "INITIALIZE IEP"), ...pair(0x54, "618", "DEBIT IEP")];
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
