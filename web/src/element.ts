/** `<vitamin-d-chat server="..." lang="en">`: the parts put together. */
import { mentioned } from "./body";
import { Channel, ChannelError } from "./channel";
import type { Card, Message, Noted, Question, Summary, Turn } from "./contract";
import { button, h, hidden, icon } from "./dom";
import { Outbox } from "./outbox";
import { sessionMemory, Store, type Unsent } from "./store";
import css from "./styles/widget.css?inline";
import { bodyMap } from "./views/bodymap";
import { cardParts, cardText } from "./views/card";
import { chips, toldOf } from "./views/chips";
import { choices, type Choices } from "./views/choices";
import { confirm, openDialog } from "./views/dialog";
import { Log } from "./views/log";
import { Pinned } from "./views/pinned";
import { Report } from "./views/report";
import { fill, wordsFor, type Words } from "./words";

const MOST_CHARACTERS = 2000;
const TELL_LEFT = 200;
const RETRY_MS = 5000;
const TYPING_AFTER_MS = 350;
const seconds = (): number => Date.now() / 1000;

export class VitaminDChat extends HTMLElement {
  private words!: Words;
  private store!: Store;
  private channel!: Channel;
  private outbox!: Outbox;
  private log!: Log;
  private pinned!: Pinned;
  private root!: ShadowRoot;
  private strip!: HTMLElement;
  private status!: HTMLElement;
  private tools!: HTMLElement;
  private form!: HTMLFormElement;
  private box!: HTMLTextAreaElement;
  private left!: HTMLElement;
  private noted: Noted[] = [];
  private progress: Question["progress"] = null;
  private open: Choices | null = null;
  private asksPlace = false;
  private result: { card: Card; noted: Noted[] } | null = null;
  private sending: { id: string; bubble: HTMLElement; notice: HTMLElement | null } | null = null;
  private typing: ReturnType<typeof setTimeout> | undefined;
  private retry: ReturnType<typeof setTimeout> | undefined;
  private listening: AbortController | null = null;
  private cards = 0;
  private readonly report = new Report();

  connectedCallback(): void {
    if (!this.shadowRoot) this.build();
    this.listening = new AbortController();
    const { signal } = this.listening;
    window.addEventListener("online", () => this.reconnect(), { signal });
    document.addEventListener("visibilitychange", () => document.hidden || this.reconnect(), { signal });
    window.addEventListener("beforeprint", () => this.preparePrint(), { signal });
    window.addEventListener("afterprint", () => this.report.remove(), { signal });
  }

  disconnectedCallback(): void {
    this.listening?.abort();
    clearTimeout(this.retry);
    this.report.remove();
  }

  private get language(): string {
    return this.lang || document.documentElement.lang || "en";
  }

  private build(): void {
    const server = (this.getAttribute("server") ?? "").replace(/\/+$/, "");
    const words = (this.words = wordsFor(this.language));
    this.store = new Store(sessionMemory(), `vitamin-d-chat:${server}:`);
    this.channel = new Channel(server, this.store);
    this.outbox = new Outbox(this.channel, this.store, {
      sending: (message) => this.onSending(message),
      answered: (message, answers) => this.onAnswered(message, answers),
      failed: (message, error) => this.onFailed(message, error),
    });
    this.log = new Log(words, this.language);
    this.pinned = new Pinned(words);
    this.strip = h("div", { class: "strip", hidden: true });
    this.status = h("p", { class: "status", role: "status" });
    const times = button(words.times, () => times.setAttribute("aria-pressed", String(this.log.element.classList.toggle("times"))), "tool");
    times.setAttribute("aria-pressed", "false");
    this.tools = h(
      "div",
      { class: "tools" },
      button(words.startOver, () => this.askStartOver(), "tool"),
      button(words.delete, () => this.askDelete(), "tool"),
      times,
    );
    const chat = h(
      "section",
      { class: "chat", "aria-label": words.chat, lang: this.language, keydown: (event) => this.onKey(event as KeyboardEvent) },
      h("header", { class: "top" }, h("h2", {}, words.title), this.tools),
      this.pinned.element,
      this.strip,
      this.log.element,
      this.status,
      this.composer(),
    );
    chat.addEventListener("click", (event) => this.onSource(event));
    this.root = this.attachShadow({ mode: "open" });
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
    this.root.adoptedStyleSheets = [sheet];
    this.root.append(...(this.hasAttribute("launcher") ? this.launcher(chat) : [chat]));
    if (this.store.consent) void this.restore();
    else this.askConsent();
  }

