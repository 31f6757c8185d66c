import { describe, expect, test } from "vitest";
import { message, messages, summary, turns } from "../src/contract";

describe("a bot message", () => {
  test("is read whole", () => {
    const read = message({
      text: "Where?",
      buttons: [{ title: "calf", payload: "calf" }, { title: "no payload" }],
      custom: { type: "question", slot: "location", multi: true, exclusive: ["not sure"], progress: { step: 2, of: 5 }, noted: [] },
    });
    expect(read.buttons).toEqual([{ title: "calf", payload: "calf" }, { title: "no payload", payload: "no payload" }]);
    expect(read.question).toEqual({ slot: "location", multi: true, exclusive: ["not sure"], progress: { step: 2, of: 5 } });
    expect(read.noted).toEqual([]);
  });

  test.each([[null], [undefined], [7], ["text"], [[]], [{ text: {}, buttons: "x", custom: [] }], [{ buttons: [null, 3, { title: {} }] }]])(
    "%j breaks nothing",
    (data) => expect(message(data)).toMatchObject({ text: "", buttons: [], type: "", noted: null, question: null, card: null }),
  );

  test("a card with anything missing is a card with less", () => {
    const { card } = message({ custom: { type: "assessment", card: { links: [null, { name: "Cramps", sources: [1, "2"] }], tests: 3, sources: [{}] } } });
    expect(card?.links.map((link) => [link.name, link.sources])).toEqual([["", []], ["Cramps", [1]]]);
    expect(card?.tests).toEqual([]);
  });

  test("an assessment without a card stays words", () => expect(message({ text: "so", custom: { type: "assessment" } }).card).toBeNull());
  test("a question without numbers has no progress", () => expect(message({ custom: { type: "question", progress: { step: "2" } } }).question?.progress).toBeNull());
});

test("a list that is none is an empty talk", () => {
  expect(messages({ error: "x" })).toEqual([]);
  expect(turns(null)).toEqual([]);
});

test("a turn keeps its time if it has one", () => {
  expect(turns([{ id: "1", at: 5, message: "hi", answers: [{ text: "a" }] }, {}]).map((turn) => [turn.id, turn.at, turn.answers.length])).toEqual([["1", 5, 1], ["", null, 0]]);
});

test("the doctor's summary", () => {
  expect(summary({ type: "summary", text: "t", fhir: { resourceType: "Bundle" } })).toEqual({ text: "t", fhir: { resourceType: "Bundle" } });
  expect(summary([])).toEqual({ text: "", fhir: null });
});
