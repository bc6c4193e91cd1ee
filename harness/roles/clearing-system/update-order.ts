import type { UpdateContent } from "../../protocol/messages/psam-update.ts";

/** What PSAMs are to be told (`psam-edge.md` 4.10); a key in clear, each PSAM gets it under a key of its own. */
export type UpdateOrder =
  | Exclude<UpdateContent, { kind: "set-key" }>
  | {
      readonly kind: "set-key";
      readonly PPIEP: string;
      readonly ALGIEP: number;
      readonly VKIEP: number;
      /** MKP, 16 bytes. */
      readonly MKP: Uint8Array;
    };
