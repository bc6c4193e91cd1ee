import { X509Certificate } from "node:crypto";
import { createServer } from "node:net";
import { connect } from "node:tls";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { systemClock, VirtualClock } from "../../core/clock.ts";
import { deadlineIn } from "../../core/deadline.ts";
import type { Listener } from "../contracts.ts";
import type { HttpHandler, HttpRequest } from "./http.ts";
import { listenHttps } from "./https.ts";
import { httpsClient } from "./https-client.ts";
import type { ServerTls } from "./listen.ts";
import { memoryHttp } from "./memory-http.ts";
import { createTestCa, type TestCa } from "./test-ca.ts";

const ok = { status: 200, headers: { "content-type": "text/plain" }, body: "ok" };
const get: HttpRequest = { method: "GET", path: "/", headers: {}, body: "" };
const soon = () => deadlineIn(systemClock, 5_000);

let ca: TestCa;
let tls: ServerTls;

beforeAll(async () => {
  ca = await createTestCa({ now: new Date() });
  tls = await ca.issue();
});

const open: AsyncDisposable[] = [];
afterAll(async () => {
  for (const each of open) await each[Symbol.asyncDispose]();
});

async function site(handler: HttpHandler, failures: unknown[] = []): Promise<{ origin: string; listener: Listener }> {
  const listener = await listenHttps({
    handler,
    tls,
    host: "127.0.0.1",
    port: 0,
    onFailure: (it) => failures.push(it),
  });
  open.push(listener);
  return { origin: `https://${listener.address}`, listener };
}

function client(trusted = ca.certificate) {
  const made = httpsClient({ ca: trusted, clock: systemClock });
  open.push(made);
  return made;
}

/** Everything that the server says to these bytes, until it closes. */
function sayRaw(origin: string, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const url = new URL(origin);
    const socket = connect({ host: url.hostname, port: Number(url.port), ca: ca.certificate }, () =>
      socket.write(text, "latin1"),
    );
    let said = "";
    socket.on("data", (bytes) => {
      said += bytes.toString("latin1");
    });
    socket.once("close", () => resolve(said));
    socket.once("error", reject);
  });
}

describe("a certificate of the test CA", () => {
  test("is signed by the CA, short-lived, for this machine's names and for servers only", () => {
    const root = new X509Certificate(ca.certificate);
    const own = new X509Certificate(tls.certificate);
    expect(root.ca).toBe(true);
    expect(own.ca).toBe(false);
    expect(own.verify(root.publicKey)).toBe(true);
    expect(own.checkIssued(root)).toBe(true);
    expect(own.checkHost("localhost")).toBe("localhost");
    expect(own.checkIP("127.0.0.1")).toBe("127.0.0.1");
    expect(own.checkHost("example.org")).toBeUndefined();
    expect(own.keyUsage).toEqual(["1.3.6.1.5.5.7.3.1"]); // serverAuth
    expect(Date.parse(own.validTo) - Date.now()).toBeLessThan(8 * 86_400_000);
  });

  test("leaves no polyfill behind", () => {
    expect(Reflect.has(Reflect, "getMetadata")).toBe(false);
  });
});

