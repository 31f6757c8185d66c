import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { fill, wordsFor } from "../src/words";

const sources = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? sources(`${folder}/${entry.name}`) : entry.name.endsWith(".ts") ? [`${folder}/${entry.name}`] : [],
  );
const FILES = sources("src").map((path) => ({ path, text: readFileSync(path, "utf8") }));

test("English stands in for a language that is not there", () => {
  expect(wordsFor("en-GB")).toBe(wordsFor("en"));
  expect(wordsFor("xx")).toBe(wordsFor("en"));
});

test("placeholders are filled in, and a value is not filled in again", () => {
  expect(fill("{a} of {b}", { a: "{b}", b: 2 })).toBe("{b} of 2");
  expect(fill("{other}", {})).toBe("{other}");
});

describe("the sources", () => {
  test.each(FILES)("$path reads nothing as HTML and runs no text", ({ text }) => {
    expect(text).not.toMatch(/innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|createContextualFragment|DOMParser/);
  });

  test.each(FILES)("$path holds no sentence: those stand in words/*.json", ({ text }) => {
    const code = text.replace(/\/\*[\s\S]*?\*\/|(?<!:)\/\/.*$/gm, "");
    const strings = [...code.matchAll(/"([^"\n]*)"|'([^'\n]*)'/g)].map((match) => match[1] ?? match[2] ?? "");
    expect(strings.filter((string) => /^[A-Z][a-z]+(?: [a-z']+){2,}/.test(string))).toEqual([]);
  });
});

test("every emergency sentence of the widget names the numbers", () => {
  const words = wordsFor("en");
  for (const text of [words.emergency, words.offline, words.broken]) for (const number of ["112", "999", "911"]) expect(text).toContain(number);
});
