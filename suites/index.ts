import { cases as cable } from "./cable/index.ts";
import { cases as cardDevice } from "./card/index.ts";
import { cases as clearing } from "./clearing/index.ts";
import type { Case } from "./define/case.ts";
import { cases as encryption } from "./encryption/index.ts";
import { cases as load } from "./load/index.ts";
import { cases as loadNegative } from "./load-negative/index.ts";
import { cases as cardInsertion } from "./payment/506-card-insertion.suite.ts";
import { cases as merchantPage } from "./payment/602-606-merchant-page.suite.ts";
import { cases as pageIntegrity } from "./payment/606-page-integrity.suite.ts";
import { cases as pageDelivery } from "./payment/607-page-delivery.suite.ts";
import { cases as cardInformation } from "./payment/608-609-card-information.suite.ts";
import { cases as drawChecks } from "./payment/609-checks.suite.ts";
import { cases as drawFields } from "./payment/609-draw-request-fields.suite.ts";
import { cases as drawStartUp } from "./payment/609-start-up.suite.ts";
import { cases as drawSending } from "./payment/610-612-sending.suite.ts";
import { cases as paymentServerSteps } from "./payment/614-616-payment-server.suite.ts";
import { cases as passingOn } from "./payment/617-622-passing-on.suite.ts";
import { cases as debit } from "./payment/618-debit.suite.ts";
import { cases as signature } from "./payment/618-signature.suite.ts";
import { cases as debitResponse } from "./payment/620-debit-response.suite.ts";
import { cases as cardResponse } from "./payment/624-632-response.suite.ts";
import { cases as completion } from "./payment/626-630-completion.suite.ts";
import { cases as dataStore } from "./payment/630-data-store.suite.ts";
import { cases as confirmation } from "./payment/634-confirmation.suite.ts";
import { cases as confirmationAtMerchant } from "./payment/636-638-confirmation-at-merchant.suite.ts";
import { cases as headEndConfirmation } from "./payment/636-641-head-end.suite.ts";
import { cases as release } from "./payment/640-641-release.suite.ts";
import { cases as noRelease } from "./payment/640-no-release.suite.ts";
import { cases as debitCommand } from "./payment/680-694-debit-command.suite.ts";
import { cases as drawProcessing } from "./payment/680-694-draw-processing.suite.ts";
import { cases as algorithms } from "./payment/algorithms/index.ts";
import { cases as alteredCable } from "./payment/altered/cable.suite.ts";
import { cases as alteredCardEdge } from "./payment/altered/card-edge.suite.ts";
import { cases as alteredMerchant } from "./payment/altered/link-234.suite.ts";
import { cases as alteredPayment } from "./payment/altered/link-236.suite.ts";
import { cases as alteredSam } from "./payment/altered/sam.suite.ts";
import { cases as alteredTerminal } from "./payment/altered/terminal.suite.ts";
import { cases as alternatives } from "./payment/alternatives/index.ts";
import { cases as basePurchase } from "./payment/base-purchase.suite.ts";
import { cases as cardEdge } from "./payment/card-edge.suite.ts";
import { cases as cardLimits } from "./payment/card-limits.suite.ts";
import { cases as cardLog } from "./payment/card-log.suite.ts";
import { cases as cardRecovery } from "./payment/card-recovery.suite.ts";
import { cases as cardStatus } from "./payment/card-status.suite.ts";
import { cases as concentrator } from "./payment/concentrator.suite.ts";
import { cases as faults } from "./payment/faults/matrix.suite.ts";
import { cases as forged } from "./payment/forged.suite.ts";
import { cases as general } from "./payment/general.suite.ts";
import { cases as headEnd } from "./payment/head-end.suite.ts";
import { cases as many } from "./payment/many/index.ts";
import { cases as merchantSite } from "./payment/merchant.suite.ts";
import { cases as paymentServer } from "./payment/payment-server.suite.ts";
import { cases as paymentServerMessages } from "./payment/payment-server-messages.suite.ts";
import { cases as drawRequests } from "./payment/payment-server-requests.suite.ts";
import { cases as product } from "./payment/product/index.ts";
import { cases as psamChecks } from "./payment/psam.suite.ts";
import { cases as psamKeys } from "./payment/psam-keys.suite.ts";
import { cases as psamTotals } from "./payment/psam-totals.suite.ts";
import { cases as pulled } from "./payment/pulled.suite.ts";
import { cases as reader } from "./payment/reader.suite.ts";
import { cases as saidAgain } from "./payment/replayed/again.suite.ts";
import { cases as replayed } from "./payment/replayed/links.suite.ts";
import { cases as restart } from "./payment/restart.suite.ts";
import { cases as silentDevices } from "./payment/silence/devices.suite.ts";
import { cases as silentNetwork } from "./payment/silence/network.suite.ts";
import { cases as terminal } from "./payment/terminal.suite.ts";
import { cases as terminalPool } from "./payment/terminal-pool.suite.ts";
import { cases as userView } from "./payment/user-view.suite.ts";
import { cases as variants } from "./payment/variants/index.ts";
import { cases as psamDevice } from "./psam/index.ts";
import { cases as readerDevice } from "./reader/index.ts";
import { cases as tearing } from "./tearing/index.ts";
import { cases as terminalDevice } from "./terminal/index.ts";

/** Every case there is, suite by suite. */
export const cases: readonly Case[] = [
  ...cardDevice,
  ...psamDevice,
  ...readerDevice,
  ...terminalDevice,
  ...basePurchase,
  ...cardInformation,
  ...drawChecks,
  ...drawFields,
  ...drawStartUp,
  ...drawSending,
  ...passingOn,
  ...headEndConfirmation,
  ...headEnd,
  ...cardInsertion,
  ...merchantPage,
  ...pageIntegrity,
  ...pageDelivery,
  ...release,
  ...noRelease,
  ...merchantSite,
  ...userView,
  ...general,
  ...paymentServer,
  ...drawRequests,
  ...paymentServerMessages,
  ...terminalPool,
  ...paymentServerSteps,
  ...cardResponse,
  ...confirmation,
  ...confirmationAtMerchant,
  ...debit,
  ...signature,
  ...debitResponse,
  ...cardEdge,
  ...cardLog,
  ...cardStatus,
  ...cardLimits,
  ...cardRecovery,
  ...reader,
  ...drawProcessing,
  ...completion,
  ...alteredCable,
  ...alteredMerchant,
  ...alteredPayment,
  ...alteredTerminal,
  ...alteredCardEdge,
  ...alteredSam,
  ...silentNetwork,
  ...silentDevices,
  ...replayed,
  ...saidAgain,
  ...forged,
  ...pulled,
  ...restart,
  ...debitCommand,
  ...dataStore,
  ...psamChecks,
  ...psamKeys,
  ...psamTotals,
  ...terminal,
  ...concentrator,
  ...alternatives,
  ...variants,
  ...cable,
  ...encryption,
  ...algorithms,
  ...product,
  ...many,
  ...faults,
  ...load,
  ...loadNegative,
  ...clearing,
  ...tearing,
];