  private composer(): HTMLElement {
    const { words } = this;
    this.box = h("textarea", {
      id: "text", rows: 2, maxlength: MOST_CHARACTERS, autocomplete: "off", enterkeyhint: "send", dir: "auto", placeholder: words.placeholder,
      keydown: (event) => {
        const key = event as KeyboardEvent;
        if (key.key !== "Enter" || key.shiftKey || key.isComposing) return;
        event.preventDefault();
        this.form.requestSubmit();
      },
      input: () => this.tellLeft(),
    });
    this.left = h("p", { class: "left", role: "status" });
    this.form = h(
      "form",
      { class: "composer", submit: (event) => (event.preventDefault(), this.send()) },
      h("label", { for: "text" }, words.label),
      h(
        "div",
        { class: "row" },
        this.box,
        h("button", { type: "button", class: "map", "aria-label": words.map, title: words.map, click: () => this.openMap() }, icon("body")),
        h("button", { type: "submit", class: "main send", "aria-label": words.send, title: words.send }, icon("send")),
      ),
      this.left,
    );
    return this.form;
  }

  private launcher(chat: HTMLElement): HTMLElement[] {
    const { words } = this;
    const opener = h("button", { type: "button", class: "launch", "aria-expanded": "false", click: () => show(chat.hidden) }, icon("chat"), words.open);
    const show = (on: boolean): void => {
      chat.hidden = !on;
      opener.setAttribute("aria-expanded", String(on));
      if (on) (this.form.hidden ? this.log.element : this.box).focus();
      else opener.focus();
    };
    chat.hidden = true;
    chat.classList.add("floating");
    chat.querySelector(".top")!.append(h("button", { type: "button", class: "shut", "aria-label": words.close, click: () => show(false) }, icon("close")));
    chat.addEventListener("keydown", (event) => event.key === "Escape" && !this.root.querySelector("dialog") && show(false));
    return [chat, opener];
  }

  // Consent, the empty talk, and the talk shown again

  private askConsent(told = ""): void {
    const { consent, emergency } = this.words;
    this.tools.hidden = this.form.hidden = true;
    const card = h(
      "div",
      { class: "consent" },
      h("h3", {}, consent.title),
      h("ul", {}, ...consent.points.map((point) => h("li", {}, point))),
      h("p", { class: "emergency" }, icon("alert"), h("span", {}, emergency)),
      h(
        "div",
        { class: "row" },
        button(consent.agree, () => {
          this.store.consent = true;
          this.begin();
          this.box.focus();
        }, "main"),
        button(consent.decline, () => card.replaceChildren(h("p", {}, consent.declined), button(consent.title, () => (card.remove(), this.askConsent())))),
      ),
    );
    this.log.quietly(() => {
      this.log.clear();
      this.log.add(card);
    });
    if (told) this.log.element.prepend(h("p", { class: "notice", role: "status" }, told));
  }

  private begin(): void {
    this.tools.hidden = this.form.hidden = false;
    this.noted = [];
    this.progress = null;
    this.result = null;
    this.asksPlace = false;
    this.pinned.clear();
    this.showStrip();
    this.log.quietly(() => {
      this.log.clear();
      this.log.bot(this.words.welcome, seconds()).querySelector("time")!.remove();
      const starters = h("div", { class: "choices", role: "group", "aria-label": this.words.optionsOne });
      starters.append(...this.words.starters.map((title) => button(title, () => this.say(title), "option")));
      this.log.add(starters);
      this.open = { element: starters, close: () => starters.remove() };
    });
  }

  private async restore(): Promise<void> {
    this.begin();
    if (!this.store.token) {
      if (this.store.unsent) void this.outbox.send();
      return;
    }
    try {
      const turns = await this.channel.history();
      this.log.quietly(() => this.replay(turns));
    } catch (error) {
      this.onRestoreFailed(error instanceof ChannelError ? error : new ChannelError(0));
    }
  }

