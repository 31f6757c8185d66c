/** Making elements. Text only ever becomes text nodes and attributes of fixed names: nothing is read as HTML. */

type Child = Node | string | null | undefined | false;
type Handler = (event: Event) => void;
type Properties = Record<string, string | number | boolean | null | undefined | Handler>;

const SVG = "http://www.w3.org/2000/svg";

export function h<K extends keyof HTMLElementTagNameMap>(tag: K, properties: Properties = {}, ...children: Child[]): HTMLElementTagNameMap[K] {
  return dressed(document.createElement(tag), properties, children);
}

export function s<K extends keyof SVGElementTagNameMap>(tag: K, properties: Properties = {}, ...children: Child[]): SVGElementTagNameMap[K] {
  return dressed(document.createElementNS(SVG, tag), properties, children);
}

function dressed<E extends Element>(element: E, properties: Properties, children: Child[]): E {
  for (const [name, value] of Object.entries(properties)) {
    if (typeof value === "function") element.addEventListener(name, value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(name, String(value));
  }
  element.append(...children.filter((child): child is Node | string => Boolean(child)));
  return element;
}

/** Text for screen readers only. */
export const hidden = (text: string): HTMLElement => h("span", { class: "sr" }, text);

export const button = (label: string, press: () => void, look = ""): HTMLButtonElement =>
  h("button", { type: "button", class: look, click: press }, label);

const ICONS = {
  send: "M4 12 20 4l-5 16-4-7z",
  body: "M12 2a2.6 2.6 0 1 1 0 5.2A2.6 2.6 0 0 1 12 2zM6 9.5h12M12 9v7m0 0-3 6m3-6 3 6",
  edit: "M4 20l1-4L16 5l3 3L8 19z",
  close: "M6 6l12 12M18 6 6 18",
  chat: "M4 5h16v11H9l-5 4z",
  alert: "M12 3 22 20H2zM12 9v5m0 3v.01",
  check: "M5 12.5 10 17.5 19 7",
} as const;

export const icon = (name: keyof typeof ICONS): SVGElement =>
  s("svg", { viewBox: "0 0 24 24", class: "icon", "aria-hidden": "true", focusable: "false" }, s("path", { d: ICONS[name] }));
