/** Front and back of a body to tap, and the same places as checkboxes: one state, two ways to it. */
import { FIGURE, nameOf, PLACES, REGIONS, said, type View } from "../body";
import { button, h, s } from "../dom";
import { fill, type Words } from "../words";

export interface BodyMap {
  element: HTMLElement;
  /** The places chosen, in words; empty for none. */
  said(): string;
}

export function bodyMap(words: Words, known: ReadonlySet<string>, use: (places: string) => void): BodyMap {
  const chosen = new Set<string>();
  const boxes = new Map<string, HTMLInputElement>();
  const paths = new Map<string, SVGElement[]>();
  const told = h("p", { class: "told", role: "status" }, words.body.none);
  const finish = button(words.body.use, () => use(said(chosen, words)), "main");
  finish.disabled = true;

  const toggle = (key: string, on = !chosen.has(key)): void => {
    if (on) chosen.add(key);
    else chosen.delete(key);
    boxes.get(key)!.checked = on;
    for (const path of paths.get(key) ?? []) path.classList.toggle("on", on);
    finish.disabled = chosen.size === 0;
    told.textContent = chosen.size ? fill(words.body.chosen, { places: said(chosen, words) }) : words.body.none;
  };

  // The figures are for the pointer only; a screen reader and the keyboard have the list, which says the same.
  const figure = (view: View): HTMLElement => {
    const regions = REGIONS.filter((region) => region.view === view).map((region) => {
      const mark = s("g", { class: known.has(region.key) ? "region known" : "region", click: () => toggle(region.key) });
      const mirror = region.mirrored ? `translate(${FIGURE.width} 0) scale(-1 1)` : null;
      mark.append(s("title", {}, nameOf(region, words)));
      mark.append(s("path", { d: region.path, transform: mirror, class: "area" }));
      mark.append(s("path", { d: region.path, transform: mirror, class: "stripes" }));
      const tick = s("path", { class: "tick", d: "M-3.4 0-1 2.6 3.6-3" });
      const [x, y] = centre(region.path);
      tick.setAttribute("transform", `translate(${region.mirrored ? FIGURE.width - x : x} ${y})`);
      mark.append(tick);
      paths.set(region.key, [...(paths.get(region.key) ?? []), mark]);
      return mark;
    });
    const [first, second] = view === "front" ? [words.body.right, words.body.left] : [words.body.left, words.body.right];
    const id = `stripes-${view}`;
    return h(
      "figure",
      {},
      s(
        "svg",
        { viewBox: `0 0 ${FIGURE.width} ${FIGURE.height}`, "aria-hidden": "true", focusable: "false", class: view },
        s("defs", {}, s("pattern", { id, width: 4, height: 4, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" }, s("rect", { width: 1.6, height: 4, class: "stripe" }))),
        ...regions,
      ),
      h("figcaption", { "aria-hidden": "true" }, h("span", {}, first), h("b", {}, words.body[view]), h("span", {}, second)),
    );
  };

  const row = (place: (typeof PLACES)[number]): HTMLElement => {
    const box = h("input", { type: "checkbox", change: () => toggle(place.key, box.checked) });
    boxes.set(place.key, box);
    const note = known.has(place.key) && h("small", {}, ` (${words.body.mentioned})`);
    return h("li", {}, h("label", {}, box, h("span", {}, nameOf(place, words), note)));
  };
  const rows = PLACES.map(row);

  const element = h(
    "div",
    { class: "bodymap" },
    h("p", { class: "hint" }, words.body.hint),
    h("div", { class: "figures" }, figure("front"), figure("back")),
    h(
      "p",
      { class: "legend", "aria-hidden": "true" },
      h("span", { class: "key chosen" }, words.body.legendChosen),
      h("span", { class: "key known" }, words.body.legendMentioned),
    ),
    h("fieldset", {}, h("legend", {}, words.body.list), h("ul", { class: "places" }, ...rows)),
    h("div", { class: "foot" }, told, finish),
  );
  return { element, said: () => said(chosen, words) };
}

/** Middle of an outline's box, from the end points of its path. */
function centre(path: string): [number, number] {
  const numbers = (path.match(/-?\d+(?:\.\d+)?/g) ?? []).map(Number);
  const xs = numbers.filter((_, place) => place % 2 === 0);
  const ys = numbers.filter((_, place) => place % 2 === 1);
  return [(Math.min(...xs) + Math.max(...xs)) / 2, (Math.min(...ys) + Math.max(...ys)) / 2];
}
