/** The conversation as it stands: bubbles in a polite live region; what is only shown again is not announced again. */
import { button, h, hidden, icon } from "../dom";
import type { Words } from "../words";
import { prose } from "./prose";

const RECENT_S = 86_400;

export class Log {
  readonly element: HTMLElement;
  private quiet = 0;

  constructor(
    private readonly words: Words,
    private readonly lang: string,
  ) {
    this.element = h("div", { class: "log", role: "log", "aria-live": "polite", "aria-label": words.conversation, tabindex: 0 });
  }

  /** Run `show` without any of it being announced. */
  quietly(show: () => void): void {
    this.quiet += 1;
    this.element.setAttribute("aria-live", "off");
    show();
    // Announced is what changes while the region is live, and browsers tell of changes a frame later.
    requestAnimationFrame(() => requestAnimationFrame(() => {
      this.quiet -= 1;
      if (!this.quiet) this.element.setAttribute("aria-live", "polite");
    }));
  }

  own(text: string, at: number): HTMLElement {
    const bubble = h("div", { class: "bubble you", dir: "auto", tabindex: -1, "aria-live": "off" }, hidden(`${this.words.you} `), text, this.time(at));
    this.element.append(bubble);
    this.end();
    return bubble;
  }

  bot(text: string, at: number): HTMLElement {
    const bubble = h("div", { class: "bubble bot", dir: "auto" }, hidden(`${this.words.bot} `), ...prose(text), this.time(at));
    this.element.append(bubble);
    return bubble;
  }

  urgent(text: string, at: number): HTMLElement {
    const head = h("strong", { class: "alarm" }, icon("alert"), this.words.urgent);
    const bubble = h("div", { class: "bubble urgent", dir: "auto", tabindex: -1 }, head, h("span", {}, ...prose(text)), this.time(at));
    this.element.append(bubble);
    return bubble;
  }

  /** What the page itself has to say: not sent, expired, erased. */
  notice(text: string, label = "", act: (() => void) | null = null): HTMLElement {
    const notice = h("div", { class: "notice", dir: "auto" }, h("p", {}, ...prose(text)), act && button(label, act, "main"));
    this.element.append(notice);
    this.end();
    return notice;
  }

  add(part: HTMLElement): void {
    this.element.append(part);
  }

  clear(): void {
    this.element.replaceChildren();
  }

  /** An answer is read from its beginning. */
  from(part: HTMLElement): void {
    const top = part.offsetTop - 12; // the log is what offsets are counted from
    this.element.scrollTo({ top, behavior: calm() ? "instant" : "smooth" });
  }

  end(): void {
    this.element.scrollTo({ top: this.element.scrollHeight, behavior: "instant" });
  }

  private time(at: number): HTMLElement {
    const when = new Date(at * 1000);
    const old = Date.now() / 1000 - at > RECENT_S;
    const shown = when.toLocaleString(this.lang, old ? { dateStyle: "short", timeStyle: "short" } : { timeStyle: "short" });
    return h("time", { datetime: when.toISOString() }, shown);
  }
}

export const calm = (): boolean => matchMedia("(prefers-reduced-motion: reduce)").matches;
