/** Which messages a terminal takes (`messages.md` 5): address, kind, form. */
import { concat, fromHex, toHex } from "../../harness/core/bytes.ts";
import type { Case } from "../define/case.ts";
import { F, type Sales, WITHDRAW } from "./support/sales.ts";
import { salesCase, upTo } from "./support/terminal-case.ts";
import { type Element, element, template } from "./support/tlv.ts";

/** One of each message that a terminal takes: its tag and its elements, about `IDTRX`. */
function messages(
  sales: Sales,
  IDTRX: string,
): Readonly<Record<string, readonly [tag: number, elements: readonly Element[]]>> {
  const about = sales.about(IDTRX);
  const [IDTERM] = about as readonly [Element];
  return {
    "T-draw": [F.draw, sales.drawElements({ IDTRX })],
    "T-response": [F.response, [...about, element("DF26", "00".repeat(16)), element("DF27", "9000")]],
    "T-cancel": [F.cancel, [...about, element("DF39", WITHDRAW)]],
    "T-read-store": [F.readStore, [IDTERM, element("DF3A", "0000")]],
    "T-read-totals": [F.readTotals, [IDTERM]],
  };
}

/** Well-formed messages of kinds that no terminal receives. */
function strangers(sales: Sales, IDTRX: string): Readonly<Record<string, Uint8Array>> {
  const about = sales.about(IDTRX);
  const [IDTERM] = about as readonly [Element];
  const DEBITDATA = element(
    "DF25",
    `0001230000000100000001000000010978022026011512305900490089${IDTRX}0000000000000000`,
  );
  return {
    "T-debit": template(F.debit, [...about, DEBITDATA]),
    "T-result": template(F.result, [...about, element("DF1B", "9302")]),
    "T-refusal": template(F.refusal, [...about, element("DF1B", "A001")]),
    "T-done": template(F.done, [...about, element("DF1B", "0000")]),
    "T-store": template(F.store, [IDTERM, element("DF3A", "0000"), element("DF3B", "")]),
    "T-totals": template(F.totals, [IDTERM, element("DF3C", "00012300000001000000012026010100")]),
    "T-apdu": template(0xfc, [IDTERM, element("DF4A", "908C000000")]),
    "T-answer": template(0xfd, [IDTERM, element("DF4B", "9000")]),
    "debit command": template(0xeb, [element("DF21", IDTRX), DEBITDATA]),
  };
}

