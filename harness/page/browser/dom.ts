/**
 * The page as data, and the document made to match it. Elements that stay are kept, so that focus, selection and scrolling
 * survive every update. Text only ever becomes text.
 */
export type Handler = (event: Event) => void;
export type Props = Readonly<Record<string, string | number | boolean | undefined | Handler>>;
export type Child = View | string | false | undefined;

export interface View {
  readonly tag: string;
  /** Tells siblings apart that come and go. */
  readonly key: string | undefined;
  readonly props: Props;
  readonly children: readonly (View | string)[];
}

/** An element. `key` tells siblings apart; `on…` are handlers; `value` and `checked` are what a control holds. */
export function h(tag: string, props: Props = {}, ...children: readonly Child[]): View {
  const { key, ...rest } = props;
  return {
    tag,
    key: typeof key === "string" ? key : undefined,
    props: rest,
    children: children.filter((child) => child !== false && child !== undefined),
  };
}

const KEYS = new WeakMap<Node, string>();
const HANDLERS = new WeakMap<Element, Map<string, Handler>>();

/** Makes the content of `parent` match `children`. */
export function render(parent: Element, children: readonly (View | string)[]): void {
  const keep = new Set(children.flatMap((child) => (typeof child === "string" || !child.key ? [] : [child.key])));
  const keyed = new Map<string, Element>();
  for (const node of [...parent.childNodes]) {
    const key = KEYS.get(node);
    if (key === undefined || !(node instanceof Element)) continue;
    if (keep.has(key)) keyed.set(key, node);
    else node.remove();
  }
  let cursor: ChildNode | null = parent.firstChild;
  for (const child of children) {
    const node = match(child, cursor, keyed) ?? create(child);
    if (node === cursor) cursor = cursor.nextSibling;
    else parent.insertBefore(node, cursor);
    update(node, child);
  }
  while (cursor) {
    const next: ChildNode | null = cursor.nextSibling;
    cursor.remove();
    cursor = next;
  }
}

function match(child: View | string, cursor: ChildNode | null, keyed: Map<string, Element>): Node | undefined {
  if (typeof child === "string") return cursor instanceof Text ? cursor : undefined;
  if (child.key !== undefined) {
    const found = keyed.get(child.key);
    return found?.localName === child.tag ? found : undefined;
  }
  const isFree = cursor instanceof Element && !KEYS.has(cursor);
  return isFree && cursor.localName === child.tag ? cursor : undefined;
}

function create(child: View | string): Node {
  if (typeof child === "string") return document.createTextNode(child);
  const element = document.createElement(child.tag);
  if (child.key !== undefined) KEYS.set(element, child.key);
  return element;
}

function update(node: Node, child: View | string): void {
  if (typeof child === "string") {
    if (node.nodeValue !== child) node.nodeValue = child;
    return;
  }
  if (!(node instanceof Element)) return;
  setAttributes(node, child.props);
  render(node, child.children);
  setControl(node, child.props);
}

function setAttributes(element: Element, props: Props): void {
  for (const { name } of [...element.attributes]) {
    const value = props[name];
    if (value === undefined || value === false || typeof value === "function") element.removeAttribute(name);
  }
  const handlers = HANDLERS.get(element);
  for (const type of handlers?.keys() ?? []) if (props[`on${type}`] === undefined) handlers?.delete(type);
  for (const [name, value] of Object.entries(props)) {
    if (typeof value === "function") listen(element, name.slice(2), value);
    else if (value !== undefined && value !== false && name !== "value" && name !== "checked") {
      const text = value === true ? "" : String(value);
      if (element.getAttribute(name) !== text) element.setAttribute(name, text);
    }
  }
}

/** After the children: a select needs its options. */
function setControl(element: Element, { value, checked }: Props): void {
  if (element instanceof HTMLInputElement && typeof checked === "boolean") element.checked = checked;
  const holds =
    element instanceof HTMLInputElement ||
    element instanceof HTMLTextAreaElement ||
    element instanceof HTMLSelectElement ||
    element instanceof HTMLOptionElement ||
    element instanceof HTMLProgressElement;
  if (!holds || value === undefined || typeof value === "function") return;
  if (element instanceof HTMLProgressElement) element.value = Number(value);
  else if (element.value !== String(value)) element.value = String(value);
}

function listen(element: Element, type: string, handler: Handler): void {
  let handlers = HANDLERS.get(element);
  if (!handlers) {
    handlers = new Map();
    HANDLERS.set(element, handlers);
  }
  element.addEventListener(type, dispatch); // the same listener twice is one
  handlers.set(type, handler);
}

function dispatch(event: Event): void {
  const { currentTarget } = event;
  if (currentTarget instanceof Element) HANDLERS.get(currentTarget)?.get(event.type)?.(event);
}
