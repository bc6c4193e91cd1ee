/** Begins the station page: what the station tells and what hands do becomes the model, the model becomes the page. */
import { PART_NAMES, type PartName, type Parts, type RunForm } from "../shared/state.ts";
import type { Actions } from "./actions.ts";
import { Announcer } from "./announce.ts";
import * as api from "./api.ts";
import { connect } from "./connection.ts";
import { render } from "./dom.ts";
import { keepForm, keptForm, type Model, viewOf } from "./model.ts";
import { pageView, titleOf } from "./page-view.ts";

/** Typing is not judged letter by letter. */
const PREVIEW_MS = 250;
/** The seconds left of a prompt go on without news. */
const COUNTDOWN_MS = 500;
const root = document.getElementById("app") ?? document.body;
const announcer = new Announcer();
const heard: Partial<Parts> = {};
let model: Model = {
  parts: undefined,
  connection: "opening",
  isLocked: false,
  lockMessage: "",
  form: keptForm(),
  preview: undefined,
  isStarting: false,
  notice: "",
  isStopAsked: false,
  verified: new Map(),
  aheadMs: 0,
  typed: new Set(),
  closedResult: "",
};
let isDrawing = false;
let previewTimer: number | undefined;
let countdown: number | undefined;
let asked = 0;
let disconnect = (): void => undefined;

function change(part: Partial<Model>): void {
  model = { ...model, ...part };
  if (isDrawing) return;
  isDrawing = true;
  requestAnimationFrame(draw);
}

/** Where focus was on something that is gone, it goes to the heading of what came instead; a prompt always gets it. */
let shown = viewOf(model);
let promptShown: number | undefined;
let isHomeless = false;
function draw(): void {
  isDrawing = false;
  const said = model.parts ? announcer.next(model.parts, performance.now()) : { progress: "", verdict: "" };
  const focused = document.activeElement;
  const view = viewOf(model);
  render(root, pageView(model, said, Date.now(), actions));
  document.title = titleOf(model);
  isHomeless ||= (focused !== null && !focused.isConnected) || (shown !== "wait" && shown !== view && isNowhere());
  const prompt = model.parts?.prompt?.id;
  const isAsked = prompt !== undefined && prompt !== promptShown;
  const home = document.getElementById(isAsked ? "prompt-title" : "main-title");
  if (home && (isAsked || (isHomeless && isNowhere()))) home.focus();
  if (home) isHomeless = false;
  clearTimeout(countdown);
  if (prompt !== undefined) countdown = setTimeout(() => change({}), COUNTDOWN_MS);
  promptShown = prompt;
  shown = view;
}

function isNowhere(): boolean {
  return document.activeElement === null || document.activeElement === document.body;
}

function previewSoon(): void {
  clearTimeout(previewTimer);
  previewTimer = setTimeout(() => void lookAhead(), PREVIEW_MS);
}

async function lookAhead(): Promise<void> {
  if (!model.parts || model.parts.run) return;
  const number = ++asked;
  const answer = await api.preview(model.form);
  if (number !== asked) return; // the form has changed since
  if (answer.ok) change({ preview: answer.value });
  else if (answer.status === 401) void lock("");
}

const actions: Actions = {
  fill(part) {
    const form: RunForm = { ...model.form, ...part };
    keepForm(form);
    change({ form, notice: "" });
    previewSoon();
  },
  type(role, isOpen) {
    const typed = new Set(model.typed);
    if (isOpen) typed.add(role);
    else typed.delete(role);
    change({ typed });
  },
  start(form) {
    change({ isStarting: true, notice: "", isStopAsked: false });
    void api.start(form).then((errors) => {
      if (errors.length === 0) return change({ isStarting: false, closedResult: model.parts?.result?.id ?? "" });
      change({ isStarting: false, preview: { errors }, form, closedResult: model.parts?.result?.id ?? "" });
      requestAnimationFrame(() => document.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus());
    });
  },
  askStop: (isStopAsked) => change({ isStopAsked }),
  stop() {
    change({ isStopAsked: false });
    void api.stop();
  },
  answer: (id, answer) => void api.answerPrompt(id, answer),
  closeResult(id) {
    const form = model.parts?.result?.form ?? model.form;
    change({ closedResult: id, form, notice: "" });
    keepForm(form);
    void api.closeResult();
    previewSoon();
  },
  verify(id) {
    change({ verified: new Map(model.verified).set(id, "asking") });
    void api.verify(id).then((answer) => {
      const text = answer.ok ? answer.value : { id, ok: false, text: answer.message };
      change({ verified: new Map(model.verified).set(id, text) });
    });
  },
  enter(token) {
    void api.enter(token).then((answer) => {
      if (answer.ok) return open();
      change({ lockMessage: answer.message });
    });
  },
};

function take(name: PartName, value: unknown): void {
  Object.assign(heard, { [name]: value });
  if (!isWhole(heard)) return;
  const { benches, bench } = heard.choices;
  const isKnown = benches.some(({ file }) => file === model.form.bench);
  change({ parts: { ...heard }, connection: "open", ...(isKnown ? {} : { form: { ...model.form, bench } }) });
  if (name === "devices" || name === "choices" || name === "run") previewSoon();
}

/** All parts were told once. */
function isWhole(parts: Partial<Parts>): parts is Parts {
  return PART_NAMES.every((name) => name in parts);
}

async function lock(message: string): Promise<void> {
  disconnect();
  change({ isLocked: true, lockMessage: message, connection: "opening" });
}

function open(): void {
  disconnect();
  change({ isLocked: false, lockMessage: "" });
  disconnect = connect({
    part: take,
    hello: (now) => change({ aheadMs: now - Date.now(), connection: "open" }),
    open: () => change({ connection: "open" }),
    lost: () => {
      change({ connection: "lost" });
      void api.session().then((answer) => {
        if (answer.ok && !answer.value.isIn) void lock("");
      });
    },
  });
}

/** A link may bring the token behind `#`, which a browser does not send: it is used and taken away. */
async function begin(): Promise<void> {
  const token = /^#token=(.+)$/.exec(location.hash)?.[1];
  if (token !== undefined) {
    history.replaceState(null, "", location.pathname);
    await api.enter(decodeURIComponent(token));
  }
  const answer = await api.session();
  if (answer.ok && !answer.value.isIn) return await lock("");
  open();
}

document.documentElement.dataset.ready = "yes";
change({});
void begin();
