import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { EMPTY_FORM } from "../browser/model.ts";
import type { Preview } from "../shared/state.ts";
import { compiledPage } from "../testing/compiled.ts";
import { gate, openPage, type PageChange, waitingCase } from "../testing/station-page.ts";

const assets = compiledPage();
const opened: AsyncDisposable[] = [];
afterAll(async () => {
  for (const each of opened) await each[Symbol.asyncDispose]();
});

async function open(change: PageChange = {}) {
  const page = await openPage({ assets, ...change });
  opened.push(page);
  return page;
}

interface Asked {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** A request with headers as they are given: `fetch` would set some of them itself. */
function ask(url: string, path: string, { method = "GET", headers = {}, body }: Asked = {}) {
  const { port, hostname } = new URL(url);
  return new Promise<{ status: number; headers: NodeJS.Dict<string | string[]>; text: string }>((resolve, reject) => {
    const sent = request({ host: hostname.replace(/^\[|\]$/g, ""), port, path, method, headers }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (more: string) => {
        text += more;
      });
      response.once("end", () => resolve({ status: response.statusCode ?? 0, headers: response.headers, text }));
    });
    sent.once("error", reject);
    sent.end(body);
  });
}

const JSON_TYPE = { "content-type": "application/json" };
const post = (url: string, path: string, body: unknown, headers: Readonly<Record<string, string>> = {}) =>
  ask(url, path, { method: "POST", headers: { ...JSON_TYPE, ...headers }, body: JSON.stringify(body) });

const { page, runs, folder } = await open();
const { url } = page;
const FORM = { ...EMPTY_FORM, bench: "inproc" };

