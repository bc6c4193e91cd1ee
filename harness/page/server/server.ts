/** The HTTP side of the station: who may ask, and what. */
import { createReadStream } from "node:fs";
import { join } from "node:path";
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from "fastify";
import { z } from "zod";
import { messageOf, PursebenchError } from "../../core/errors.ts";
import { verifyRun } from "../../evidence/verify.ts";
import type { Preview, VerifyView } from "../shared/state.ts";
import type { Asset } from "./assets.ts";
import { aboutMs, durationsOn } from "./durations.ts";
import { streamState } from "./event-stream.ts";
import type { LiveState } from "./live-state.ts";
import { isOwnOrigin, ownNames } from "./own-name.ts";
import { isRunName, runFile } from "./run-files.ts";
import { checkForm, type FormContext, LONGEST_CLAIMS, runForm } from "./run-form.ts";
import type { RunKeeper } from "./run-keeper.ts";
import { cookieOf, type TokenGate } from "./token-gate.ts";

/** Of the whole page. Nothing from elsewhere, nothing inline; text never becomes markup. */
const PAGE_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'";
/** A form with two pasted descriptions; JSON can double a character. */
const FORM_BYTES = 4 * LONGEST_CLAIMS + 16_384;
const SMALL_BYTES = 4_096;
/** Browsers, tabs and what pretends to be. */
const MOST_STREAMS = 64;

export interface StationServerOptions {
  readonly host: string;
  readonly assets: ReadonlyMap<string, Asset>;
  readonly state: LiveState;
  readonly keeper: RunKeeper;
  /** What a form is checked against. */
  readonly context: () => FormContext;
  readonly gate?: TokenGate | undefined;
}

export function stationServer(options: StationServerOptions): FastifyInstance {
  const app = fastify({
    bodyLimit: SMALL_BYTES,
    forceCloseConnections: true,
    requestTimeout: 30_000,
    routerOptions: { maxParamLength: 512 },
  });
  guard(app, options);
  serveAssets(app, options);
  serveSession(app, options);
  serveEvents(app, options);
  serveRuns(app, options);
  serveFiles(app, options);
  return app;
}

/** Name of the cookie: cookies are shared by all ports of a host. */
function cookieName(request: FastifyRequest): string {
  return `pursebench-station-${request.socket.localPort ?? 0}`;
}

function isIn(request: FastifyRequest, gate: TokenGate | undefined): boolean {
  return !gate || gate.knows(cookieOf(request.headers.cookie, cookieName(request)));
}

/** Open to everybody who reaches the server: they say nothing of the station. */
const OPEN: ReadonlySet<string> = new Set(["/api/session"]);

function guard(app: FastifyInstance, { host, gate, assets }: StationServerOptions): void {
  const isOwn = ownNames(host);
  app.addHook("onRequest", async (request, reply) => {
    void reply.headers({
      "content-security-policy": PAGE_POLICY,
      "x-content-type-options": "nosniff",
      "referrer-policy": "no-referrer",
      "cross-origin-resource-policy": "same-origin",
      "cross-origin-opener-policy": "same-origin",
      "permissions-policy": "camera=(), microphone=(), geolocation=(), usb=(), serial=()",
      "cache-control": "no-store",
    });
    if (!isOwn(request.headers.host)) return await refuse(reply, 421, "This is not the name of this station.");
    if (request.method !== "GET" && request.method !== "HEAD") {
      if (!isOwnOrigin(request.headers)) return await refuse(reply, 403, "Only the station's own page may ask that.");
      const type = request.headers["content-type"] ?? "";
      if (!/^application\/json\b/.test(type)) return await refuse(reply, 415, "Send JSON.");
    }
    const path = request.url.split("?")[0] ?? "";
    if (assets.has(path) || OPEN.has(path) || isIn(request, gate)) return;
    return await refuse(reply, 401, "Enter the token of this station first.");
  });
  app.setNotFoundHandler(async (_, reply) => await refuse(reply, 404, "There is nothing here."));
  app.setErrorHandler(async (thrown, _, reply) => {
    if (thrown instanceof PursebenchError) {
      const status = thrown.code === "DEVICE_BUSY" ? 409 : thrown.code === "USAGE" ? 400 : 500;
      return await refuse(reply, status, thrown.message, thrown.mend);
    }
    if (thrown instanceof z.ZodError) return await refuse(reply, 400, "This is not what the page sends.");
    const status = statusOf(thrown);
    return await refuse(reply, status, status >= 500 ? `The station failed: ${messageOf(thrown)}` : messageOf(thrown));
  });
}

function statusOf(thrown: unknown): number {
  const status: unknown =
    typeof thrown === "object" && thrown !== null && "statusCode" in thrown ? thrown.statusCode : 500;
  return typeof status === "number" ? status : 500;
}

async function refuse(reply: FastifyReply, status: number, message: string, mend?: string): Promise<FastifyReply> {
  return await reply.code(status).send({ message, ...(mend === undefined ? {} : { mend }) });
}

