/** What a seeded defect may replace in the reference system. Everything that is absent stays as it is. */
import type { Ledger } from "../accounts/ledger.ts";
import type { ReaderDefect } from "../core/reader-defect.ts";
import type { TraceSink } from "../core/trace.ts";
import type { CardReader } from "../device/contracts.ts";
import type { LinkFault } from "../flows/system.ts";
import type { StepIfd } from "../link/serial-card/t1-session.ts";
import type { TerminalLine } from "../link/terminal-line.ts";
import type { HeldLoads } from "../roles/account-holder/held-load.ts";
import type { AccountHolderRole } from "../roles/account-holder/state.ts";
import type { AdditionalServerRole } from "../roles/additional-server/model.ts";
import type { CardRole } from "../roles/card/model.ts";
import type { WriteOrder } from "../roles/card/nvm.ts";
import type { ClearingRole } from "../roles/clearing-system/model.ts";
import type { ClearingStore } from "../roles/clearing-system/store/contracts.ts";
import type { ConcentrationPointRole } from "../roles/concentration-point/model.ts";
import type { ConcentratorRole } from "../roles/concentrator/model.ts";
import type { HeadEndRole } from "../roles/head-end/model.ts";
import type { HsmRole } from "../roles/hsm/model.ts";
import type { LoadDatabase } from "../roles/load-server/database/contracts.ts";
import type { LoadServerRole } from "../roles/load-server/model.ts";
import type { MerchantRole } from "../roles/merchant/model.ts";
import type { CollectRole } from "../roles/payment-server/collect-model.ts";
import type { PaymentDatabase } from "../roles/payment-server/database/contracts.ts";
import type { PaymentServerRole } from "../roles/payment-server/model.ts";
import type { PsamRole } from "../roles/psam/model.ts";
import type { Vary } from "../roles/role.ts";
import type { SetTopBoxRole } from "../roles/set-top-box/events.ts";
import type { TerminalRole } from "../roles/terminal/model.ts";

export interface Variation {
  readonly card?: Vary<CardRole>;
  /** How the card in the reader writes its memory. */
  readonly cardWriteOrder?: Vary<WriteOrder>;
  readonly psam?: Vary<PsamRole>;
  readonly terminal?: Vary<TerminalRole>;
  /** A terminal's end of its line. */
  readonly terminalLine?: Vary<TerminalLine>;
  readonly concentrator?: Vary<ConcentratorRole>;
  readonly paymentServer?: Vary<PaymentServerRole>;
  /** The cable provider's own payment server. */
  readonly headEndPaymentServer?: Vary<PaymentServerRole>;
  readonly merchant?: Vary<MerchantRole>;
  readonly headEnd?: Vary<HeadEndRole>;
  readonly setTopBox?: Vary<SetTopBoxRole>;
  readonly bankServer?: Vary<AccountHolderRole>;
  /** Who keeps the pre-funded accounts, inside of the load server. */
  readonly fund?: Vary<AccountHolderRole>;
  /** The other server of a pre-funded contract (1091). */
  readonly additionalServer?: Vary<AdditionalServerRole>;
  readonly loadServer?: Vary<LoadServerRole>;
  readonly hsm?: Vary<HsmRole>;
  /** How the payment servers collect. */
  readonly collecting?: Vary<CollectRole>;
  readonly concentrationPoint?: Vary<ConcentrationPointRole>;
  readonly clearingSystem?: Vary<ClearingRole>;
  readonly reader?: Vary<CardReader>;
  /** The reader that holds the security card of a device suite, on benches in one process. */
  readonly psamReader?: Vary<CardReader>;
  /** T=1 as the reader speaks it, where that is the harness's own: the reader slots of the bench in one process. */
  readonly readerT1?: Vary<StepIfd>;
  /** What the emulated reader of the virtual lab does wrong; without effect elsewhere. */
  readonly labReader?: ReaderDefect;
  readonly database?: Vary<PaymentDatabase>;
  readonly loadDatabase?: Vary<LoadDatabase>;
  readonly heldLoads?: Vary<HeldLoads>;
  readonly ledger?: Vary<Ledger>;
  readonly clearingStore?: Vary<ClearingStore>;
  /** Wraps the sink of the roles' traces, for logs that are written wrongly. */
  readonly trace?: Vary<TraceSink>;
  /** What a role says wrongly on a link: everybody else sees it as that role's own message. */
  readonly says?: readonly LinkFault[];
}

export const REFERENCE: Variation = {};
