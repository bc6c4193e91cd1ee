/** How a load begins: the user's selection (871), or the recovery of an earlier load. */
import { layerFlaw, layerOf } from "../../protocol/messages/encryption-layer.ts";
import type { LoadRecovery, LoadSelection } from "../../protocol/messages/layouts.ts";
import { parseLoadInit } from "../../protocol/messages/load-init.ts";
import { ask } from "./load-ask.ts";
import { endLoad, failLoad, refusedMessage } from "./load-fail.ts";
import { confirmationAddress } from "./load-page-check.ts";
import { BANK, bankOrigins, type LoadSites, loadSiteOf } from "./load-sites.ts";
import { type LoadState, newLoad } from "./load-state.ts";
import { type LoadInput, type LoadStep, loadLog, preceded, proceed } from "./load-step.ts";
import { causeOf } from "./load-texts.ts";

const EMPTY = newLoad("requesting");

/** Asks the account holder of the site, or calls it first where that is on link 236 (861). */
export function selectLoad(sites: LoadSites, selection: LoadSelection): LoadStep {
  const site = loadSiteOf(sites, selection.SITE);
  if (!site) return failLoad(EMPTY, "A017", "This account holder is not known here.");
  const load: LoadState = { ...EMPTY, site, selection };
  if (site.kind !== "load-direct") return ask(load, {}, selection);
  return proceed(load, { phase: "calling" }, { kind: "open-load", HOST: site.HOST, PORT: site.PORT });
}

/** Direct path: the load server of the site can be spoken to. */
export function onCalled(load: LoadState, input: LoadInput): LoadStep {
  const { selection } = load;
  if (input.kind === "payment-open" && selection) return ask(load, { phase: "requesting" }, selection);
  return failLoad(load, "A019", "The load server does not answer.");
}

/** The card's answer of an earlier load goes to the load server of that load, which has the next word (load.md 4). */
export function recoverLoad(sites: LoadSites, recovery: LoadRecovery): LoadStep {
  const { SOURCE, IDTRX, IDMER, HOST, PORT, URL, LOADINIT, LOADRSP, CARDRSP, SW } = recovery;
  const named = { ...EMPTY, phase: "connecting", held: true } as const;
  const layer = layerFlaw(recovery) === undefined ? layerOf(recovery) : undefined;
  const request = parseLoadInit(LOADINIT);
  if (HOST === undefined || PORT === undefined || !layer || !request.ok) {
    const reason = layerFlaw(recovery) ?? (request.ok ? "parts are missing" : request.reason);
    return preceded(
      [refusedMessage(named, "set-top-box", `load-recovery: ${reason}`)],
      endLoad(named, "A001", causeOf("A001")),
    );
  }
  const address = confirmationAddress(SOURCE, URL, bankOrigins(sites));
  const confirmation = URL !== undefined && address ? { url: URL, address } : undefined;
  const { MLDA, CURRLDA, CEXPLDA } = request.value;
  const load: LoadState = {
    ...named,
    terms: { SOURCE, IDTRX, IDMER, HOST, PORT, layer, confirmation },
    amount: { MLDA, CURRLDA, CEXPLDA },
    LOADINIT,
    card: { ATR: new Uint8Array(0), LOADRSP },
    response: { CARDRSP, SW, RECOVERED: 1 },
  };
  if (!address && (URL !== undefined || SOURCE === BANK)) {
    const refused = loadLog(load, "status-url-refused", undefined, { url: URL ?? null });
    return preceded([refused], failLoad(load, "A018", "The confirmation cannot go where this load says.", "unknown"));
  }
  return proceed(load, {}, { kind: "open-load", HOST, PORT });
}
