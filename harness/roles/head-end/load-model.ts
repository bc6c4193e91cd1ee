import { unreachable } from "../../core/errors.ts";
import { onLoadResponse } from "./load-card.ts";
import { onConfirmed } from "./load-confirm.ts";
import { onLoadCard } from "./load-initialise.ts";
import { withLoadLayer } from "./load-layer.ts";
import { onProof, onTime } from "./load-negative.ts";
import { onAmount, onBalance, onHolder } from "./load-offer.ts";
import { onCalled } from "./load-order.ts";
import { onLoadAnswer, onLoadRequestSent, onLoadResponseSent, onLoadResult, onLoadServerOpen } from "./load-server.ts";
import type { LoadState } from "./load-state.ts";
import { type LoadInput, type LoadRole, type LoadStep, proceed } from "./load-step.ts";

/** A load at the head end (load.md): between the set-top box, the account holder and the load server. */
export const loading: LoadRole = withLoadLayer({ handle });

function handle(load: LoadState, input: LoadInput): LoadStep {
  switch (load.phase) {
    case "calling":
      return onCalled(load, input);
    case "requesting":
    case "paging":
    case "authorising":
      return onHolder(load, input);
    case "balance":
      return onBalance(load, input);
    case "amount":
      return onAmount(load, input);
    case "initialising":
      return onLoadCard(load, input);
    case "connecting":
      return onLoadServerOpen(load, input);
    case "asking":
      return onLoadRequestSent(load, input);
    case "commanding":
      return onLoadAnswer(load, input);
    case "loading":
      return onLoadResponse(load, input);
    case "responding":
      return onLoadResponseSent(load, input);
    case "judging":
      return onLoadResult(load, input);
    case "dating":
      return onTime(load, input);
    case "proving":
    case "challenged":
      return onProof(load, input);
    case "confirming":
      return onConfirmed(load, input);
    case "over":
      return proceed(load, {}, { kind: "end" });
    default:
      return unreachable(load.phase);
  }
}
