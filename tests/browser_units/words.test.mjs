import assert from "node:assert/strict";
import { test } from "node:test";

globalThis.window = { addEventListener() {} };
globalThis.document = { addEventListener() {}, querySelector: () => null, querySelectorAll: () => [] };
const { edited } = await import("../../assets/browser/page/edits.mjs");
const { folded, paragraph } = await import("../../assets/browser/page/folding.mjs");
const { selectionWords } = await import("../../assets/browser/page/speech.mjs");

const NOBODY = { patients: [], groups: [], visits: [], courses: [] };

test("what is highlighted is said with its n", () => {
  const course = { patient: "P1", treatment: "secukinumab", start: 9 };
  assert.equal(selectionWords({ ...NOBODY, patients: ["P1"] }, {}), "P1 highlighted");
  assert.equal(selectionWords({ ...NOBODY, patients: ["P1", "P2", "P3"] }, {}), "P1, P2 and P3 highlighted");
  assert.equal(selectionWords({ ...NOBODY, patients: ["a", "b", "c", "d", "e"] }, {}), "5 patients highlighted");
  assert.equal(selectionWords({ ...NOBODY, courses: [course] }, {}), "secukinumab of P1 highlighted");
  assert.equal(selectionWords({ ...NOBODY, visits: [["P1", 1, 1], ["P2", 1, 1]] }, {}), "2 visits of P1 and P2 selected");
  assert.equal(selectionWords(NOBODY, {}), "Highlight cleared");
});

const wide = (text) => text.length;

test("pieces are folded into lines of a width; a longer one is cut between its letters", () => {
  const texts = (lines) => lines.map((line) => line.map(({ text }) => text));
  const pieces = ["aaa", "bbb", "cc", "d".repeat(25)].map((text) => ({ text, color: "" }));
  assert.deepEqual(texts(folded(pieces, 10, 1, wide)), [["aaa", "bbb", "cc"], ["d".repeat(10)], ["d".repeat(10)], ["d".repeat(5)]]);
  assert.deepEqual(texts(paragraph("one two three four", "", 9, wide)), [["one two"], ["three"], ["four"]]);
});

test("what is said of a thing takes the place of what was said of it before", () => {
  const once = edited({}, ["column", "a.csv", "x"], "pasi"), twice = edited(once, ["column", "a.csv", "x"], "week");
  assert.deepEqual(twice, { column: [["a.csv", "x", "week"]] });
  assert.deepEqual(edited(twice, ["column", "a.csv", "y"], "id").column.length, 2);
});