export const cases: readonly Case[] = [
  openCase(
    "TERM-ADDR-01",
    "A message for another terminal is A009, whichever bit of IDTERM is wrong, and nothing is done",
    async (sales) => {
      const IDTRX = sales.nextIdtrx();
      for (const [what, [tag, elements]] of Object.entries(messages(sales, IDTRX))) {
        for (const bit of upTo(32)) {
          const IDTERM = fromHex(sales.IDTERM).map((byte, index) =>
            index === bit >> 3 ? byte ^ (1 << (bit & 7)) : byte,
          );
          const message = template(tag, [element("DF22", IDTERM), ...elements.slice(1)]);
          const hasIdtrx = elements.some((each) => each.tag === "DF21");
          await sales.says(
            `${what} with bit ${bit} of IDTERM wrong`,
            message,
            sales.dueRefusal("A009", hasIdtrx ? IDTRX : undefined),
          );
        }
      }
    },
  ),
  openCase(
    "TERM-KIND-01",
    "Messages that no terminal receives are A00A, whether addressed to it or not",
    async (sales, t) => {
      const IDTRX = sales.nextIdtrx();
      for (const [what, message] of Object.entries(strangers(sales, IDTRX))) {
        const answer = toHex(await sales.ask(message));
        t.expect.oneOf(`answer to ${what}`, answer, [sales.dueRefusal("A00A"), sales.dueRefusal("A00A", IDTRX)]);
      }
    },
  ),
  openCase(
    "TERM-KIND-02",
    "A template of any other tag is refused and not obeyed, with the elements of a message that would be",
    async (sales, t) => {
      const IDTRX = sales.nextIdtrx();
      const known = new Set([F.draw, F.response, F.cancel, F.readStore, F.readTotals, 0xb4, 0xb6, 0xb7]);
      for (const tag of upTo(256)) {
        if ((known as Set<number>).has(tag)) continue;
        const answer = toHex(await sales.ask(template(tag, sales.drawElements({ IDTRX }))));
        const allowed = ["A001", "A00A"].flatMap((CC) => [sales.dueRefusal(CC), sales.dueRefusal(CC, IDTRX)]);
        t.expect.oneOf(`answer to a template ${tag.toString(16).toUpperCase()}`, answer, allowed);
      }
    },
  ),
  openCase("TERM-FORM-01", "A message that is cut off after any of its bytes is A001", async (sales) => {
    for (const [what, whole] of wholes(sales)) {
      for (const length of upTo(whole.length))
        await refused(sales, `${what}, ${length} bytes`, whole.subarray(0, length));
    }
  }),
  openCase("TERM-FORM-02", "A message with anything behind it is A001", async (sales) => {
    for (const [what, whole] of wholes(sales)) {
      for (const more of ["00", "FF", "DF2200", toHex(whole)]) {
        await refused(sales, `${what} and ${more.slice(0, 8)}`, concat(whole, fromHex(more)));
      }
    }
  }),
  openCase(
    "TERM-FORM-03",
    "A message without one of its elements, with one twice or two in the wrong order is A001",
    async (sales) => {
      for (const [what, [tag, elements]] of Object.entries(messages(sales, sales.nextIdtrx()))) {
        for (const [index, each] of elements.entries()) {
          const without = elements.filter((_, place) => place !== index);
          await refused(sales, `${what} without ${each.tag}`, template(tag, without));
          await refused(
            sales,
            `${what} with ${each.tag} twice`,
            template(
              tag,
              elements.flatMap((e) => (e === each ? [e, e] : [e])),
            ),
          );
          await refused(sales, `${what} with ${each.tag} twice`, template(tag, [...elements, each]));
          const next = elements[index + 1];
          if (next === undefined) continue;
          const swapped = elements.map((e) => (e === each ? next : e === next ? each : e));
          await refused(sales, `${what} with ${next.tag} before ${each.tag}`, template(tag, swapped));
        }
      }
    },
  ),
  openCase("TERM-FORM-04", "An element one byte too short or too long, or empty, is A001", async (sales) => {
    for (const [what, [tag, elements]] of Object.entries(messages(sales, sales.nextIdtrx()))) {
      for (const [index, { tag: name, value }] of elements.entries()) {
        const others = [value.subarray(0, value.length - 1), concat(value, Uint8Array.of(0)), new Uint8Array(0)];
        for (const other of others) {
          if (name === "DF26" && other.length === 0) continue; // no CARDRSP is a message of its own
          if (name === "DF23" && other.length > 0) continue; // lengths of an answer to reset are the security card's affair
          const changed = elements.map((each, place) => (place === index ? element(name, other) : each));
          await refused(sales, `${what} with ${name} of ${other.length} bytes`, template(tag, changed));
        }
      }
    }
  }),
  openCase(
    "TERM-FORM-05",
    "Lengths in another form than the shortest, and indefinite ones, are A001",
    async (sales) => {
      for (const [what, whole] of wholes(sales)) {
        const isLong = (whole[1] ?? 0) >= 0x80;
        const content = whole.subarray(isLong ? 3 : 2);
        const size = Uint8Array.of(content.length);
        const forms = [...(isLong ? [] : ["81"]), "8200", "830000", "84000000"].map((form) =>
          concat(fromHex(form), size, content),
        );
        for (const form of [
          ...forms,
          concat(fromHex("80"), content, fromHex("0000")),
          concat(fromHex("FF"), content),
        ]) {
          await refused(sales, `${what} with length ${toHex(form.subarray(0, 2))}`, concat(whole.subarray(0, 1), form));
        }
      }
    },
  ),
  openCase(
    "TERM-FORM-06",
    "Amount zero, digits that are none, a mode and a comparison that are none are refused",
    async (sales, t) => {
      const IDTRX = sales.nextIdtrx();
      const [, elements] = messages(sales, IDTRX)["T-draw"] ?? [0, []];
      const wrong = [
        ["DF13", "00000000"],
        ["DF14", "0A78"],
        ["DF15", "04"],
        ["DF15", "FF"],
        ["DF20", "7465726D74737431"],
      ] as const;
      for (const [name, value] of wrong) {
        const changed = elements.map((each) => (each.tag === name ? element(name, value) : each));
        await refused(sales, `T-draw with ${name} ${value}`, template(F.draw, changed));
      }
      for (const COMPARE of ["00", "04", "FF"]) {
        await refused(
          sales,
          `T-draw with COMPARE ${COMPARE}`,
          template(F.draw, [...elements, element("DF3E", COMPARE)]),
        );
      }
      t.ending("refused");
    },
  ),
  openCase("TERM-FORM-07", "Elements that nobody knows are passed over, wherever they stand", async (sales, t) => {
    for (const [what, [tag, elements]] of Object.entries(messages(sales, sales.nextIdtrx()))) {
      if (tag === F.draw) continue; // 6985 while another is open: shown by the others
      const plain = toHex(await sales.ask(template(tag, elements)));
      for (const index of upTo(elements.length + 1)) {
        const stranger = element("DF7F", "0102030405");
        const message = template(tag, [...elements.slice(0, index), stranger, ...elements.slice(index)]);
        t.expect.equal(`answer to ${what} with a stranger at place ${index}`, toHex(await sales.ask(message)), plain);
      }
    }
  }),
];

/** A case with a transaction open all the while, which is confirmed at the end: nothing has disturbed it. */
function openCase(id: string, purpose: string, run: Parameters<typeof salesCase>[0]["run"]): Case {
  return salesCase({
    id,
    purpose,
    requirements: ["TERM-0042-a", "TERM-0093-a"],
    consumes: { NTPSAM: 1, value: 1 },
    async run(sales, t) {
      const before = await sales.books();
      const sale = await sales.draw();
      await run(sales, t);
      await sales.confirm(sale);
      await sales.expectBooks(before, { NTPSAM: 1, sum: 1, count: 1 });
    },
  });
}

function wholes(sales: Sales): readonly (readonly [string, Uint8Array])[] {
  const all = Object.entries(messages(sales, sales.nextIdtrx()));
  return all.map(([what, [tag, elements]]) => [what, template(tag, elements)]);
}

async function refused(sales: Sales, what: string, message: Uint8Array): Promise<void> {
  await sales.says(what, message, sales.dueRefusal("A001"));
}
