/** The body's places: their outlines, and which of them a place named in the talk covers. Pure. */
import type { Noted } from "./contract";
import { fill, type Words } from "./words";

export type Side = "left" | "right" | "";
export type View = "front" | "back";

/** One outline. `place` is the name the bot knows; a sided one is drawn for the viewer's right and mirrored. */
interface Shape {
  place: string;
  sided: boolean;
  path: string;
}

export interface Region extends Shape {
  key: string;
  view: View;
  side: Side;
  mirrored: boolean;
}

const sided = (place: string, path: string): Shape => ({ place, sided: true, path });
const middle = (place: string, path: string): Shape => ({ place, sided: false, path });

const LIMBS = [
  sided("shoulder", "M71 54.5C82 55 92 58 94.6 70L84.6 74.6C83.6 69 80.5 64.5 71 60Z"),
  sided("upper arm", "M85 76.6 94.9 72.4C98.6 82 100 91.5 100.8 99.6L91 102.2C88 94 86 86 85 76.6Z"),
  sided("elbow", "M91.4 104.4 101.2 101.8 103.3 112.4 94 115.2Z"),
  sided("forearm", "M94.6 117.4 103.8 114.6C106.8 126 108.8 136 110.2 143.6L103 146.4C99 138 96.4 128 94.6 117.4Z"),
  sided("wrist", "M103.6 148.6 110.8 145.8 112.2 152.4 105 155Z"),
  sided("hand", "M105.2 157.2 113 154.4C116.8 160 117.8 165 117.4 169.8L109 171.8C106 167 105 162.4 105.2 157.2Z"),
  sided("finger", "M109.4 174 117.2 172.2C118 180 117 187 114.6 190.4 111 188 109.2 181 109.4 174Z"),
];
const NECK = middle("neck", "M52.6 45.5C55 47.6 65 47.6 67.4 45.5L69 53 51 53Z");
const KNEE = sided("knee", "M66.4 202.2 82.2 202.2 81.3 215.6 67.2 215.6Z");
const ANKLE = sided("ankle", "M69.6 255.6 78.6 255.6 79 263.4 69.2 263.4Z");
const LOWER_LEG = "M67.3 217.8 81.3 217.8C84 230 81.4 243 78.4 253.4L69.7 253.4C67 242 66 230 67.3 217.8Z";

const FRONT = [
  middle("head", "M60 4C73 4 78 13 77 23L43 23C42 13 47 4 60 4Z"),
  middle("face", "M43.4 25.2 76.6 25.2C76 34 69 43.6 60 43.6 51 43.6 44 34 43.4 25.2Z"),
  NECK,
  middle("chest", "M51 55.2 69 55.2C75 60 81 64 82.4 71L83.2 83 36.8 83 37.6 71C39 64 45 60 51 55.2Z"),
  sided("rib", "M61.1 85.2 83 85.2 80.8 105 61.1 105Z"),
  middle("abdomen", "M39.4 107.2 80.6 107.2 82 131 38 131Z"),
  middle("groin", "M49.6 133.2 70.4 133.2 72 152 62 160 58 160 48 152Z"),
  sided("hip", "M72.6 133.2 82.2 133.2C85 139 87 145 87.4 151.4L74.2 151.4Z"),
  sided("thigh", "M62 162 73.6 153.6 87.5 153.6C89 170 86 188 82.4 200L66.2 200C63 186 62 174 62 162Z"),
  KNEE,
  sided("shin", LOWER_LEG),
  ANKLE,
  sided("foot", "M69.2 265.6 79 265.6C82 270 84 274 84.4 277.6L67.8 277.6C68.4 273 68.8 269 69.2 265.6Z"),
  sided("toe", "M67.7 279.8 84.6 279.8C85 284 82 286.4 76 286.4 70 286.4 67.4 284 67.7 279.8Z"),
  ...LIMBS,
];

