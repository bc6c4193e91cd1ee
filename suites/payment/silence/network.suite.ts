/** Silence, broken links and repetitions between the servers and the set-top box: cable, 234 and 236, step by step. */
import type { Case } from "../../define/case.ts";
import { PAID, refused, unresolved, untold } from "../altered/fate.ts";
import { type Disturbed, disturbedCase } from "./disturbed.ts";

const SILENT = [refused("A010")];
const UNREACHABLE = [refused("A019", "A010")];
const OPEN = [unresolved()];
/** A message that comes again when it is not due may be passed over, or end the purchase without harm. */
const AGAIN_BEFORE_DEBIT = [PAID, refused("A00A", "A019", "A01A")];
const AGAIN_AFTER_DEBIT = [PAID, unresolved()];

const cable = { link: "cable" } as const;
const fromBox = { ...cable, from: "set-top-box" } as const;
const toBox = { ...cable, from: "head-end" } as const;
const toMerchant = { link: "234", from: "head-end" } as const;
const fromMerchant = { link: "234", from: "merchant" } as const;
const toPayment = { link: "236", from: "head-end" } as const;
const fromPayment = { link: "236", from: "payment-server" } as const;

const CABLE: readonly Disturbed[] = [
  {
    id: "CABLE-E1",
    what: "the order (602)",
    ...fromBox,
    message: 0xe1,
    lost: UNREACHABLE, // the head end, which waits for an order, gives up first
    linkLost: UNREACHABLE,
    twice: AGAIN_BEFORE_DEBIT,
  },
  {
    id: "CABLE-E2",
    what: "the page on the cable (607)",
    ...toBox,
    message: 0xe2,
    lost: SILENT,
    linkLost: UNREACHABLE,
    twice: AGAIN_BEFORE_DEBIT,
  },
  {
    id: "CABLE-E3",
    what: "the card information (608)",
    ...fromBox,
    message: 0xe3,
    lost: SILENT,
    linkLost: UNREACHABLE,
    twice: AGAIN_AFTER_DEBIT,
  },
  {
    id: "CABLE-EB",
    what: "the debit command on the cable (617)",
    ...toBox,
    message: 0xeb,
    lost: [refused("A01A", "A010")],
    linkLost: [refused("A01A", "A019", "A010")],
    twice: [PAID],
  },
  {
    id: "CABLE-EC",
    what: "the debit response on the cable (621)",
    ...fromBox,
    message: 0xec,
    lost: OPEN,
    linkLost: OPEN,
    twice: [PAID],
  },
  {
    id: "CABLE-E7",
    what: "the message 'debited' (636)",
    ...toBox,
    message: 0xe7,
    lost: [PAID],
    linkLost: [untold("A01A")],
    twice: [PAID, untold("A01A")],
  },
  {
    id: "CABLE-E8",
    what: "the result (641)",
    ...toBox,
    message: 0xe8,
    lost: [untold("A01A")],
    linkLost: [untold("A01A")],
    twice: [PAID],
  },
];

const MERCHANT: readonly Disturbed[] = [
  {
    id: "234-ORDER",
    what: "the order to the merchant (604)",
    ...toMerchant,
    message: "POST /checkout",
    lost: SILENT,
    linkLost: UNREACHABLE,
    twice: [PAID],
  },
  {
    id: "234-PAGE",
    what: "the merchant's page (606)",
    ...fromMerchant,
    message: "response POST /checkout",
    lost: SILENT,
    linkLost: UNREACHABLE,
    twice: [PAID],
  },
  {
    id: "234-STATUS",
    what: "the confirmation to the merchant (636)",
    ...toMerchant,
    message: "POST /status",
    lost: [unresolved("A010")],
    linkLost: [unresolved("A019", "A010")],
    twice: [PAID, untold("A018")],
  },
  {
    id: "234-CONTENT",
    what: "the merchant's answer to the confirmation (640)",
    ...fromMerchant,
    message: "response POST /status",
    lost: [untold("A010", "A01A")],
    linkLost: [untold("A019", "A010", "A01A")],
    twice: [PAID],
  },
];

const PAYMENT: readonly Disturbed[] = [
  {
    id: "236-EA",
    what: "the draw request (612)",
    ...toPayment,
    message: 0xea,
    lost: SILENT,
    linkLost: UNREACHABLE,
    twice: AGAIN_AFTER_DEBIT,
  },
  {
    id: "236-EB",
    what: "the debit command (616)",
    ...fromPayment,
    message: 0xeb,
    lost: [refused("A010", "A01A")],
    linkLost: [refused("A019", "A010", "A01A")],
    twice: AGAIN_AFTER_DEBIT,
  },
  {
    id: "236-EC",
    what: "the debit response (622)",
    ...toPayment,
    message: 0xec,
    lost: OPEN,
    linkLost: OPEN,
    twice: [PAID],
  },
  {
    id: "236-ED",
    what: "the debit result (634)",
    ...fromPayment,
    message: 0xed,
    lost: OPEN,
    linkLost: OPEN,
    twice: [PAID],
  },
];

export const cases: readonly Case[] = [...CABLE, ...MERCHANT, ...PAYMENT].map(disturbedCase);
