/** A sentence as elements: plain text, its phone numbers as links. */
import { h } from "../dom";
import { pieces } from "../text";

export const prose = (text: string): Node[] =>
  pieces(text).map((piece) =>
    piece.phone ? h("a", { href: `tel:${piece.phone}`, class: "phone" }, piece.text) : document.createTextNode(piece.text),
  );

/** A block of such text; its own direction, so that no mark in it turns the rest around. */
export const paragraph = (text: string, look = ""): HTMLElement => h("p", { class: look || null, dir: "auto" }, ...prose(text));
