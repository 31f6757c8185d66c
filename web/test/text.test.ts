import { describe, expect, test } from "vitest";
import { phonesIn, pieces, webAddress } from "../src/text";

const linked = (text: string): (string | undefined)[] => pieces(text).filter((piece) => piece.phone).map((piece) => piece.phone);

describe("phone numbers in a sentence", () => {
  test.each([
    ["Call 999 (UK), 112 (EU) or 911 (US/Canada) now.", ["999", "112", "911"]],
    ["Samaritans 116 123. US/Canada: call or text 988.", ["116123", "988"]],
    ["an urgent GP appointment, NHS 111 or urgent care", ["111"]],
    ["call 999.", ["999"]],
    ["112, or 999 in the UK", ["112", "999"]],
    ["no number here", []],
    ["", []],
  ])("%s", (text, numbers) => expect(linked(text)).toEqual(numbers));

  test.each([["a level of 111.5 nmol/L"], ["1,112 people"], ["PMID 14661988"], ["doi:10.1/999"], ["911% more"], ["+44 20 7946 0999"]])(
    "%s is none",
    (text) => expect(linked(text)).toEqual([]),
  );

  test("nothing of the text is lost", () => {
    const text = "If worse: 999. <b>not markup</b> 112";
    expect(pieces(text).map((piece) => piece.text).join("")).toBe(text);
  });

  test("those wanted, in their order, that the text names", () => {
    expect(phonesIn("call 112 or 999; Samaritans 116 123", ["999", "112", "911", "116 123"])).toEqual(["999", "112", "116 123"]);
  });
});

describe("addresses of sources", () => {
  test.each([["https://doi.org/10.4065/78.12.1463"], ["http://example.test/"]])("%s", (address) => expect(webAddress(address)).toBe(address));
  test.each([["javascript:alert(1)"], ["data:text/html,<script>"], ["no address"], ["//host"], [""]])("%s is none", (address) =>
    expect(webAddress(address)).toBeNull(),
  );
});
