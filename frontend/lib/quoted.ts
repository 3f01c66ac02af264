const LONGEST = 60;
const characters = new Intl.Segmenter(undefined, { granularity: "grapheme" });

/** A title within a sentence: short, no character cut in half, and no influence on its direction. */
export function quoted(title: string): string {
  // Nobody counts the characters of what is short enough in any case.
  const whole = title.length <= LONGEST ? [] : Array.from(characters.segment(title), ({ segment }) => segment);
  const short = whole.length > LONGEST ? `${whole.slice(0, LONGEST).join("")}…` : title;
  return `“\u2068${short}\u2069”`;
}