  private replay(turns: Turn[]): void {
    this.begin();
    const { unsent } = this.store;
    for (const turn of turns) {
      if (turn.id === unsent?.id && !turn.answers.length) continue;
      if (turn.id === unsent?.id) this.outbox.clear();
      this.closeChoices(turn.message);
      this.log.own(turn.message, turn.at ?? seconds());
      this.show(turn.answers, turn.at ?? seconds(), false);
    }
    this.log.end();
    if (this.store.unsent) void this.outbox.send();
  }

  private onRestoreFailed(error: ChannelError): void {
    if (error.status === 401) {
      this.store.forget();
      this.log.notice(this.words.expired);
      return;
    }
    this.closeChoices();
    const notice = this.log.notice(error.message || this.words.offline, this.words.resend, () => again());
    const again = (): void => {
      clearTimeout(this.retry);
      this.retry = undefined;
      notice.remove();
      void this.restore();
    };
    this.retry = setTimeout(again, RETRY_MS);
  }

  private reconnect(): void {
    if (this.store.unsent) void this.outbox.send();
  }

  // Sending and being answered

  private send(): void {
    const text = this.box.value.trim();
    if (!text || !this.outbox.put(text)) return;
    this.box.value = "";
    this.tellLeft();
  }

  /** A tap: the same as typing it; the keyboard goes on from the bubble, so that the answer's options come next. */
  private readonly say = (text: string): void => {
    if (this.outbox.put(text)) this.sending?.bubble.focus({ preventScroll: true });
  };

  private onSending(message: Unsent): void {
    if (this.sending?.id !== message.id) {
      this.closeChoices(message.text);
      this.sending = { id: message.id, bubble: this.log.own(message.text, seconds()), notice: null };
    }
    this.sending.bubble.classList.remove("unsent");
    this.sending.bubble.querySelector(".failed")?.remove();
    this.typing = setTimeout(() => this.tell(this.words.typing, "typing"), TYPING_AFTER_MS);
  }

  private onAnswered(_message: Unsent, answers: Message[]): void {
    const wasOff = this.sending?.notice;
    wasOff?.remove();
    this.sending = null;
    this.tell(wasOff ? this.words.back : "");
    const first = this.show(answers, seconds(), true);
    if (first) this.log.from(first);
  }

  private onFailed(message: Unsent, error: ChannelError): void {
    this.tell("");
    const { words, sending } = this;
    if (!error.again) {
      sending?.bubble.remove();
      this.sending = null;
      if (error.status === 401) this.store.forget();
      this.log.notice(error.status === 401 ? words.expired : error.message || words.broken);
      if (!this.box.value) this.box.value = message.text;
      return;
    }
    const reason = error.status === 429 ? fill(words.busy, { seconds: error.retryAfter || 2 }) : error.message || words.offline;
    if (!sending) return;
    sending.bubble.classList.add("unsent");
    sending.bubble.append(h("span", { class: "failed" }, ` ${words.notSent}`));
    // Told once, however often it is tried again.
    sending.notice ??= this.log.notice(reason, words.resend, () => void this.outbox.send());
  }

  private tell(text: string, look = ""): void {
    clearTimeout(this.typing);
    this.status.className = `status ${look}`;
    this.status.textContent = text;
  }

  private tellLeft(): void {
    const left = MOST_CHARACTERS - this.box.value.length;
    this.left.textContent = left <= TELL_LEFT ? fill(this.words.left, { count: left }) : "";
  }

  // Showing what the bot says

  /** Show a turn; its first part. `live`: it has just been said, so the page around is told of it. */
  private show(answers: Message[], at: number, live: boolean): HTMLElement | null {
    const withCard = answers.some((message) => message.card);
    this.progress = null;
    this.asksPlace = false;
    let first: HTMLElement | null = null;
    for (const message of answers) {
      const shown = this.showMessage(message, at, live, withCard);
      first ??= shown;
      this.offer(message);
    }
    this.showStrip();
    return first;
  }

