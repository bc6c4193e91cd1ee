/** 808, 809: the page brings the session key, twice: in clear for head end and set-top box, sealed for the payment server. */
import { equal, fromHex, toHex } from "../../harness/core/bytes.ts";
import { openConfirmation, openResultM } from "../../harness/crypto/confirmation.ts";
import { openTsk } from "../../harness/crypto/transaction-keys.ts";
import { contractKey } from "../payment/support/merchant-word.ts";
import { theMessage, thePage } from "../payment/support/observe.ts";
import { orderItem } from "../payment/support/payment.ts";
import { rawHex } from "../payment/support/raw.ts";
import { keysOf, keysOfPage, sharedKey } from "./keys.ts";
import { overlayCases, type Topic, WITH_RESULTS } from "./overlay.ts";
import { expectHidden } from "./secrets.ts";

/** Bytes of ETSK (`messages.md` 1). */
const ETSK_BYTES = { "AES-128-GCM": 44, "3DES-CBC-MAC": 40 } as const;

const PAGE: readonly Topic[] = [
  {
    id: "808-A",
    purpose: "The page has the session key of its own transaction",
    requirements: ["ENC-808-a"],
    owner: "server",
    async run(t, site, about) {
      for (const which of ["first", "second"]) {
        const keys = keysOfPage(t, await orderItem(t, { SITE: site.SITE }), site, about);
        const sealed = t.expect.present(
          `session key in ETSK of the ${which} page`,
          openTsk(keys.suite, keys.KDER, keys, keys.ETSK),
          about,
        );
        t.expect.that(equal(sealed, keys.TSK), `the session key of the ${which} page is that in its ETSK`, about);
      }
    },
  },
  {
    id: "808-B",
    purpose: "The page has the session key sealed under the derived key, and under no other",
    requirements: ["ENC-808-b", "AMB-ETSK-PURPOSE"],
    owner: "server",
    look(t, seen, about, site) {
      const keys = keysOf(t, seen, site, about);
      t.expect.equal("bytes of ETSK", keys.ETSK.length, ETSK_BYTES[site.suite], about);
      t.expect.equal("suite that the page names", thePage(t, seen).page.ENCRYPTION, site.suite, about);
      const opens = (key: Uint8Array) => openTsk(keys.suite, key, keys, keys.ETSK) !== null;
      t.expect.that(opens(keys.KDER), "ETSK opens with the derived key", about);
      for (const [name, key] of Object.entries({ KSH: keys.KSH, TSK: keys.TSK, KMER: contractKey(t, site.IDMER) })) {
        t.expect.that(!opens(key), `ETSK does not open with ${name}`, about);
      }
    },
  },
  {
    id: "808-C",
    purpose: "Nothing that the head end receives tells it the derived key or the shared key",
    requirements: ["ENC-808-c"],
    owner: "server",
    look(t, seen, about, site) {
      const { KDER, KSH, TSK, ...keys } = keysOf(t, seen, site, about);
      const KMER = contractKey(t, site.IDMER);
      expectHidden(t, seen, { KDER, KSH, KMER }, ({ to }) => to === "head-end", about);
      t.expect.that(
        openTsk(keys.suite, TSK, keys, keys.ETSK) === null,
        "ETSK does not open with the session key",
        about,
      );
      t.expect.that(!equal(TSK, KDER), "the session key is not the derived key", about);
    },
  },
  {
    id: "808-D",
    purpose: "The confirmation is readable to the merchant and to nobody who has only the session key",
    requirements: ["ENC-808-d", "ENC-820-d"],
    owner: "server",
    figures: WITH_RESULTS,
    look(t, seen, about, site) {
      const keys = keysOf(t, seen, site, about);
      const { page } = thePage(t, seen);
      const { event, message } = theMessage(t, seen, "236", "sealed-results", about);
      const opens = (key: Uint8Array) => openResultM(keys.suite, key, keys.IDMER, keys.IDTRX, message.CONF);
      const said = t.expect.present("CONF opened with the derived key", opens(keys.KDER), { ...about, at: event });
      const { CC, MPDA, CURRPDA, CEXPPDA } = said;
      t.expect.equal(
        "CC and amount in it",
        { CC, MPDA, CURRPDA, CEXPPDA },
        { CC: "0000", MPDA: page.MPDA, CURRPDA: page.CURRPDA, CEXPPDA: page.CEXPPDA },
        about,
      );
      t.expect.absent("CONF opened with the session key", opens(keys.TSK), about);
      t.expect.absent("CONF opened with the shared key", opens(sharedKey(t, site.IDMER)), about);
      const KMER = contractKey(t, site.IDMER);
      const byContract = openConfirmation(KMER, keys.IDMER, keys.IDTRX, message.CONF);
      t.expect.absent("CONF opened with the contract key", byContract, about);
      const clear = [page.IDTRX, page.IDMER].map((text) => Buffer.from(text, "hex"));
      t.expect.that(
        clear.every((part) => part.length === 0 || !Buffer.from(message.CONF).includes(part)),
        "nothing of it stands there in clear",
        about,
      );
    },
  },
  {
    id: "809",
    purpose: "The set-top box gets session key, sealed session key and random number as they are on the page",
    requirements: ["ENC-809", "AMB-TSK-STB"],
    owner: "server",
    needs: { links: ["cable"] },
    look(t, seen, about, site) {
      const { TSK, ETSK, RND } = keysOf(t, seen, site, about);
      const { event } = theMessage(t, seen, "cable", "page", about);
      t.expect.that(equal(fromHex(rawHex(t, event, "TSK", about)), TSK), "TSK is that of the page", about);
      t.expect.equal("ETSK", rawHex(t, event, "ETSK", about), toHex(ETSK), about);
      t.expect.equal("RND", rawHex(t, event, "RND", about), toHex(RND), about);
      const name = Buffer.from(rawHex(t, event, "ENCRYPTION", about), "hex").toString("ascii");
      t.expect.equal("ENCRYPTION", name, site.suite, about);
    },
  },
];

export const cases = overlayCases(PAGE);
