import type { ChoicesView, DevicesView, RunForm } from "../shared/state.ts";
import type { Actions } from "./actions.ts";
import { type Child, h, type View } from "./dom.ts";
import { errorsOf, type Model } from "./model.ts";
import { claimsField } from "./view-claims.ts";
import { type DeviceRole, deviceChoices, ROLE_NAMES, SPEC_HINTS } from "./view-device-field.ts";
import { errorText, field, radio, select, valueHandler } from "./view-field.ts";
import { cases, duration } from "./words.ts";

const DEVICES = [
  { value: "card", label: "Card", hint: "a purse card (IEP)" },
  { value: "psam", label: "Security card", hint: "the PSAM of a terminal" },
  { value: "reader", label: "Card reader", hint: "with a test card in it" },
  { value: "terminal", label: "Terminal", hint: "on its serial line" },
  { value: "", label: "Whole system", hint: "every case of the suites" },
] as const;
const OTHER = "other";
const TYPED = "typed";

/** What is to be run on what. */
export function formView(model: Model, choices: ChoicesView, devices: DevicesView, actions: Actions): View {
  const { form } = model;
  return h(
    "section",
    { key: "form", class: "panel main", "aria-labelledby": "main-title" },
    h("h2", { id: "main-title", tabindex: "-1" }, "New run"),
    h(
      "form",
      {
        novalidate: true,
        onsubmit: (event) => {
          event.preventDefault();
          actions.start(form);
        },
      },
      underTest(form, choices, actions),
      place(model, choices, devices, actions),
      papers(model, choices, actions),
      extent(model, choices, actions),
      begin(model),
    ),
  );
}

function underTest({ iut }: RunForm, { otherRoles }: ChoicesView, { fill }: Actions): View {
  const isOther = otherRoles.includes(iut);
  const choose = (value: string) => fill({ iut: value === OTHER ? (otherRoles[0] ?? "") : value });
  const radios = [...DEVICES, { value: OTHER, label: "Other", hint: "a server, the HSM, …" }];
  return h(
    "fieldset",
    { key: "iut" },
    h("legend", {}, "1. What is under test?"),
    h(
      "div",
      { class: "choices" },
      ...radios.map((each) => radio({ ...each, name: "iut", chosen: isOther ? OTHER : iut, choose })),
    ),
    isOther &&
      field({ id: "other-role", label: "Which role?", errors: [] }, (props) =>
        select(
          props,
          iut,
          otherRoles.map((role) => ({ value: role, label: role.replaceAll("-", " ") })),
          (role) => fill({ iut: role }),
        ),
      ),
  );
}

function place(model: Model, choices: ChoicesView, devices: DevicesView, actions: Actions): View {
  const { form } = model;
  const roles: readonly DeviceRole[] = ["card", "psam", "terminal"];
  const first = form.iut === "psam" ? "psam" : form.iut === "terminal" ? "terminal" : "card";
  const others = roles.filter((role) => role !== first);
  const device = (role: DeviceRole) => deviceField(role, model, { choices, devices, actions });
  const isWrong = others.some((role) => errorsOf(model, role).length > 0 || form[role] !== "");
  return h(
    "fieldset",
    { key: "place" },
    h("legend", {}, "2. Where is it?"),
    field({ id: "bench", label: "Bench", errors: errorsOf(model, "bench") }, (props) =>
      select(
        props,
        form.bench,
        choices.benches.map(({ file, label }) => ({ value: file, label })),
        (bench) => actions.fill({ bench }),
      ),
    ),
    device(first),
    h(
      "details",
      { key: "others", "aria-label": "Other devices of the bench", ...(isWrong ? { open: true } : {}) },
      h("summary", {}, "Other devices of the bench"),
      ...others.map(device),
    ),
  );
}

interface Around {
  readonly choices: ChoicesView;
  readonly devices: DevicesView;
  readonly actions: Actions;
}

function deviceField(role: DeviceRole, model: Model, { choices, devices, actions }: Around): View {
  const value = model.form[role];
  const offered = deviceChoices(role, devices, choices);
  const isTyped = model.typed.has(role);
  // A reader that was unplugged stays chosen, and the error beside it says so.
  const gone =
    !isTyped && !offered.some(({ spec }) => spec === value) ? [{ value, label: `${value}: not attached` }] : [];
  const options = [
    ...offered.map(({ spec, label }) => ({ value: spec, label })),
    ...gone,
    { value: TYPED, label: "Another place…" },
  ];
  const isReader = role === "card" && model.form.iut === "reader";
  const choose = (spec: string) => {
    actions.type(role, spec === TYPED);
    if (spec !== TYPED) actions.fill({ [role]: spec });
  };
  return field(
    { id: role, label: isReader ? "Reader, with a test card in it" : ROLE_NAMES[role], errors: errorsOf(model, role) },
    (props) => select(props, isTyped ? TYPED : value, options, choose),
    ...(isTyped ? typedSpec(role, value, actions) : []),
  );
}

