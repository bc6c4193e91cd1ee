import { z } from "zod";
import { CardClaims, NoClaims, PsamClaims, ReaderClaims, TerminalClaims } from "./claims.ts";
import { picsFlaws } from "./pics-flaws.ts";
import { readYamlFile } from "./yaml-file.ts";

const FORMAT = z.literal("pursebench-pics/1");
const SERVERS = ["set-top-box", "head-end", "merchant", "payment-server"] as const;
const ROLES = ["card", "psam", "reader", "terminal", ...SERVERS] as const;
const Device = z.strictObject({ vendor: z.string(), product: z.string(), version: z.string() });

function statementOf<R extends (typeof ROLES)[number], C extends z.ZodType>(role: R, claims: C) {
  return z.strictObject({ format: FORMAT, role: z.literal(role), device: Device, claims });
}

const Card = statementOf("card", CardClaims.default({})).superRefine(noFlaws);
const Psam = statementOf("psam", PsamClaims.default({})).superRefine(noFlaws);
const Reader = statementOf("reader", ReaderClaims.default({})).superRefine(noFlaws);
const Terminal = statementOf("terminal", TerminalClaims.default({})).superRefine(noFlaws);
const Server = z.strictObject({
  format: FORMAT,
  role: z.enum(SERVERS),
  device: Device,
  claims: NoClaims.default({}),
});

/** What a device claims to support (implementation conformance statement). A claim that is absent is not limited. */
export type Pics =
  | z.output<typeof Card>
  | z.output<typeof Psam>
  | z.output<typeof Reader>
  | z.output<typeof Terminal>
  | z.output<typeof Server>;

const SCHEMAS = { card: Card, psam: Psam, reader: Reader, terminal: Terminal } as const;

/** Which of the schemas is to be used. */
const Head = z.looseObject({ format: FORMAT, role: z.enum(ROLES) });

/** Throws `USAGE` with file and line, also for a PICS that contradicts itself. */
export function loadPics(path: string): Pics {
  const { role } = readYamlFile(path, Head, "PICS");
  const schema = role in SCHEMAS ? SCHEMAS[role as keyof typeof SCHEMAS] : Server;
  return readYamlFile<z.ZodType<Pics>>(path, schema, "PICS");
}

function noFlaws(pics: Parameters<typeof picsFlaws>[0], context: z.RefinementCtx): void {
  for (const { path, message } of picsFlaws(pics)) context.addIssue({ code: "custom", path, message });
}
