/** What can be tapped: one of several, or several and "done". Stays readable after use. */
import { button, h, hidden, icon } from "../dom";
import type { Message } from "../contract";
import type { Words } from "../words";

export interface Choices {
  element: HTMLElement;
  /** No longer to be tapped; `said` shows what was chosen. */
  close(said?: string): void;
}

export function choices(message: Message, words: Words, say: (text: string) => void, extra: HTMLElement | null): Choices | null {
  const { buttons, question } = message;
  if (!buttons.length) return null;
  const many = question?.multi ?? false;
  const alone = new Set(question?.exclusive ?? []);
  const note = h("p", { class: "hint", role: "status" });
  const options = buttons.map((each) => {
    const option = button(each.title, () => (many ? flip(option, each.title) : say(each.payload)), "option");
    option.dir = "auto";
    if (many) option.setAttribute("aria-pressed", "false");
    option.prepend(icon("check"));
    return option;
  });

  const pressed = (option: HTMLElement): boolean => option.getAttribute("aria-pressed") === "true";
  function flip(option: HTMLElement, title: string): void {
    const on = !pressed(option);
    option.setAttribute("aria-pressed", String(on));
    note.textContent = "";
    if (!on) return;
    options.forEach((other, place) => {
      const clash = alone.has(title) || alone.has(buttons[place]!.title);
      if (other !== option && clash) other.setAttribute("aria-pressed", "false");
    });
  }

  function finish(): void {
    const chosen = buttons.filter((_, place) => pressed(options[place]!)).map((each) => each.payload);
    if (chosen.length) say(chosen.join(", "));
    else note.textContent = words.chooseFirst;
  }

  const element = h(
    "div",
    { class: many ? "choices many" : "choices", role: "group", "aria-label": many ? words.optionsMany : words.optionsOne },
    ...options,
    extra,
    many && button(words.done, finish, "main done"),
    many && note,
  );

  return {
    element,
    close(said = "") {
      const parts = said.split(", ");
      element.classList.add("used");
      element.querySelectorAll(".done, .hint, .extra").forEach((part) => part.remove());
      options.forEach((option, place) => {
        const { title, payload } = buttons[place]!;
        const chosen = many ? pressed(option) || parts.includes(payload) || said === payload : said === payload;
        const shown = h("span", { class: chosen ? "option chosen" : "option", dir: "auto" }, chosen && icon("check"), title);
        if (chosen) shown.append(hidden(` (${words.chosen})`));
        option.replaceWith(shown);
      });
      element.removeAttribute("role");
      element.removeAttribute("aria-label");
    },
  };
}
