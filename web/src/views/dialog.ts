/** A question that has to be answered first: the browser's own modal dialog, with its focus and Escape. */
import { button, h, icon } from "../dom";
import type { Words } from "../words";

export interface Opened {
  element: HTMLDialogElement;
  close(): void;
}

export function openDialog(root: ShadowRoot, title: string, words: Words, ...content: (HTMLElement | null)[]): Opened {
  const shut = h("button", { type: "button", class: "shut", "aria-label": words.cancel, click: () => element.close() }, icon("close"));
  const element = h(
    "dialog",
    { "aria-label": title },
    h("div", { class: "dialog" }, h("header", {}, h("h3", {}, title), shut), ...content),
  );
  element.addEventListener("click", (event) => {
    if (event.target === element) element.close();
  });
  element.addEventListener("close", () => element.remove()); // the browser itself gives the focus back
  (root.querySelector(".chat") ?? root).append(element);
  element.showModal();
  return { element, close: () => element.close() };
}

export function confirm(root: ShadowRoot, asked: { title: string; text: string; yes: string }, words: Words, yes: () => void): void {
  const dialog = openDialog(
    root,
    asked.title,
    words,
    h("p", {}, asked.text),
    h(
      "div",
      { class: "row" },
      button(words.cancel, () => dialog.close()),
      button(asked.yes, () => (dialog.close(), yes()), "main"),
    ),
  );
}
