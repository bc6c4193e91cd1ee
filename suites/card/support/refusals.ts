/** Commands whose S2 is not the other side's: the card refuses each, and is afterwards what it was. */
import { type Case, type DeviceCase, type DeviceContext, defineDeviceCase } from "../../define/case.ts";
import { openPurse, type Purse } from "./purse.ts";
import { Sweep } from "./sweep.ts";

/** What is said of a command, and how its data are made in a session of INITIALIZE IEP. */
export type Refused<S> = readonly [what: string, make: (session: S, purse: Purse) => Uint8Array];

/** One of the two commands that carry S2. */
export interface SignedCommand<S> {
  /** DEBIT IEP or CREDIT IEP. */
  readonly name: string;
  /** Whose S2 it would have to be, as the check says it. */
  readonly title: string;
  readonly requirement: string;
  readonly requirements: readonly string[];
  readonly consumes: DeviceCase["consumes"];
  /** INITIALIZE IEP. */
  readonly open: (purse: Purse) => Promise<S>;
  readonly command: (data: Uint8Array) => Uint8Array;
  /** A whole transaction, which the card takes afterwards. */
  readonly transact: (purse: Purse) => Promise<unknown>;
}

/** Each is sent after its own INITIALIZE IEP and is refused with `'9302'`; afterwards the purse is as before, and still serves. */
async function expectRefusals<S>(t: DeviceContext, of: SignedCommand<S>, rows: readonly Refused<S>[]): Promise<void> {
  const about = { requirement: of.requirement };
  const purse = await openPurse(t);
  const sweep = new Sweep(purse.talk);
  for (const [what, make] of rows) {
    const session = await of.open(purse);
    await sweep.ask(`${of.name}, ${what}`, of.command(make(session, purse)), "9302");
    await sweep.ask(`${of.name} after that, ${what}`, of.command(make(session, purse)), "6985");
  }
  sweep.expectNone(of.title, about);
  await purse.expectSame(about);
  await of.transact(purse);
}

/** Cases of `of` that try `rows`. */
export function refusalCases<S>(
  of: SignedCommand<S>,
): (
  about: Pick<DeviceCase, "id" | "purpose"> & Partial<DeviceCase> & { readonly rows: readonly Refused<S>[] },
) => Case {
  const { requirements, consumes } = of;
  return ({ rows, ...about }) =>
    defineDeviceCase({
      suite: "card",
      requirements,
      owner: "card",
      needs: { keys: true },
      ...(consumes ? { consumes } : {}),
      ...about,
      run: (t) => expectRefusals(t, of, rows),
    });
}
