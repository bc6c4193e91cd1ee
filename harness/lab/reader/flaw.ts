/** How a defect of the emulated reader takes effect, between the host's command and the slot. */
import type { Clock } from "../../core/clock.ts";
import { unreachable } from "../../core/errors.ts";
import type { ReaderDefect } from "../../core/reader-defect.ts";
import type { CcidCommand } from "../../protocol/ccid/command.ts";
import { CCID_ERROR, type CcidResponse } from "../../protocol/ccid/response.ts";
import { altered, changedAtr, isTimeRequest, withoutMore } from "./spoiled-bytes.ts";

export interface CcidFlaw {
  /** Answers `command`; `perform` is what a sound reader does. The response goes out with slot and sequence number of the host's command. */
  around(command: CcidCommand, perform: (command: CcidCommand) => Promise<CcidResponse>): Promise<CcidResponse>;
  /** A frame on its way to the host. */
  frame?(bytes: Uint8Array): Uint8Array;
  /** The host's NAK is not heard. */
  readonly swallowsNak?: boolean;
}

type Change = (bytes: Uint8Array) => Uint8Array;

/** `isPresent`: whether the host has been shown a card in that slot. */
export function flawOf(defect: ReaderDefect, clock: Clock, isPresent: (slot: number) => boolean): CcidFlaw {
  switch (defect.name) {
    case "drops-last-byte":
      return towards(
        "host",
        longerThan(defect.above, (block) => block.subarray(0, -1)),
      );
    case "cuts-block":
      return towards("card", (block) => block.subarray(0, defect.above));
    case "alters-byte":
      return towards(defect.towards, longerThan(defect.above, altered));
    case "drops-more-bit":
      return towards(defect.towards, withoutMore);
    case "changes-atr":
      return { around: async (command, perform) => withAtr(command, await perform(command), defect.how) };
    case "hides-removal":
      return late(Number.POSITIVE_INFINITY, "absent", isPresent);
    case "late-insertion":
      return late(defect.looks, "inactive", isPresent);
    case "late-removal":
      return late(defect.looks, "absent", isPresent);
    case "wrong-slot":
      return {
        around: (command, perform) =>
          perform(command.slot === defect.slot ? { ...command, slot: defect.reaches } : command),
      };
    case "mixes-slots":
      return mixing(defect.every);
    case "warm-for-cold":
      return {
        async around(command, perform) {
          if (command.kind !== "icc-power-off") return await perform(command);
          const { slot, sequence } = command;
          const shown = await perform({ kind: "get-slot-status", slot, sequence });
          return shown.kind === "slot-status" && shown.icc === "active" ? { ...shown, icc: "inactive" } : shown;
        },
      };
    case "no-reset":
      return withoutReset();
    case "no-time-extension":
      return {
        async around(command, perform) {
          const response = await perform(command);
          if (response.kind !== "data-block" || command.kind !== "transfer-block") return response;
          return isTimeRequest(response.data) ? failed(response, CCID_ERROR.ICC_MUTE) : response;
        },
      };
    case "repeats-block": {
      const isTurn = eachTime(defect.every);
      return {
        async around(command, perform) {
          const response = await perform(command);
          return command.kind === "transfer-block" && isTurn() ? await perform(command) : response;
        },
      };
    }
    case "garbles-frames": {
      const isTurn = eachTime(defect.every);
      return {
        around: (command, perform) => perform(command),
        frame: (bytes) => (isTurn() ? bytes.map((byte, at) => (at === bytes.length - 1 ? byte ^ 1 : byte)) : bytes),
        swallowsNak: defect.nak === "swallowed",
      };
    }
    case "fails": {
      const isTurn = eachTime(defect.every);
      return {
        async around(command, perform) {
          const response = await perform(command);
          return command.kind === "transfer-block" && isTurn() ? failed(response, CCID_ERROR.HW_ERROR) : response;
        },
      };
    }
    case "slow":
      return {
        async around(command, perform) {
          if (command.kind === "transfer-block") await clock.timer(defect.ms).elapsed;
          return await perform(command);
        },
      };
    default:
      return unreachable(defect);
  }
}

/** Every block on its way to the card or to the host is changed. */
function towards(end: "card" | "host", change: Change): CcidFlaw {
  return {
    async around(command, perform) {
      if (command.kind !== "transfer-block") return await perform(command);
      if (end === "card") return await perform({ ...command, data: change(command.data) });
      const response = await perform(command);
      return response.kind === "data-block" ? { ...response, data: change(response.data) } : response;
    },
  };
}

function longerThan(length: number, change: Change): Change {
  return (bytes) => (bytes.length > length ? change(bytes) : bytes);
}

function withAtr(command: CcidCommand, response: CcidResponse, how: Parameters<typeof changedAtr>[1]): CcidResponse {
  const isAtr = command.kind === "icc-power-on" && response.kind === "data-block" && response.data.length > 0;
  return isAtr ? { ...response, data: changedAtr(response.data, how) } : response;
}

/** Of each slot: the host hears of `news` only after so many looks, and of the state before until then. */
function late(looks: number, news: "absent" | "inactive", isPresent: (slot: number) => boolean): CcidFlaw {
  const before = new Map<number, { readonly wasPresent: boolean; readonly seen: number }>(
    Array.from({ length: 256 }, (_, slot) => [slot, { wasPresent: isPresent(slot), seen: 0 }]),
  );
  return {
    async around(command, perform) {
      const response = await perform(command);
      if (response.kind === "unrecognised") return response;
      const slot = before.get(command.slot) ?? { wasPresent: false, seen: 0 };
      const isThere = response.icc !== "absent";
      const isNews = isThere !== slot.wasPresent && isThere === (news !== "absent");
      const seen = slot.seen + (command.kind === "get-slot-status" ? 1 : 0);
      if (isNews && seen <= looks) {
        before.set(command.slot, { ...slot, seen });
        return { ...response, icc: news === "absent" ? "inactive" : "absent" };
      }
      before.set(command.slot, { wasPresent: isThere, seen: 0 });
      return response;
    },
  };
}

function mixing(every: number): CcidFlaw {
  const isTurn = eachTime(every);
  const said = new Map<number, Uint8Array>();
  return {
    async around(command, perform) {
      const response = await perform(command);
      if (command.kind !== "transfer-block" || response.kind !== "data-block") return response;
      const other = [...said].find(([slot]) => slot !== command.slot)?.[1];
      said.set(command.slot, response.data);
      return other && isTurn() ? { ...response, data: other } : response;
    },
  };
}

function withoutReset(): CcidFlaw {
  const atrs = new Map<number, CcidResponse>();
  return {
    async around(command, perform) {
      const { slot, sequence } = command;
      const old = atrs.get(slot);
      if (command.kind === "icc-power-on" && old) {
        const shown = await perform({ kind: "get-slot-status", slot, sequence });
        if (shown.kind === "slot-status" && shown.icc === "active") return old;
      }
      const response = await perform(command);
      if (command.kind === "icc-power-on") atrs.set(slot, response);
      return response;
    },
  };
}

function eachTime(every: number): () => boolean {
  let times = 0;
  return () => ++times % every === 0;
}

function failed(response: CcidResponse, error: number): CcidResponse {
  if (response.kind !== "data-block") return response;
  return { ...response, outcome: { kind: "failed", error }, data: new Uint8Array(0) };
}
