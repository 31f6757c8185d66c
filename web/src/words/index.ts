/** The widget's own sentences, by language; English where there is no other. A language is one more JSON file. */
import en from "./en.json";

export type Words = typeof en;

const LANGUAGES: Record<string, Words> = { en };

export const wordsFor = (lang: string): Words => LANGUAGES[lang.toLowerCase().split("-")[0] ?? ""] ?? en;

/** "{count} left" with its placeholders filled in; what has no value stays as it is. */
export const fill = (text: string, values: Record<string, string | number>): string =>
  text.replace(/\{(\w+)\}/g, (whole, name: string) => (name in values ? String(values[name]) : whole));