test("the page comes with a policy that allows nothing inline and nothing from elsewhere", async () => {
  const { status, headers, text } = await ask(url, "/");
  expect(status).toBe(200);
  expect(headers["content-security-policy"]).toContain("default-src 'none'; script-src 'self'");
  expect(headers["x-content-type-options"]).toBe("nosniff");
  expect(text).not.toMatch(/<script>|style=|onclick|https?:\/\//);
});

test("what did not change is not sent again", async () => {
  const first = await ask(url, "/station.css");
  const again = await ask(url, "/station.css", { headers: { "if-none-match": String(first.headers.etag) } });
  expect([first.headers["cache-control"], again.status, again.text]).toEqual(["no-cache", 304, ""]);
});

test.each(["evil.example", "127.0.0.1.evil.example:80", "localhost.evil", "10.0.0.7"])(
  "a request for the host %j is not for this station",
  async (host) => {
    expect((await ask(url, "/", { headers: { host } })).status).toBe(421);
  },
);

test.each(["localhost", "LOCALHOST:1", "[::1]:8080", "127.0.0.1"])("a request for %s is", async (host) => {
  expect((await ask(url, "/", { headers: { host } })).status).toBe(200);
});

test("a page from elsewhere can change nothing", async () => {
  const { host } = new URL(url);
  const from = (headers: Readonly<Record<string, string>>) => post(url, "/api/run/stop", {}, headers);
  expect((await from({ origin: "http://evil.example" })).status).toBe(403);
  expect((await from({ origin: "null" })).status).toBe(403);
  expect((await from({ origin: `http://localhost:1` })).status).toBe(403);
  expect((await from({ "sec-fetch-site": "cross-site" })).status).toBe(403);
  expect((await from({ "sec-fetch-site": "same-site" })).status).toBe(403);
  expect((await from({ origin: `http://${host}`, "sec-fetch-site": "same-origin" })).status).toBe(200);
});

test("a form of another site, which cannot send JSON, is refused", async () => {
  const answer = await ask(url, "/api/run/stop", {
    method: "POST",
    headers: { "content-type": "text/plain" },
    body: "{}",
  });
  expect(answer.status).toBe(415);
});

test("bodies that are long, no JSON, or not what the page sends are refused in words", async () => {
  expect((await post(url, "/api/prompt", { id: 1, answer: "x".repeat(5_000) })).status).toBe(413);
  expect((await post(url, "/api/run", { ...FORM, pics: { kind: "text", text: "x".repeat(2_000_000) } })).status).toBe(
    413,
  );
  expect((await ask(url, "/api/prompt", { method: "POST", headers: JSON_TYPE, body: "{" })).status).toBe(400);
  const wrong = await post(url, "/api/run", { bench: 5 });
  expect([wrong.status, JSON.parse(wrong.text)]).toEqual([400, { message: "This is not what the page sends." }]);
  expect((await post(url, "/api/prompt", { id: 1, answer: "done" })).status).toBe(409);
});

test("only regular files of a run directory are served, links followed, and reports in a sandbox", async () => {
  const dir = join(runs, "20260802T101530Z-3FA09C");
  mkdirSync(join(dir, "allure-report"), { recursive: true });
  writeFileSync(join(dir, "report.html"), "<script>1</script>");
  writeFileSync(join(dir, "report.pdf"), "%PDF");
  writeFileSync(join(dir, "trace.bin"), "x");
  writeFileSync(join(folder, "secret"), "secret");
  symlinkSync(join(folder, "secret"), join(dir, "link.html"));
  symlinkSync(folder, join(runs, "elsewhere"));
  const get = async (path: string) => await ask(url, path);
  const html = await get("/runs/20260802T101530Z-3FA09C/report.html");
  expect(html.headers["content-security-policy"]).toMatch(
    /^sandbox allow-scripts allow-popups allow-downloads; default-src 'none'/,
  );
  expect(html.text).toBe("<script>1</script>");
  const pdf = await get("/runs/20260802T101530Z-3FA09C/report.pdf");
  expect([pdf.headers["content-type"], pdf.headers["content-security-policy"]]).toEqual(["application/pdf", undefined]);
  const other = await get("/runs/20260802T101530Z-3FA09C/trace.bin");
  expect(other.headers["content-disposition"]).toBe("attachment");
  for (const path of [
    "/runs/20260802T101530Z-3FA09C/link.html",
    "/runs/elsewhere/secret",
    "/runs/20260802T101530Z-3FA09C/../../secret",
    "/runs/20260802T101530Z-3FA09C/..%2f..%2fsecret",
    "/runs/..%2f20260802T101530Z-3FA09C/report.html",
    "/runs/%2e%2e/etc/passwd",
    "/runs/.claims/pics-0.yaml",
    "/runs/20260802T101530Z-3FA09C/",
    "/runs/20260802T101530Z-3FA09C/allure-report",
    "/runs/20260802T101530Z-3FA09C/report.html%00.pdf",
    "/runs/20260802T101530Z-3FA09C//etc/passwd",
    "/app/../package.json",
  ]) {
    expect([path, (await get(path)).status]).toEqual([path, 404]);
  }
});

test("with a token nothing is told before it was entered; wrong ones are limited", async () => {
  const { page: locked } = await open({ token: "correct horse" });
  expect(locked.token).toBe("correct horse");
  for (const path of ["/api/events", "/runs/a/b"]) expect((await ask(locked.url, path)).status).toBe(401);
  expect((await post(locked.url, "/api/run", FORM)).status).toBe(401);
  expect((await ask(locked.url, "/")).status).toBe(200);
  expect(JSON.parse((await ask(locked.url, "/api/session")).text)).toEqual({ isIn: false });
  const wrong = await post(locked.url, "/api/session", { token: "battery" });
  expect(wrong.status).toBe(403);
  const right = await post(locked.url, "/api/session", { token: "correct horse" });
  const [cookie = ""] = right.headers["set-cookie"] ?? [];
  expect(cookie).toMatch(/^pursebench-station-\d+=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict; Max-Age=\d+$/);
  expect(cookie).not.toContain("correct");
  const headers = { cookie: `other=1; ${cookie.split(";")[0]}` };
  expect(JSON.parse((await ask(locked.url, "/api/session", { headers })).text)).toEqual({ isIn: true });
  expect((await post(locked.url, "/api/run/stop", {}, headers)).status).toBe(200);
  for (let n = 0; n < 4; n++) await post(locked.url, "/api/session", { token: `guess ${n}` });
  const late = await post(locked.url, "/api/session", { token: "correct horse" });
  expect([late.status, late.headers["retry-after"]]).toEqual([429, "60"]);
});

test("beyond loopback there is a token, whether somebody gave one or not", async () => {
  const { page: wide } = await open({ host: "0.0.0.0" });
  expect(wide.token).toMatch(/^[\w-]{22}$/);
  const { port } = new URL(wide.url);
  const local = `http://127.0.0.1:${port}/`;
  expect((await ask(local, "/api/session", { headers: { host: `192.168.7.20:${port}` } })).text).toBe('{"isIn":false}');
  expect((await ask(local, "/", { headers: { host: "evil.example" } })).status).toBe(421);
});

test("a form is checked as a whole, each flaw at its field", async () => {
  const form = {
    ...FORM,
    bench: "inproc",
    card: "pcsc",
    pics: {
      kind: "text",
      text: "format: pursebench-pics/1\nrole: card\ndevice: { vendor: a, product: b, version: c }\nclaims:\n  ALGIEPP: [04]\n",
    },
    pixit: { kind: "file", file: "/etc/passwd" },
  };
  const { status, text } = await post(url, "/api/run", form);
  const { errors } = JSON.parse(text) as { errors: { field: string; message: string }[] };
  expect(status).toBe(422);
  expect(errors.map(({ field }) => field)).toEqual(["card", "pics", "pixit"]);
  expect(errors[1]?.message).toMatch(/^Line 5: unknown field "ALGIEPP" in claims, did you mean "ALGIEP"\?/);
  expect(errors[2]?.message).toBe("This file is not there any more");
  const unclaimed = JSON.parse((await post(url, "/api/preview", { ...FORM, mode: "certification" })).text) as Preview;
  expect(unclaimed.errors.map(({ field, message }) => [field, message])).toEqual([
    ["pics", "Certification needs the PICS of the device: it alone decides what is run"],
  ]);
});

test("a reader that is not attached, or empty, or mute, is told at the device", async () => {
  const bench = join(folder, "lab.yaml");
  const yaml = `format: pursebench-bench/1
name: my-lab
kind: lab
card: "pcsc:ACS"
psam: sim
terminals: [{ id: 00000001 }]
sites: [{ SITE: shop, IDMER: MER00001, origin: "https://127.0.0.1:8443" }]
catalogue: [{ SITE: shop, ITEM: a, title: A, price: 100, CURR: 0978, CEXP: 2, kind: goods, content: a }]
`;
  writeFileSync(bench, yaml);
  const { page: lab, attach } = await open({ bench });
  const flaws = async (card: string) =>
    (JSON.parse((await post(lab.url, "/api/preview", { ...FORM, bench, card })).text) as { errors: object[] }).errors;
  expect(await flaws("")).toEqual([]);
  expect(await flaws("pcsc:OMNIKEY")).toEqual([
    { field: "card", message: "HID Global OMNIKEY 3x21 00 00 is empty", mend: "Insert the card." },
  ]);
  expect(await flaws("serial:/dev/ttyUSB99")).toEqual([
    { field: "card", message: "There is no port /dev/ttyUSB99", mend: "Plug it in, or choose another port." },
  ]);
  attach({
    pcsc: { kind: "absent", reason: "pcscd is not running", mend: "start pcscd" },
    ports: [],
    lab: { kind: "down" },
  });
  expect(await flaws("")).toEqual([
    { field: "card", message: "No reader can be used: pcscd is not running", mend: "start pcscd" },
  ]);
});

test("there is one run at a time, and the end of the station ends it in good order", async () => {
  const held = gate();
  const station = await openPage({ assets, cases: [waitingCase("PAY-GATE-001", held)] });
  expect((await post(station.page.url, "/api/run", FORM)).status).toBe(200);
  const second = await post(station.page.url, "/api/run", FORM);
  expect([second.status, JSON.parse(second.text)]).toEqual([
    409,
    { message: "A run is under way", mend: "Wait for its end, or stop it." },
  ]);
  await station[Symbol.asyncDispose]();
  const { readdirSync, readFileSync } = await import("node:fs");
  const [name = ""] = readdirSync(station.runs).filter((each) => !each.startsWith("."));
  const results = JSON.parse(readFileSync(join(station.runs, name, "results.json"), "utf8")) as {
    run: { complete: boolean; interrupted?: string };
  };
  expect(results.run).toMatchObject({ complete: true, interrupted: expect.any(String) });
});

test("the stream goes on where a browser was, and tells all to one of another start", async () => {
  const events = async (last?: string) =>
    await new Promise<string>((resolve, reject) => {
      const { port } = new URL(url);
      const headers = last === undefined ? {} : { "last-event-id": last };
      const sent = request({ port, path: "/api/events", headers }, (response) => {
        let text = "";
        response.setEncoding("utf8").on("data", (more: string) => {
          text += more;
          if (!text.includes("event: hello")) return;
          setTimeout(() => {
            sent.destroy();
            resolve(text);
          }, 50);
        });
      });
      sent.once("error", (error) => (error.message.includes("hang up") ? undefined : reject(error)));
      sent.end();
    });
  const all = await events();
  const names = (text: string) => [...text.matchAll(/^event: (\w+)$/gm)].map(([, name]) => name);
  expect(new Set(names(all))).toEqual(
    new Set(["hello", "devices", "choices", "run", "exchange", "prompt", "result", "history"]),
  );
  const last = [...all.matchAll(/^id: (.+)$/gm)].at(-1)?.[1] ?? "";
  const known = new Set([...all.matchAll(/^id: (.+)$/gm)].map(([, id]) => id));
  const [hello, ...newer] = (await events(last)).split("\n\n").filter((each) => each.includes("event: "));
  expect(hello).toContain("event: hello");
  // what has happened meanwhile may come, and nothing that was told before
  for (const each of newer) expect(known.has(/^id: (.+)$/m.exec(each)?.[1])).toBe(false);
  expect(newer.length).toBeLessThan(3);
  expect(names(await events("other-99")).length).toBe(8);
  expect(names(await events("nonsense")).length).toBe(8);
});
