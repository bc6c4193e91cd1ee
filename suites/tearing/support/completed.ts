/** What the command that was seen on link 235 owes the card and the user, computed from keys and bytes alone. */
import { bytesToUint, toHex } from "../../../harness/core/bytes.ts";
import { deriveLoadKey, deriveLoadSessionKeys, loadAlgorithm } from "../../../harness/crypto/load-keys.ts";
import { signLoadS3 } from "../../../harness/crypto/load-signatures.ts";
import type { CardLogRecord } from "../../../harness/flows/system.ts";
import { readInitResponse } from "../../../harness/protocol/messages/init-response.ts";
import { readLoadInit } from "../../../harness/protocol/messages/load-init.ts";
import type { CaseContext } from "../../define/case.ts";
import { apdusOn } from "../../payment/support/observe.ts";
import { expectedS3 } from "../../payment/support/own-debit.ts";
import { type CardImage, type Completed, positiveAnswer, type Seen } from "./image.ts";

const INITIALIZE = 0x50;
const DEBIT = 0x54;
const PUBLIC_KEY = 0x10;

/** The debit of the last DEBIT IEP. */
export function completedDebit(t: CaseContext, seen: Seen, { purse }: CardImage): Completed {
  const command = t.expect.present("DEBIT IEP on link 235", apdusOn(seen.events, "235", DEBIT).at(-1)).command;
  const data = command.bytes.subarray(5, 58);
  const MPDA = bytesToUint(data.subarray(11, 15));
  const BALIEP = purse.BALIEP - MPDA;
  const record: CardLogRecord = {
    TI: 1,
    NTIEP: purse.NTIEP,
    CC: "0000",
    MPDA,
    CURRPDA: toHex(data.subarray(15, 17)),
    CEXPPDA: data[17] ?? 0,
    BALIEP,
    IDPSAM: toHex(data.subarray(3, 7)),
    NTPSAM: bytesToUint(data.subarray(7, 11)),
    DTHR: toHex(data.subarray(18, 25)),
  };
  const INITRSP = initialised(t, seen).slice(0, 27);
  const S3 = purse.ALGIEP === PUBLIC_KEY ? "" : expectedS3(t, INITRSP, data, { CC: "0000", BALIEP });
  return { kind: "purchase", record, CARDRSP: positiveAnswer(purse.NTIEP, BALIEP) + S3 };
}

/** The load that the card was initialised for last. */
export function completedLoad(t: CaseContext, seen: Seen, { purse }: CardImage): Completed {
  const { NTIEP } = purse;
  const { command } = t.expect.present("INITIALIZE IEP on link 235", apdusOn(seen.events, "235", INITIALIZE).at(-1));
  const asked = readLoadInit(command.bytes.subarray(5, 39));
  const said = readInitResponse(initialised(t, seen).slice(0, 27));
  const LOADINIT = t.expect.present("LOADINIT", asked.ok ? asked.value : undefined);
  const INITRSP = t.expect.present("INITRSP", said.ok ? said.value : undefined);
  const BALIEP = purse.BALIEP + LOADINIT.MLDA;
  const { MLDA: MPDA, CURRLDA: CURRPDA, CEXPLDA: CEXPPDA, IDACQ: IDPSAM, DTHR } = LOADINIT;
  const money = { MPDA, CURRPDA, CEXPPDA, BALIEP };
  const record: CardLogRecord = { TI: 2, NTIEP, CC: "0000", ...money, IDPSAM, NTPSAM: 0, DTHR };
  const ALGL = loadAlgorithm(purse.ALGIEP);
  const MKL = t.expect.present("MKL of the card", t.keys.masterLoadKey(purse.PPIEP, ALGL, purse.VKIEP));
  const KDL = deriveLoadKey(ALGL, MKL, purse.PPIEP, purse.IDIEP);
  const { KS3 } = deriveLoadSessionKeys(ALGL, KDL, INITRSP);
  const S3 = toHex(signLoadS3(ALGL, KS3, { ...INITRSP, ...LOADINIT }, { CC: "0000", BALIEP }));
  return { kind: "load", record, CARDRSP: positiveAnswer(NTIEP, BALIEP) + S3 };
}

function initialised(t: CaseContext, seen: Seen): Uint8Array {
  const { response } = t.expect.present("INITIALIZE IEP on link 235", apdusOn(seen.events, "235", INITIALIZE).at(-1));
  return t.expect.present("its answer", response).bytes;
}
