/** The web channel's messages (contract, sections 2 and 3), read tolerantly: whatever is not of its shape is left out. */

export interface Button {
  title: string;
  payload: string;
}

/** A finding or an exposure that was understood, with the messages that correct it. */
export interface Noted {
  kind: "finding" | "exposure";
  id: string;
  name: string;
  status: string;
  place: string;
  body: string[];
  side: string;
  duration: string;
  corrections: Record<string, string>;
}

export interface Link {
  concept: string;
  name: string;
  grade: string;
  badge: string;
  meaning: string;
  line: string;
  other_causes: string[];
  sources: number[];
}

export interface Test {
  id: string;
  name: string;
  why: string;
}

export interface Source {
  id: string;
  text: string;
  url: string;
}

export interface Card {
  title: string;
  because: string;
  see_doctor: string[];
  results: string[];
  links: Link[];
  advice: string[];
  tests: Test[];
  safety_net: string[];
  sources: Source[];
}

export interface Question {
  slot: string;
  multi: boolean;
  exclusive: string[];
  progress: { step: number; of: number } | null;
}

export interface Summary {
  text: string;
  fhir: unknown;
}

export interface Message {
  text: string;
  buttons: Button[];
  type: string;
  custom: Record<string, unknown>;
  noted: Noted[] | null;
  question: Question | null;
  card: Card | null;
  summary: Summary | null;
}

export interface Turn {
  id: string;
  at: number | null;
  message: string;
  answers: Message[];
}

const record = (value: unknown): Record<string, unknown> =>
  value !== null && typeof value === "object" && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);
const text = (value: unknown): string => (typeof value === "string" ? value : typeof value === "number" ? String(value) : "");
const texts = (value: unknown): string[] => list(value).map(text).filter(Boolean);
const count = (value: unknown): number | null => (typeof value === "number" && Number.isFinite(value) ? value : null);

export const messages = (data: unknown): Message[] => list(data).map(message);

export const turns = (data: unknown): Turn[] =>
  list(data).map((item) => {
    const turn = record(item);
    return { id: text(turn.id), at: count(turn.at), message: text(turn.message), answers: messages(turn.answers) };
  });

export function message(data: unknown): Message {
  const said = record(data);
  const custom = record(said.custom);
  const type = text(custom.type);
  return {
    text: text(said.text),
    buttons: list(said.buttons).map(button).filter((each) => each.title),
    type,
    custom,
    noted: Array.isArray(custom.noted) ? custom.noted.map(noted) : null,
    question: type === "question" ? question(custom) : null,
    card: type === "assessment" && custom.card ? card(record(custom.card)) : null,
    summary: type === "summary" ? summary(custom) : null,
  };
}

export const summary = (data: unknown): Summary => ({ text: text(record(data).text), fhir: record(data).fhir ?? null });

function button(data: unknown): Button {
  const title = text(record(data).title);
  return { title, payload: text(record(data).payload) || title };
}

function noted(data: unknown): Noted {
  const item = record(data);
  const corrections = Object.entries(record(item.corrections)).map(([what, said]) => [what, text(said)] as const);
  return {
    kind: item.kind === "exposure" ? "exposure" : "finding",
    id: text(item.id),
    name: text(item.name),
    status: text(item.status),
    place: text(item.place),
    body: texts(item.body),
    side: text(item.side),
    duration: text(item.duration),
    corrections: Object.fromEntries(corrections),
  };
}

function question(custom: Record<string, unknown>): Question {
  const { step, of } = record(custom.progress);
  const known = count(step) !== null && count(of) !== null;
  return {
    slot: text(custom.slot),
    multi: custom.multi === true,
    exclusive: texts(custom.exclusive),
    progress: known ? { step: count(step)!, of: count(of)! } : null,
  };
}

function card(data: Record<string, unknown>): Card {
  return {
    title: text(data.title),
    because: text(data.because),
    see_doctor: texts(data.see_doctor),
    results: texts(data.results),
    links: list(data.links).map(link),
    advice: texts(data.advice),
    tests: list(data.tests).map((item) => {
      const test = record(item);
      return { id: text(test.id), name: text(test.name), why: text(test.why) };
    }),
    safety_net: texts(data.safety_net),
    sources: list(data.sources).map((item) => {
      const source = record(item);
      return { id: text(source.id), text: text(source.text), url: text(source.url) };
    }),
  };
}

function link(data: unknown): Link {
  const item = record(data);
  return {
    concept: text(item.concept),
    name: text(item.name),
    grade: text(item.grade),
    badge: text(item.badge),
    meaning: text(item.meaning),
    line: text(item.line),
    other_causes: texts(item.other_causes),
    sources: list(item.sources).map(count).filter((n): n is number => n !== null),
  };
}