describe("HTTPS between client and server", () => {
  test("carries method, path, headers and bodies in UTF-8 both ways", async () => {
    const seen: HttpRequest[] = [];
    const { origin } = await site(async (request) => {
      seen.push(request);
      return { status: 402, headers: { "x-own": "1" }, body: "späť €" };
    });
    const request: HttpRequest = {
      method: "POST",
      path: "/checkout?a=1",
      headers: { cookie: "session=0123456789ABCDEF" },
      body: "title=größer",
    };
    const response = await client()(origin, request, soon());
    expect(response).toMatchObject({ status: 402, body: "späť €", headers: { "x-own": "1" } });
    expect(seen).toMatchObject([request]);
  });

  test("keeps the connection for the next request", async () => {
    const { origin } = await site(async () => ok);
    const reused = client();
    const first = await reused(origin, get, soon());
    expect(first.headers.connection).toBe("keep-alive");
    const answers = await Promise.all(Array.from({ length: 20 }, () => reused(origin, get, soon())));
    expect(answers.every(({ status }) => status === 200)).toBe(true);
  });

  test.each([
    [16_384, 200],
    [16_385, 413],
  ])("answers a body of %i bytes with %i", async (length, status) => {
    const { origin } = await site(async () => ok);
    const request: HttpRequest = { method: "POST", path: "/", headers: {}, body: "x".repeat(length) };
    expect((await client()(origin, request, soon())).status).toBe(status);
  });

  test("takes longer bodies where a site says so", async () => {
    await using server = await listenHttps({
      tls,
      host: "127.0.0.1",
      port: 0,
      bodyLimit: 131_072,
      handler: async ({ body }) => ({ ...ok, body: `${body.length}` }),
    });
    const request: HttpRequest = { method: "POST", path: "/", headers: {}, body: "B".repeat(131_072) };
    expect((await client()(`https://${server.address}`, request, soon())).body).toBe("131072");
    const longer = { ...request, body: `${request.body}B` };
    expect((await client()(`https://${server.address}`, longer, soon())).status).toBe(413);
  });

  test("answers a chunked body above the limit with 413", async () => {
    const { origin } = await site(async () => ok);
    const chunk = `4100\r\n${"x".repeat(0x4100)}\r\n0\r\n\r\n`;
    const said = await sayRaw(origin, `POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n${chunk}`);
    expect(said).toMatch(/^HTTP\/1\.1 413 /);
  });

  test.each([
    ["DELETE / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", 405],
    ["POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 2\r\n\r\n\xff\xfe", 400],
    ["POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400],
    ["POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd", 400],
    [`GET / HTTP/1.1\r\nHost: x\r\nX-Long: ${"x".repeat(20_000)}\r\n\r\n`, 431],
    ["no HTTP at all\r\n\r\n", 400],
  ])("refuses %j with %i, and the handler never hears of it", async (text, status) => {
    const asked: HttpRequest[] = [];
    const { origin } = await site(async (request) => {
      asked.push(request);
      return ok;
    });
    expect(await sayRaw(origin, text)).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(asked).toEqual([]);
  });

  test("answers 500 when the handler fails, and tells whoever asked for it", async () => {
    const failures: unknown[] = [];
    const defect = new Error("a defect");
    const { origin } = await site(() => Promise.reject(defect), failures);
    expect((await client()(origin, get, soon())).status).toBe(500);
    expect(failures).toEqual([defect]);
  });
});

describe("the HTTPS client reports", () => {
  test("SERVICE_ABSENT when nobody listens", async () => {
    const { origin, listener } = await site(async () => ok);
    await listener[Symbol.asyncDispose]();
    await expect(client()(origin, get, soon())).rejects.toMatchObject({ code: "SERVICE_ABSENT", owner: "server" });
  });

  test("PROTOCOL for a certificate of another CA, and for another name", async () => {
    const { origin } = await site(async () => ok);
    const other = await createTestCa({ now: new Date() });
    await expect(client(other.certificate)(origin, get, soon())).rejects.toMatchObject({ code: "PROTOCOL" });
    const foreign = await listenHttps({
      handler: async () => ok,
      tls: await ca.issue(["example.org"]),
      host: "127.0.0.1",
      port: 0,
    });
    open.push(foreign);
    await expect(client()(`https://${foreign.address}`, get, soon())).rejects.toMatchObject({ code: "PROTOCOL" });
  });

  test("DEVICE_SILENT past the deadline", async () => {
    const { origin } = await site(() => new Promise(() => undefined));
    await expect(client()(origin, get, deadlineIn(systemClock, 50))).rejects.toMatchObject({ code: "DEVICE_SILENT" });
  });

  test.each([
    [1_048_576, undefined],
    [1_048_577, "DEVICE_GARBLED"],
  ])("an answer of %i bytes: %s", async (length, code) => {
    const { origin } = await site(async () => ({ ...ok, body: "x".repeat(length) }));
    const outcome = await client()(origin, get, soon()).catch((thrown: unknown) => thrown);
    expect(outcome).toMatchObject(code === undefined ? { status: 200 } : { code });
  });

  test("DEVICE_LOST when the server stops in the middle", async () => {
    let entered: () => void = () => undefined;
    const working = new Promise<void>((resolve) => {
      entered = resolve;
    });
    const { origin, listener } = await site(() => {
      entered();
      return new Promise(() => undefined);
    });
    const outcome = client()(origin, get, soon()).catch((thrown: unknown) => thrown);
    await working;
    await listener[Symbol.asyncDispose]();
    expect(await outcome).toMatchObject({ code: "DEVICE_LOST" });
  });

  test("a server that speaks no TLS as a failure of the server, not as a crash", async () => {
    const plain = createServer((socket) => socket.resume().end("hello\r\n"));
    await new Promise<void>((resolve) => plain.listen(0, "127.0.0.1", resolve));
    const address = plain.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    await expect(client()(`https://127.0.0.1:${port}`, get, soon())).rejects.toMatchObject({ owner: "server" });
    await new Promise((resolve) => plain.close(resolve));
  });

  test.each(["http://127.0.0.1:1", "127.0.0.1", ""])("USAGE for the origin %j", async (origin) => {
    await expect(client()(origin, get, soon())).rejects.toMatchObject({ code: "USAGE" });
  });
});

describe("the HTTPS server refuses to start", () => {
  test("with a certificate that is none", async () => {
    const start = listenHttps({
      handler: async () => ok,
      tls: { certificate: "x", key: "y" },
      host: "127.0.0.1",
      port: 0,
    });
    await expect(start).rejects.toMatchObject({ code: "USAGE" });
  });

  test("on a port that is in use", async () => {
    const { origin } = await site(async () => ok);
    const port = Number(new URL(origin).port);
    const start = listenHttps({ handler: async () => ok, tls, host: "127.0.0.1", port });
    await expect(start).rejects.toMatchObject({ code: "DEVICE_BUSY" });
  });
});

describe("HTTP in process", () => {
  const clock = new VirtualClock(new Date(0));

  test("reaches the site of that origin", async () => {
    const http = memoryHttp(
      new Map([["https://shop", async (request: HttpRequest) => ({ ...ok, body: request.path })]]),
    );
    expect((await http("https://shop", { ...get, path: "/x" }, deadlineIn(clock, 10))).body).toBe("/x");
  });

  test("reports an unknown origin and a silent site as the network would", async () => {
    const http = memoryHttp(new Map([["https://mute", () => new Promise<never>(() => undefined)]]));
    await expect(http("https://shop", get, deadlineIn(clock, 10))).rejects.toMatchObject({ code: "SERVICE_ABSENT" });
    await expect(http("https://mute", get, deadlineIn(clock, 10))).rejects.toMatchObject({ code: "DEVICE_SILENT" });
  });
});
