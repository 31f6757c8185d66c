/** Plain text with its phone numbers: the only markup a bot's sentence ever gets. */

export interface Piece {
  text: string;
  phone?: string;
}

// Emergency and crisis numbers that the red-flag rules and the apologies name; a number is a word of its own.
const PHONES = /(?<![\w.,/+-])(?:116 123|999|112|911|111|988)(?![\w%/+-]|[.,]\d)/g;

export function pieces(text: string): Piece[] {
  const found: Piece[] = [];
  let place = 0;
  for (const match of text.matchAll(PHONES)) {
    if (match.index > place) found.push({ text: text.slice(place, match.index) });
    found.push({ text: match[0], phone: match[0].replace(/ /g, "") });
    place = match.index + match[0].length;
  }
  if (place < text.length) found.push({ text: text.slice(place) });
  return found;
}

/** The numbers among `wanted` that a text names, in the order wanted. */
export function phonesIn(text: string, wanted: readonly string[]): string[] {
  const named = new Set(pieces(text).map((piece) => piece.phone));
  return wanted.filter((number) => named.has(number.replace(/ /g, "")));
}

/** Only addresses that are safe to follow: a source never becomes a script. */
export function webAddress(address: string): string | null {
  try {
    const url = new URL(address);
    return url.protocol === "https:" || url.protocol === "http:" ? url.href : null;
  } catch {
    return null;
  }
}
