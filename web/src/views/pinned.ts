/** The urgent advice stays in sight: what to do in a line, its numbers to call, and the way back to the full words. */
import { button, h, icon } from "../dom";
import { phonesIn } from "../text";
import { fill, type Words } from "../words";

type Level = "L0" | "L1" | "L2" | "L3";

export class Pinned {
  readonly element: HTMLElement;
  private level = "";
  private rule = "";

  constructor(private readonly words: Words) {
    this.element = h("section", { class: "pinned", "aria-label": words.pinned.label, hidden: true });
  }

  /** Pin an urgent answer, unless a more urgent one is pinned already, or this one: its first words say the most. */
  show(level: string, rule: string, text: string, bubble: HTMLElement): void {
    if (this.level && (this.level < level || (this.level === level && this.rule === rule))) return;
    this.level = level;
    this.rule = rule;
    const { pinned } = this.words;
    const known: Level = level === "L0" || level === "L1" || level === "L2" ? level : "L3";
    const numbers = phonesIn(text, known === "L0" ? pinned.lines.L0 : pinned.lines.other);
    this.element.replaceChildren(
      h("strong", {}, icon("alert"), pinned[known]),
      button(pinned.read, () => (bubble.scrollIntoView({ block: "nearest" }), bubble.focus())),
      h(
        "div",
        { class: "calls" },
        ...numbers.map((number) => h("a", { href: `tel:${number.replace(/ /g, "")}`, class: "call" }, fill(pinned.call, { number }))),
      ),
    );
    this.element.hidden = false;
  }

  clear(): void {
    this.level = "";
    this.element.hidden = true;
    this.element.replaceChildren();
  }
}
