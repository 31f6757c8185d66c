/** What has been understood so far: a chip each, with a tap to correct it and a tap to take it off. */
import type { Noted } from "../contract";
import { h, icon } from "../dom";
import { fill, type Words } from "../words";

/** "muscle twitching · left calf · six weeks". The name may hold the place already. */
export const toldOf = (items: readonly Noted[]): string[] =>
  items.map(({ name, place, duration }) => [name, name.includes(place) ? "" : place, duration].filter(Boolean).join(" · "));

export function chips(items: readonly Noted[], words: Words, edit: (item: Noted) => void, remove: (item: Noted) => void): HTMLElement {
  const told = toldOf(items);
  const chip = (item: Noted, place: number): HTMLElement => {
    const name = told[place]!;
    const act = (label: string, does: (item: Noted) => void, ...content: (Node | string)[]): HTMLElement =>
      h("button", { type: "button", "aria-label": fill(label, { name }), click: () => does(item), "data-id": item.id }, ...content);
    return h(
      "li",
      { class: `chip ${item.kind}` },
      act(words.noted.edit, edit, h("span", { dir: "auto" }, name), icon("edit")),
      act(words.noted.remove, remove, icon("close")),
    );
  };
  return h("ul", { class: "chips", "aria-label": words.noted.label }, ...items.map(chip));
}