  private showMessage(message: Message, at: number, live: boolean, withCard: boolean): HTMLElement | null {
    if (message.noted) this.learn(message.noted, live);
    if (message.custom.afresh === true) this.pinned.clear();
    if (message.type === "lifted") this.lift(message.custom.what === "taken_back");
    const { question } = message;
    if (question?.progress) this.progress = question.progress;
    if (question?.slot === "location") this.asksPlace = true;
    if (message.type === "red_flag") return this.showUrgent(message, at, live);
    if (message.card) return this.showCard(message.card, message.custom, live);
    if (message.summary) return this.showSummary(message.text, message.summary, at);
    if (message.type === "part" && withCard) return null; // the card says it
    return message.text ? this.log.bot(message.text, at) : null;
  }

  /** The person has confirmed that the urgent advice is dealt with, or was never called for. */
  private lift(takenBack: boolean): void {
    this.pinned.clear();
    if (takenBack) this.noted = []; // the next answer says what is left
  }

  private showUrgent(message: Message, at: number, live: boolean): HTMLElement {
    const level = String(message.custom.level ?? "");
    const bubble = this.log.urgent(message.text, at);
    this.pinned.show(level, String(message.custom.rule ?? ""), message.text, bubble);
    if (live) this.emit("red-flag", { level, rule: message.custom.rule });
    return bubble;
  }

  private showSummary(text: string, summary: Summary, at: number): HTMLElement {
    const bubble = this.log.bot(text || summary.text, at);
    this.log.add(h("div", { class: "actions" }, this.copyButton(() => summary.text || text), this.downloadButton(summary.fhir)));
    return bubble;
  }

  private showCard(card: Card, custom: Record<string, unknown>, live: boolean): HTMLElement {
    const { words } = this;
    const noted = this.noted;
    this.result = { card, noted };
    this.cards += 1;
    const extra = h("span", { class: "extra" });
    let text = cardText(card, toldOf(noted), words);
    const element = h(
      "article",
      { class: "card", "aria-label": words.card.title },
      h("h3", { dir: "auto" }, hidden(`${words.card.title}: `), card.title),
      ...cardParts(card, words, `source-${this.cards}-`),
      h("div", { class: "actions" }, button(words.card.print, () => this.print(card, noted)), this.copyButton(() => text), extra),
    );
    this.log.add(element);
    void this.channel.summary().then((summary) => {
      if (!summary) return;
      text = summary.text || text;
      const download = this.downloadButton(summary.fhir);
      if (download) extra.append(download);
    });
    if (live) this.emit("assessment", custom);
    return element;
  }

  private copyButton(text: () => string): HTMLElement {
    const { copy, copied, notCopied } = this.words.card;
    return button(copy, () => {
      const done = navigator.clipboard?.writeText(text()) ?? Promise.reject(new Error("no clipboard"));
      done.then(() => this.tell(copied), () => this.tell(notCopied));
    });
  }

  private downloadButton(fhir: unknown): HTMLElement | null {
    if (fhir === null || typeof fhir !== "object") return null;
    const { download, file } = this.words.card;
    return button(download, () => {
      const address = URL.createObjectURL(new Blob([JSON.stringify(fhir, null, 2)], { type: "application/fhir+json" }));
      h("a", { href: address, download: file }).click();
      setTimeout(() => URL.revokeObjectURL(address), RETRY_MS);
    });
  }

  private print(card: Card, noted: Noted[]): void {
    this.report.show(card, noted, this.words, this.language);
    window.print();
  }

  private preparePrint(): void {
    if (this.result) this.report.show(this.result.card, this.result.noted, this.words, this.language);
  }

  private offer(message: Message): void {
    const extra = message.question?.slot === "location" ? button(this.words.map, () => this.openMap(), "extra") : null;
    const offered = choices(message, this.words, this.say, extra);
    if (!offered) return;
    this.open?.close();
    this.open = offered;
    this.log.add(offered.element);
  }

  private closeChoices(said = ""): void {
    this.open?.close(said);
    this.open = null;
  }

  /** What was understood: the chips, and an event for each finding that is new. */
  private learn(noted: Noted[], live: boolean): void {
    const known = new Set(this.noted.map((item) => item.id));
    this.noted = noted;
    if (!live) return;
    for (const item of noted) if (!known.has(item.id)) this.emit("finding", item);
  }

  private emit(name: string, detail: unknown): void {
    this.dispatchEvent(new CustomEvent(name, { detail, bubbles: true, composed: true }));
  }

