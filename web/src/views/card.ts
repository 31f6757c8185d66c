/** The result of an intake as a card. The same parts make the printed page and the copied text. */
import type { Card, Link } from "../contract";
import { h } from "../dom";
import { webAddress } from "../text";
import { fill, type Words } from "../words";
import { paragraph } from "./prose";

/** The card's parts as headings, sentences and lists; ids of sources stay unique through `prefix`. */
export function cardParts(card: Card, words: Words, prefix: string): HTMLElement[] {
  const w = words.card;
  const marks = (numbers: number[]): HTMLElement | null =>
    numbers.length
      ? h("span", { class: "marks" }, ...numbers.flatMap((number) => [" ", h("button", { type: "button", class: "mark", "aria-label": fill(w.mark, { number }), "data-source": `${prefix}${number}` }, `[${number}]`)]))
      : null;

  const link = (item: Link): HTMLElement =>
    h(
      "li",
      { class: "link" },
      h("h5", { dir: "auto" }, item.name),
      h("p", { class: "strength" }, h("span", { class: "sr" }, `${w.strength} `), h("span", { class: `badge grade-${/^[A-Z]$/.test(item.grade) ? item.grade : "X"}` }, meter(item.grade), item.badge)),
      h("p", { class: "meaning", dir: "auto" }, item.meaning, marks(item.sources)),
      item.line ? paragraph(item.line) : null,
      item.other_causes.length
        ? h("p", { class: "causes", dir: "auto" }, h("b", {}, `${w.more}: `), `${causes(item)}.`)
        : null,
    );

  const section = (title: string, look: string, ...content: (HTMLElement | null)[]): HTMLElement =>
    h("section", { class: look }, h("h4", { class: "section" }, title), ...content);
  const points = (lines: string[]): HTMLElement => h("ul", {}, ...lines.map((line) => h("li", {}, paragraph(line))));

  return [
    card.see_doctor.length ? section(w.first, "first", ...card.see_doctor.map((line) => paragraph(line))) : null,
    card.results.length ? section(w.lab, "lab", ...card.results.map((line) => paragraph(line))) : null,
    card.advice.length
      ? section(w.advice, "advice", card.because ? h("p", { class: "because", dir: "auto" }, h("b", {}, `${w.because} `), card.because) : null, ...card.advice.map((line) => paragraph(line)))
      : null,
    card.links.length ? section(w.links, "links", h("ul", { class: "plain" }, ...card.links.map(link))) : null,
    card.tests.length
      ? section(
          w.tests,
          "tests",
          h("ul", {}, ...card.tests.map((test) => h("li", {}, h("p", { dir: "auto" }, h("b", {}, test.name), test.why ? `: ${test.why}` : "")))),
          h("p", { class: "hint" }, w.testsNote),
        )
      : null,
    card.safety_net.length ? section(w.safety, "safety", points(card.safety_net)) : null,
    card.sources.length ? sources(card, words, prefix) : null,
    h("p", { class: "note" }, w.note),
  ].filter((part): part is HTMLElement => part !== null);
}

/** A cause with a comma of its own must not look like two. */
const causes = ({ other_causes: all }: Link): string => all.join(all.some((cause) => cause.includes(",")) ? "; " : ", ");

function sources(card: Card, words: Words, prefix: string): HTMLElement {
  const items = card.sources.map((source, place) => {
    const address = source.url ? webAddress(source.url) : null;
    const more = address ? h("a", { href: address, rel: "noopener noreferrer", target: "_blank" }, address) : null;
    return h("li", { id: `${prefix}${place + 1}`, tabindex: -1 }, h("p", { dir: "auto" }, source.text, more && " ", more));
  });
  return h("details", { class: "sources" }, h("summary", {}, words.card.sources), h("ol", {}, ...items));
}

const STRENGTH: Record<string, number> = { E: 4, M: 3, L: 2, I: 1, N: 0, X: 0 };

/** Four bars, filled by strength: the grade is never told by colour alone. */
function meter(grade: string): HTMLElement {
  const filled = STRENGTH[grade] ?? 0;
  return h("span", { class: "meter", "aria-hidden": "true" }, ...[1, 2, 3, 4].map((bar) => h("i", { class: bar <= filled ? "full" : null })));
}

/** The card as plain text, for a letter or a note. */
export function cardText(card: Card, told: string[], words: Words): string {
  const w = words.card;
  const block = (title: string, lines: string[]): string[] => (lines.length ? [title, ...lines.map((line) => `- ${line}`), ""] : []);
  const lines = [
    words.report.title,
    "",
    ...block(words.report.told, told),
    card.title ? `${w.title}: ${card.title}` : "",
    "",
    ...block(w.first, card.see_doctor),
    ...block(w.lab, card.results),
    ...block(w.advice, [...(card.because ? [`${w.because} ${card.because}`] : []), ...card.advice]),
    ...block(w.links, card.links.map((item) => `${item.name} - ${item.badge}: ${item.meaning} ${item.line} ${w.more}: ${causes(item)}.`)),
    ...block(w.tests, card.tests.map((test) => `${test.name}: ${test.why}`)),
    ...block(w.safety, card.safety_net),
    ...block(w.sources, card.sources.map((source, place) => `[${place + 1}] ${source.text} ${source.url}`.trim())),
    w.note,
  ];
  return lines.join("\n");
}