function serveAssets(app: FastifyInstance, { assets }: StationServerOptions): void {
  for (const [path, { type, body, etag }] of assets) {
    app.get(path, async (request, reply) => {
      void reply.headers({ etag, "cache-control": "no-cache" });
      if (request.headers["if-none-match"] === etag) return await reply.code(304).send();
      return await reply.type(type).send(body);
    });
  }
}

const entry = z.object({ token: z.string().max(512) });

function serveSession(app: FastifyInstance, { gate }: StationServerOptions): void {
  app.get("/api/session", async (request) => ({ isIn: isIn(request, gate) }));
  app.post("/api/session", async (request, reply) => {
    const entrance = gate?.enter(entry.parse(request.body).token, request.ip) ?? "granted";
    if (entrance === "too-many") {
      void reply.header("retry-after", "60");
      return await refuse(reply, 429, "Too many wrong tokens.", "Wait a minute.");
    }
    if (entrance === "wrong")
      return await refuse(reply, 403, "This is not the token.", "It was printed when the station was started.");
    if (gate) {
      const flags = "Path=/; HttpOnly; SameSite=Strict; Max-Age=2592000";
      void reply.header("set-cookie", `${cookieName(request)}=${gate.pass}; ${flags}`);
    }
    return { isIn: true };
  });
}

function serveEvents(app: FastifyInstance, { state }: StationServerOptions): void {
  const ends = new Set<() => void>();
  app.get("/api/events", async (request, reply) => {
    if (ends.size >= MOST_STREAMS) return await refuse(reply, 503, "Too many pages are open.", "Close some.");
    const last = request.headers["last-event-id"];
    reply.hijack();
    const headers = { ...reply.getHeaders(), "content-type": "text/event-stream", "x-accel-buffering": "no" };
    request.raw.socket.setTimeout(0);
    reply.raw.writeHead(200, headers as Record<string, string>);
    const end = streamState(reply.raw, state, typeof last === "string" ? last : undefined);
    ends.add(end);
    reply.raw.once("close", () => ends.delete(end));
    return reply;
  });
  app.addHook("preClose", async () => {
    for (const end of ends) end();
  });
}

const answer = z.object({ id: z.number().int(), answer: z.enum(["done", "cannot"]) });

function serveRuns(app: FastifyInstance, { state, keeper, context }: StationServerOptions): void {
  const big = { bodyLimit: FORM_BYTES };
  const durations = (bench: string) => durationsOn(context().runs, bench, state.get("history"));
  app.post("/api/preview", big, async (request): Promise<Preview> => {
    const { errors, prepared } = await checkForm(runForm.parse(request.body), context());
    if (!prepared) return { errors };
    const ids = prepared.cases.map(({ id }) => id);
    return { errors, cases: ids.length, aboutMs: aboutMs(ids, await durations(prepared.bench.name)) };
  });
  app.post("/api/run", big, async (request, reply): Promise<Preview> => {
    const form = runForm.parse(request.body);
    const { errors, prepared } = await checkForm(form, context());
    if (!prepared) return await reply.code(422).send({ errors });
    keeper.begin(form, prepared, await durations(prepared.bench.name));
    return { errors, cases: prepared.cases.length };
  });
  app.post("/api/run/stop", async () => {
    keeper.stop();
    return {};
  });
  app.post("/api/prompt", async (request, reply) => {
    const { id, answer: given } = answer.parse(request.body);
    if (!keeper.answer(id, given)) return await refuse(reply, 409, "This was answered already, or came too late.");
    return {};
  });
  app.post("/api/result/close", async () => {
    state.set("result", null);
    return {};
  });
  app.post("/api/runs/:id/verify", async (request, reply): Promise<VerifyView> => {
    const id = nameOf(request.params);
    if (!isRunName(id) || !state.get("history").some((run) => run.id === id)) {
      return (await refuse(reply, 404, "There is no such run.")) as never;
    }
    const { ok, lines, damage } = await verifyRun(join(context().runs, id));
    const [first] = damage;
    const where = first ? `${first.file}${first.line === undefined ? "" : `, line ${first.line}`}: ${first.what}` : "";
    return { id, ok, text: ok ? `Intact: ${lines} lines, none changed.` : `Not intact: ${where}` };
  });
}

function nameOf(params: unknown): string {
  return z.object({ id: z.string() }).parse(params).id;
}

function serveFiles(app: FastifyInstance, { context }: StationServerOptions): void {
  app.get("/runs/:id/*", async (request, reply) => {
    const { id, "*": path } = z.object({ id: z.string(), "*": z.string() }).parse(request.params);
    const file = await runFile(context().runs, id, path);
    if (!file) return await refuse(reply, 404, "There is no such file.");
    if (!("content-security-policy" in file.headers)) reply.removeHeader("content-security-policy");
    void reply.headers({ ...file.headers, "content-length": String(file.bytes) });
    return await reply.send(createReadStream(file.path));
  });
}
