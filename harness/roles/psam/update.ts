import { unreachable } from "../../core/errors.ts";
import type { CommandApdu } from "../../protocol/apdu/command-apdu.ts";
import { MAX_TOTALS } from "../../protocol/messages/psam-read-totals.ts";
import { parseUpdate, type Update, type UpdateContent } from "../../protocol/messages/psam-update.ts";
import { type PsamStep, refused, written } from "./answer.ts";
import type { PsamCrypto } from "./crypto.ts";
import { masterKeyFor } from "./key-material.ts";
import { cardsAtHand, withOldKeyKept } from "./old-keys.ts";
import { MAX_BLOCKED_CARDS } from "./psam-data.ts";
import type { MasterKey, PsamMemory, PsamState } from "./state.ts";

type KeyName = Pick<MasterKey, "PPIEP" | "ALGIEP" | "VKIEP">;
type Card = PsamMemory["blockedCards"][number];

/** UPDATE PSAM (psam-edge.md 4.10): lists, keys, number and date in one write. A draw and transactions go on as they are. */
export function update(state: PsamState, apdu: CommandApdu, crypto: PsamCrypto): PsamStep {
  const { memory } = state;
  const parsed = parseUpdate(apdu.data);
  if (!parsed.ok) return refused(state, 0x6a80);
  const { update, unsigned, S6 } = parsed.value;
  const { KDC, PPPSAM, IDPSAM } = memory;
  if (!crypto.verifyS6(KDC, { PPPSAM, IDPSAM }, unsigned, S6)) return refused(state, 0x9302);
  if (update.NTUPD <= memory.NTUPD) return refused(state, 0x9419);
  const changed = withContent(state, update, crypto);
  if (!hasRoom(changed)) return refused(state, 0x9417);
  const { NTUPD, date } = update;
  const updated = date > memory.updated ? date : memory.updated;
  return written({ ...state, session: changed.session }, { ...changed.memory, NTUPD, updated });
}

/** What the update says, and nothing else. */
function withContent(state: PsamState, { NTUPD, content }: Update, crypto: PsamCrypto): PsamState {
  switch (content.kind) {
    case "block-card":
    case "unblock-card":
      return { ...state, memory: { ...state.memory, blockedCards: blockedCards(state.memory, content) } };
    case "set-key": {
      const { PPIEP, ALGIEP, VKIEP, enciphered } = content;
      const MKP = crypto.decipherUpdateKey(state.memory.KDC, NTUPD, enciphered);
      return withKeys(state, { PPIEP, ALGIEP, VKIEP }, [{ PPIEP, ALGIEP, VKIEP, MKP }]);
    }
    case "remove-key":
      return withKeys(state, content, []);
    default:
      return unreachable(content);
  }
}

function blockedCards(memory: PsamMemory, { kind, PPIEP, IDIEP }: CardContent): PsamMemory["blockedCards"] {
  const others = memory.blockedCards.filter((card: Card) => card.PPIEP !== PPIEP || card.IDIEP !== IDIEP);
  return kind === "block-card" ? [...others, { PPIEP, IDIEP }] : others;
}

type CardContent = Extract<UpdateContent, { readonly IDIEP: string }>;

/** With these in the place of the key of that name. */
function withKeys(state: PsamState, name: KeyName, keys: readonly MasterKey[]): PsamState {
  const kept = withOldKeyKept(state, name);
  const replaced = masterKeyFor(kept.memory, name);
  return {
    ...kept,
    memory: { ...kept.memory, keys: [...kept.memory.keys.filter((key) => key !== replaced), ...keys] },
  };
}

/** The list is not too long, and READ TOTALS can still answer every line that may come to be. */
function hasRoom(state: PsamState): boolean {
  const { blockedCards, keys, authorities, totals, currencies } = state.memory;
  const providers = new Set([...keys, ...authorities, ...totals, ...cardsAtHand(state)].map(({ PPIEP }) => PPIEP));
  return blockedCards.length <= MAX_BLOCKED_CARDS && providers.size * currencies.length <= MAX_TOTALS;
}
