/** One clean page for the doctor: printed instead of the page that the chat stands in. */
import type { Card, Noted } from "../contract";
import { h } from "../dom";
import css from "../styles/report.css?inline";
import { fill, type Words } from "../words";
import { cardParts } from "./card";
import { toldOf } from "./chips";

const TAG = "vitamin-d-report";
// While it stands in the document, paper shows it and nothing else; the screen never shows it.
const ALONE = `@media screen{${TAG}{display:none}}@media print{body>:not(${TAG}){display:none!important}html,body{display:block!important;min-height:0!important;height:auto!important;background:#fff!important;margin:0!important;padding:0!important}${TAG}{display:block}}`;

export class Report {
  private element: HTMLElement | null = null;
  private readonly sheet = new CSSStyleSheet();

  constructor() {
    this.sheet.replaceSync(ALONE);
  }

  /** Ready for the printer: from a button, or because the browser is about to print. */
  show(card: Card, noted: readonly Noted[], words: Words, lang: string): void {
    this.remove();
    const told = toldOf(noted);
    const made = fill(words.report.made, { date: new Date().toLocaleDateString(lang, { dateStyle: "long" }) });
    const element = document.createElement(TAG);
    element.lang = lang;
    const root = element.attachShadow({ mode: "open" });
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
    root.adoptedStyleSheets = [sheet];
    root.append(
      h("h1", {}, words.report.title),
      h("p", { class: "made" }, made),
      h("section", { class: "told" }, h("h4", {}, words.report.told), h("ul", {}, ...(told.length ? told : [words.report.nothing]).map((line) => h("li", {}, h("p", { dir: "auto" }, line))))),
      h("h2", {}, card.title || words.card.title),
      ...cardParts(card, words, "report-"),
    );
    root.querySelectorAll("details").forEach((part) => (part.open = true));
    document.body.append(element);
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, this.sheet];
    this.element = element;
  }

  remove(): void {
    this.element?.remove();
    this.element = null;
    document.adoptedStyleSheets = document.adoptedStyleSheets.filter((sheet) => sheet !== this.sheet);
  }
}
