/** Steps of the seed document that commands and answers of the card and PSAM edge are. */

/** SFI 02 in P2 of READ RECORD: the certificates (`card-edge.md` 5.6). */
const CERTIFICATES = 0x14;

/** On 235. `inReplyTo`: the command that an answer answers. */
export function stepOnCard(isAnswer: boolean, apdu: Uint8Array, inReplyTo: Uint8Array | undefined): string | undefined {
  if (isAnswer) return inReplyTo?.[1] === 0x54 ? "620" : undefined;
  const [, INS, , P2] = apdu;
  switch (INS) {
    case 0xa4:
    case 0x50:
      return "608";
    case 0xb2:
      return P2 === CERTIFICATES ? "608" : undefined;
    case 0x58: // certificate and session key are part of the debit command of a public key card
    case 0x54:
      return "618";
    default:
      return undefined;
  }
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
