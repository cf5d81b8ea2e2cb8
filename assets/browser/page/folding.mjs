// Text folded into lines of a width, as it is measured. Pure but for the measure.

/** Pieces of text in lines of a width, each at its x; what is longer than a line is cut between its letters.
 * @param {{ text: string, color: string }[]} pieces @param {number} width px @param {number} gap px
 * @param {(text: string) => number} wide @returns {{ x: number, text: string, color: string }[][]} */
export function folded(pieces, width, gap, wide) {
  const lines = [[]];
  let x = 0;
  for (const { text, color } of pieces.flatMap((piece) => letters(piece, width, wide))) {
    if (x && x + wide(text) > width) lines.push([]), (x = 0);
    lines[lines.length - 1].push({ x, text, color });
    x += wide(text) + gap;
  }
  return lines.filter((line) => line.length);
}

function letters(piece, width, wide) {
  if (wide(piece.text) <= width) return [piece];
  const parts = [""];
  for (const letter of piece.text) {
    if (wide(parts[parts.length - 1] + letter) > width) parts.push("");
    parts[parts.length - 1] += letter;
  }
  return parts.map((text) => ({ ...piece, text }));
}

/** A text in lines of a width, between its words. */
export function paragraph(text, color, width, wide) {
  const words = text.split(/\s+/).filter(Boolean).map((word) => ({ text: word, color }));
  const joined = (line) => [{ x: 0, text: line.map((word) => word.text).join(" "), color }];
  return folded(words, width, wide(" "), wide).map(joined);
}
