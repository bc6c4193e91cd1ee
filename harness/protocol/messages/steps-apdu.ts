/** Steps of the seed document that commands and answers of the card and PSAM edge are. */

/** SFI 02 in P2 of READ RECORD: the certificates (`card-edge.md` 5.6). */
const CERTIFICATES = 0x14;

/** P1 of INITIALIZE IEP for load. */
const FOR_LOAD = 0x00;

/**
 * On 235. `inReplyTo`: the command that an answer answers. A card is loaded by the same commands from a bank account (FIG 15) and from
 * a pre-funded one (FIG 17, 10 in front): here they have the numbers of FIG 15.
 */
export function stepOnCard(isAnswer: boolean, apdu: Uint8Array, inReplyTo: Uint8Array | undefined): string | undefined {
  if (isAnswer) return stepOfCardAnswer(inReplyTo);
  const [, INS, P1, P2] = apdu;
  switch (INS) {
    case 0xa4:
      return "608";
    case 0x50:
      return P1 === FOR_LOAD ? "876" : "608";
    case 0x52:
      return "881";
    case 0xb2:
      return P2 === CERTIFICATES ? "608" : undefined;
    case 0x58: // certificate and session key are part of the debit command of a public key card
    case 0x54:
      return "618";
    default:
      return undefined;
  }
}

function stepOfCardAnswer(inReplyTo: Uint8Array | undefined): string | undefined {
  const INS = inReplyTo?.[1];
  if (INS === 0x54) return "620";
  return INS === 0x52 ? "882" : undefined;
}

/** All packages of the draw request are 688. */
export function stepOfPsamCommand([, INS, P1]: Uint8Array): string | undefined {
  if (INS === 0x72 || (INS === 0x70 && P1 !== undefined && P1 <= 0x03)) return "688";
  return INS === 0x74 ? "626" : undefined;
}

/** With P1 01 the answer to PACKAGE: DEBIT states the expected signature (704). */
export function stepOfPsamAnswer(inReplyTo: Uint8Array | undefined): string | undefined {
  const [, INS, P1] = inReplyTo ?? [];
  if (INS === 0x72) return P1 === 0x01 ? "704" : "692";
  return INS === 0x74 ? "628" : undefined;
}