function typedSpec(role: DeviceRole, value: string, { fill }: Actions): readonly Child[] {
  const id = `${role}-typed`;
  return [
    h("label", { key: "label", for: id, class: "small" }, `${ROLE_NAMES[role]}: its place`),
    h("p", { key: "hint", class: "hint", id: `${id}-hint` }, SPEC_HINTS[role]),
    h("input", {
      key: "input",
      id,
      type: "text",
      value,
      autocomplete: "off",
      spellcheck: "false",
      "aria-describedby": `${id}-hint ${role}-error`,
      oninput: valueHandler((spec) => fill({ [role]: spec })),
    }),
  ];
}

function papers(model: Model, { pics, pixit }: ChoicesView, { fill }: Actions): View {
  const { form } = model;
  return h(
    "fieldset",
    { key: "papers" },
    h("legend", {}, "3. What does it claim to be?"),
    claimsField({
      id: "pics",
      label: "PICS",
      hint: "What the device supports: decides which cases apply.",
      value: form.pics,
      files: pics,
      iut: form.iut,
      errors: errorsOf(model, "pics"),
      change: (claims) => fill({ pics: claims }),
    }),
    claimsField({
      id: "pixit",
      label: "PIXIT",
      hint: "Which specimen it is. A real device is only used when this says that it is a test specimen.",
      value: form.pixit,
      files: pixit,
      iut: form.iut,
      errors: errorsOf(model, "pixit"),
      change: (claims) => fill({ pixit: claims }),
    }),
  );
}

function extent(model: Model, { suites, otherRoles }: ChoicesView, { fill }: Actions): View {
  const { mode, suites: chosen, iut } = model.form;
  const owner = otherRoles.includes(iut) ? "server" : iut;
  const choose = (value: string) => fill({ mode: value === "certification" ? "certification" : "engineering" });
  const toggle = (name: string) =>
    fill({ suites: chosen.includes(name) ? chosen.filter((each) => each !== name) : [...chosen, name] });
  return h(
    "fieldset",
    { key: "extent" },
    h("legend", {}, "4. What is run?"),
    h(
      "div",
      { class: "choices two" },
      radio({
        name: "mode",
        value: "certification",
        chosen: mode,
        label: "Certification",
        hint: "all that the PICS claims; the verdict counts",
        choose,
      }),
      radio({
        name: "mode",
        value: "engineering",
        chosen: mode,
        label: "Engineering",
        hint: "suites of your choice, to try and to mend",
        choose,
      }),
    ),
    errorText("mode", errorsOf(model, "mode")),
    mode === "engineering" &&
      h(
        "div",
        { class: "choices suites", role: "group", "aria-label": "Suites; none chosen means all" },
        ...suites.map(({ name, cases: count }) =>
          h(
            "label",
            { key: name, class: chosen.includes(name) ? "choice chosen" : "choice" },
            h("input", {
              type: "checkbox",
              name: "suites",
              checked: chosen.includes(name),
              onchange: () => toggle(name),
            }),
            h(
              "span",
              {},
              h("span", { class: "choice-name" }, name),
              h("span", { class: "hint" }, cases(countOf(count, owner))),
            ),
          ),
        ),
      ),
    errorText("suites", errorsOf(model, "suites")),
  );
}

/** Of the cases of a suite those whose failure is that owner's; all for none. */
function countOf(counts: Readonly<Record<string, number>>, owner: string): number {
  if (owner !== "") return counts[owner] ?? 0;
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}

function begin({ preview, isStarting, notice, connection }: Model): View {
  const wrong = preview?.errors.length ?? 0;
  const about = preview?.aboutMs === undefined ? "" : `, about ${duration(preview.aboutMs)}`;
  const extent = preview?.cases === undefined ? "" : `${cases(preview.cases)}${about}`;
  const words =
    wrong > 0
      ? wrong === 1
        ? "One thing above has to be mended first."
        : `${wrong} things above have to be mended first.`
      : extent;
  const formErrors = preview?.errors.filter(({ field: at }) => at === "form") ?? [];
  return h(
    "div",
    { key: "begin", class: "begin" },
    errorText("form", [...formErrors, ...(notice === "" ? [] : [{ field: "form" as const, message: notice }])]),
    h(
      "button",
      { type: "submit", class: "button primary", disabled: isStarting || connection === "lost" },
      isStarting ? "Starting…" : "Start the run",
    ),
    h("p", { class: "extent" }, words),
  );
}
