import { describe, expect, test } from "vitest";
import { mentioned, nameOf, PLACES, REGIONS, said } from "../src/body";
import { message, type Noted } from "../src/contract";
import { wordsFor } from "../src/words";

const words = wordsFor("en");
const noted = (...items: Partial<Noted>[]): Noted[] => message({ custom: { noted: items } }).noted ?? [];

test("from the front a person's left is on the viewer's right, from the back on the viewer's left", () => {
  const mirrored = (key: string, view: string): boolean | undefined => REGIONS.find((region) => region.key === key && region.view === view)?.mirrored;
  expect(mirrored("left knee", "front")).toBe(false);
  expect(mirrored("left knee", "back")).toBe(true);
  expect(mirrored("right knee", "front")).toBe(true);
});

test("every outline is in the list, and the list has each place once", () => {
  const keys = PLACES.map((place) => place.key);
  expect(new Set(keys).size).toBe(keys.length);
  expect(REGIONS.every((region) => keys.includes(region.key))).toBe(true);
});

test("every place has a name", () => {
  const names: Record<string, string> = words.body.places;
  expect(PLACES.map((place) => place.place).filter((place) => !names[place])).toEqual([]);
  expect(Object.keys(names).filter((name) => !PLACES.some((place) => place.place === name))).toEqual([]);
});

describe("places already mentioned", () => {
  test.each([
    [[{ body: ["calf"], side: "left" }], ["left calf"]],
    [[{ body: ["calf"] }], ["right calf", "left calf"]],
    [[{ body: ["knee"], side: "both" }], ["right knee", "left knee"]],
    [[{ body: ["back"] }], ["upper back", "lower back"]],
    [[{ body: ["foot"], side: "right" }], ["right foot", "right toe", "right heel"]],
    [[{ body: ["skin"] }], []],
    [[{ body: ["calf"], side: "left", status: "past" }], []],
    [[], []],
  ])("%j", (items, keys) => expect([...mentioned(noted(...(items as Partial<Noted>[])))].sort()).toEqual([...keys].sort()));

  test("all over is everywhere", () => expect(mentioned(noted({ body: ["whole body"] })).size).toBe(PLACES.length));
});

test("chosen places are said head to toe, whatever the order of the taps", () => {
  expect(said(new Set(["left calf", "lower back", "right knee"]), words)).toBe("right knee, lower back and left calf");
  expect(said(new Set(["left calf"]), words)).toBe("left calf");
  expect(said(new Set(), words)).toBe("");
  expect(nameOf({ key: "x", place: "finger", side: "right" }, words)).toBe("right fingers");
});