const BACK = [
  middle("head", "M60 4C75 4 79 14 77 25 75.6 35 69 43.6 60 43.6 51 43.6 44.4 35 43 25 41 14 45 4 60 4Z"),
  NECK,
  middle("upper back", "M51 55.2 69 55.2C75 60 81 64 82.4 71L83.2 83 81.4 100 38.6 100 36.8 83 37.6 71C39 64 45 60 51 55.2Z"),
  middle("lower back", "M38.9 102.2 81.1 102.2 82 129.6 38 129.6Z"),
  sided("buttock", "M61.1 131.8 82.2 131.8C86 139 88 150 87.4 159.4L61.1 161.4Z"),
  sided("hamstring", "M61.6 163.6 87.4 161.6C88 175 86 189 82.4 200L66.2 200C63 189 62 176 61.6 163.6Z"),
  KNEE,
  sided("calf", LOWER_LEG),
  ANKLE,
  sided("heel", "M69.2 265.6 79 265.6C81.4 272 81.4 278 79.6 283L68.6 283C67.4 278 68 272 69.2 265.6Z"),
  ...LIMBS,
];

export const FIGURE = { width: 120, height: 290 };

/** From the front a person's left is on the viewer's right; from the back on the viewer's left. */
const regionsOf = (view: View, shapes: Shape[]): Region[] =>
  shapes.flatMap((shape): Region[] => {
    if (!shape.sided) return [{ ...shape, view, side: "", key: shape.place, mirrored: false }];
    const viewersRight: Side = view === "front" ? "left" : "right";
    const viewersLeft: Side = view === "front" ? "right" : "left";
    return [
      { ...shape, view, side: viewersRight, key: `${viewersRight} ${shape.place}`, mirrored: false },
      { ...shape, view, side: viewersLeft, key: `${viewersLeft} ${shape.place}`, mirrored: true },
    ];
  });

export const REGIONS: readonly Region[] = [...regionsOf("front", FRONT), ...regionsOf("back", BACK)];

export interface Place {
  key: string;
  place: string;
  side: Side;
}

export const WHOLE_BODY = "whole body";

/** Every place once, right before left, head to toe: the list that equals the figures. */
export const PLACES: readonly Place[] = [
  ...new Map(REGIONS.map(({ key, place, side }) => [key, { key, place, side }])).values(),
  { key: WHOLE_BODY, place: WHOLE_BODY, side: "" },
];

// Wider words people use, and the places they cover.
const COVERS: Record<string, string[]> = {
  arm: ["upper arm", "elbow", "forearm"],
  leg: ["thigh", "hamstring", "knee", "shin", "calf"],
  back: ["upper back", "lower back"],
  spine: ["upper back", "lower back"],
  hand: ["hand", "finger"],
  palm: ["hand"],
  thumb: ["finger"],
  foot: ["foot", "toe", "heel"],
  sole: ["foot", "heel"],
  pelvis: ["groin", "hip"],
  eye: ["face"],
  eyelid: ["face"],
  mouth: ["face"],
  lip: ["face"],
  jaw: ["face"],
  tongue: ["face"],
  throat: ["neck"],
};

/** Keys of the places that were mentioned. */
export function mentioned(items: readonly Noted[]): Set<string> {
  const keys = new Set<string>();
  for (const { body, side, status } of items) {
    if (status === "past") continue;
    for (const part of body) {
      const all = part === WHOLE_BODY;
      const covered = COVERS[part] ?? [part];
      for (const place of PLACES) {
        const fits = !side || side === "both" || !place.side || place.side === side;
        if (all || (covered.includes(place.place) && fits)) keys.add(place.key);
      }
    }
  }
  return keys;
}

export function nameOf({ place, side }: Place, words: Words): string {
  const names: Record<string, string> = words.body.places;
  const name = names[place] ?? place;
  if (!side) return name;
  return fill(side === "left" ? words.body.sideLeft : words.body.sideRight, { place: name });
}

/** "left calf and lower back": what the chosen places say, in the order of the list. */
export function said(chosen: ReadonlySet<string>, words: Words): string {
  const names = PLACES.filter(({ key }) => chosen.has(key)).map((place) => nameOf(place, words));
  const last = names.pop() ?? "";
  return names.length ? names.join(", ") + words.body.and + last : last;
}
