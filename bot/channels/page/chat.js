"use strict";
// Everything shown is set with textContent; nothing a person or the bot says is ever read as HTML.
const API = "/webhooks/web/";
const WAIT_MS = 12000; // longer than the channel's own deadline
const $ = (id) => document.getElementById(id);
const words = Object.fromEntries([...$("words").querySelectorAll("dt")].map((t) => [t.textContent, t.nextElementSibling.textContent]));
let busy = false;

const element = (tag, text, ...classes) => {
  const made = document.createElement(tag);
  made.textContent = text;
  made.classList.add(...classes);
  return made;
};

function bubble(who, text, ...classes) {
  const box = element("div", "", "bubble", ...classes);
  box.append(element("span", `${who} `, "who"), document.createTextNode(text));
  $("log").append(box);
  box.scrollIntoView({ block: "nearest" });
  return box;
}

function choices(message) {
  const custom = message.custom || {};
  const titles = (message.buttons || []).map((b) => [b.title, b.payload]);
  if (!titles.length) return;
  const box = element("div", "", "choices");
  box.setAttribute("role", "group");
  for (const [title, payload] of titles) {
    const button = element("button", title);
    button.type = "button";
    if (custom.multi) {
      button.setAttribute("aria-pressed", "false");
      button.onclick = () => button.setAttribute("aria-pressed", String(button.getAttribute("aria-pressed") !== "true"));
    } else {
      button.onclick = () => say(payload);
    }
    box.append(button);
  }
  if (custom.multi) {
    const done = element("button", words.done, "finish");
    done.type = "button";
    done.onclick = () => {
      const chosen = [...box.querySelectorAll("[aria-pressed=true]")].map((b) => b.textContent);
      if (chosen.length) say(chosen.join(", "));
    };
    box.append(done);
  }
  $("log").append(box);
}

function show(answers) {
  document.querySelectorAll(".choices").forEach((box) => box.remove());
  const shown = [];
  for (const message of answers) {
    const urgent = (message.custom || {}).type === "red_flag";
    if (message.text) shown.push(bubble(urgent ? words.urgent : words.bot, message.text, ...(urgent ? ["urgent"] : [])));
    choices(message);
  }
  // An answer is read from its beginning, and an urgent one must not stay below the fold.
  if (shown.length) shown[0].scrollIntoView({ block: "start" });
}

async function call(method, path, body) {
  const headers = { "Content-Type": "application/json" };
  const token = sessionStorage.getItem("token");
  if (token) headers.Authorization = `Bearer ${token}`;
  const options = { method, headers, signal: AbortSignal.timeout(WAIT_MS) };
  if (body) options.body = JSON.stringify(body);
  const response = await fetch(API + path, options);
  const data = await response.json();
  if (!response.ok) throw Object.assign(new Error(data.message), { status: response.status, told: true });
  return data;
}

async function open() {
  if (!sessionStorage.getItem("token")) sessionStorage.setItem("token", (await call("POST", "session")).token);
}

function forget() {
  sessionStorage.removeItem("token");
  $("log").replaceChildren();
}

async function working(task) {
  if (busy) return;
  busy = true;
  $("status").textContent = words.wait;
  document.querySelectorAll("button").forEach((b) => { b.disabled = true; });
  let told = "";
  try {
    told = (await task()) || "";
  } catch (error) {
    if (error.status === 401) sessionStorage.removeItem("token");
    bubble(words.bot, error.told ? error.message : words.offline, "error");
  } finally {
    busy = false;
    $("status").textContent = told;
    document.querySelectorAll("button").forEach((b) => { b.disabled = false; });
  }
}

let unsent = { text: "", id: "" }; // the same text sent again after a failure keeps its id, so it counts once

function say(text) {
  return working(async () => {
    await open();
    if (unsent.text !== text) {
      unsent = { text, id: [...crypto.getRandomValues(new Uint8Array(16))].map((b) => b.toString(16).padStart(2, "0")).join("") };
      bubble(words.you, text, "you");
    }
    const answers = await call("POST", "message", { message: text, id: unsent.id });
    unsent = { text: "", id: "" };
    if ($("text").value.trim() === text) $("text").value = "";
    show(answers);
    $("text").focus({ preventScroll: true });
  });
}

$("form").onsubmit = (event) => {
  event.preventDefault();
  const text = $("text").value.trim();
  if (text) say(text);
};
$("text").onkeydown = (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    $("form").requestSubmit();
  }
};
const erase = async () => {
  if (sessionStorage.getItem("token")) await call("DELETE", "conversation");
  forget();
};
$("again").onclick = () => working(async () => { await erase(); await open(); });
$("erase").onclick = () => {
  if (window.confirm(words.sure)) working(async () => { await erase(); return words.erased; });
};

working(async () => {
  if (!sessionStorage.getItem("token")) return;
  const log = $("log");
  log.setAttribute("aria-live", "off"); // history is not news
  for (const turn of await call("GET", "conversation")) {
    bubble(words.you, turn.message, "you");
    show(turn.answers);
  }
  requestAnimationFrame(() => log.setAttribute("aria-live", "polite"));
});