  private showStrip(): void {
    const { words } = this;
    const parts: HTMLElement[] = [];
    if (this.progress) {
      const bar = h("progress", { max: this.progress.of, value: this.progress.step, "aria-hidden": "true" });
      parts.push(h("p", { class: "progress" }, fill(words.progress, this.progress), bar));
    }
    if (this.noted.length) {
      parts.push(h("p", { class: "title", "aria-hidden": "true" }, words.noted.label));
      parts.push(chips(this.noted, words, (item) => this.correct(item), (item) => this.takeOff(item)));
    }
    this.strip.replaceChildren(...parts);
    this.strip.hidden = !parts.length;
  }

  // Corrections and places

  private takeOff(item: Noted): void {
    if (item.corrections.remove) this.say(item.corrections.remove);
    else this.writeAbout(item);
  }

  private correct(item: Noted): void {
    const { noted } = this.words;
    const { place, duration, remove } = item.corrections;
    const then = (act: () => void) => () => (dialog.close(), act());
    const dialog = openDialog(
      this.root,
      noted.question,
      this.words,
      h("p", { dir: "auto", class: "about" }, toldOf([item])[0]!),
      h(
        "div",
        { class: "stack" },
        place ? button(noted.place, then(() => this.openMap((places) => this.say(fill(place, { place: places }))))) : null,
        duration ? button(noted.duration, then(() => this.askDuration(duration))) : null,
        remove ? button(item.kind === "finding" ? noted.gone : noted.notMine, then(() => this.say(remove))) : null,
        button(noted.own, then(() => this.writeAbout(item))),
      ),
    );
  }

  private askDuration(template: string): void {
    const { noted } = this.words;
    const dialog = openDialog(
      this.root,
      noted.howLong,
      this.words,
      h("div", { class: "choices" }, ...noted.durations.map((duration) => button(duration, () => (dialog.close(), this.say(fill(template, { duration }))), "option"))),
    );
  }

  private writeAbout(item: Noted): void {
    this.write(fill(this.words.noted.ownText, { name: item.name }));
  }

  private write(text: string): void {
    this.box.value = [this.box.value.trim(), text].filter(Boolean).join(" ").slice(0, MOST_CHARACTERS);
    this.box.focus();
    this.tellLeft();
  }

  /** The body map: answers the question "where is it?", or writes the places into the box. */
  private openMap(use?: (places: string) => void): void {
    const { body } = this.words;
    const asked = this.asksPlace;
    const take = use ?? ((places: string) => (asked ? this.say(fill(body.in, { places })) : this.write(fill(body.in, { places }))));
    const map = bodyMap(this.words, mentioned(this.noted), (places) => (dialog.close(), take(places)));
    const dialog = openDialog(this.root, body.title, this.words, map.element);
    dialog.element.classList.add("wide");
  }

  // Starting over and erasing

  private askStartOver(): void {
    confirm(this.root, this.words.sure.startOver, this.words, () => void this.erase(() => (this.begin(), this.box.focus())));
  }

  private askDelete(): void {
    confirm(this.root, this.words.sure.delete, this.words, () =>
      void this.erase(() => {
        this.store.consent = false;
        this.begin();
        this.askConsent(this.words.erased);
      }),
    );
  }

  private async erase(then: () => void): Promise<void> {
    try {
      await this.channel.erase();
    } catch (error) {
      if (!(error instanceof ChannelError) || error.status !== 401) {
        this.log.notice((error instanceof ChannelError && error.message) || this.words.failedErase);
        return;
      }
    }
    this.outbox.clear();
    this.store.forget();
    this.sending = null;
    this.open = null;
    this.tell("");
    this.box.value = "";
    then();
  }

  // Keyboard and links inside

  /** F6 goes to and fro between the box and what can be tapped. */
  private onKey(event: KeyboardEvent): void {
    if (event.key !== "F6" || this.root.querySelector("dialog")) return;
    event.preventDefault();
    const target = this.root.activeElement === this.box ? (this.open?.element.querySelector<HTMLElement>("button") ?? this.log.element) : this.box;
    target.focus();
  }

  private onSource(event: Event): void {
    const name = (event.target as Element).closest("[data-source]")?.getAttribute("data-source");
    const source = name ? this.root.getElementById(name) : null;
    const details = source?.closest("details");
    if (!source || !details) return;
    details.open = true;
    source.focus();
  }
}
