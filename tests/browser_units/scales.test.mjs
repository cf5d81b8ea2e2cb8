import assert from "node:assert/strict";
import { test } from "node:test";

import { heights, lanesIn, LARGE_TYPE, leastOf } from "../../assets/browser/charts/stack.mjs";
import { apart, between, ticks } from "../../assets/browser/charts/time_scale.mjs";

const WEEKS = [-208, -6, 26, 130], UNITS = [0, 9, 72, 100];

test("a stretched clock goes both ways, and on beyond its ends", () => {
  for (const week of [-300, -208, -100, -6, 0, 26, 60, 130, 200]) {
    assert.ok(Math.abs(between(between(week, WEEKS, UNITS), UNITS, WEEKS) - week) < 1e-9);
  }
  assert.equal(between(-6, WEEKS, UNITS), 9);
});

test("ranges that differ by rounding are the same", () => {
  assert.equal(apart([0, 100], [0, 100 + 1e-9]), false);
  assert.equal(apart([0, 100], [0, 101]), true);
});

test("ticks are at least 30 px apart, in order, with a true minus", () => {
  const unitAt = (week) => between(week, WEEKS, UNITS);
  const [units, text] = ticks([[-6, 0, 26], [8, 16], [4, 12, 20]], unitAt, [9, 72], 300);
  assert.deepEqual(text, ["−6", "0", "4", "8", "12", "16", "20", "26"]);
  assert.deepEqual(ticks([[-6, 0, 26], [8, 16], [4, 12, 20]], unitAt, [9, 72], 200)[1], ["−6", "0", "8", "16", "26"]);
  for (let i = 1; i < units.length; i += 1) assert.ok(((units[i] - units[i - 1]) / 63) * 300 >= 30 - 1e-9);
});

const FIGURE = { stack: [["y", null], ["y2", 45], ["y3", 62], ["y4", 60]], gap: 8, least: 200, scroll: { axis: "y4", row: 20, count: 3 } };

test("the outcome takes what the others leave", () => {
  assert.deepEqual(heights(FIGURE, 700), [700 - 24 - 45 - 62 - 60, 45, 62, 60]);
});

test("lanes become lower before their list scrolls, and three are always in sight", () => {
  const of = (count) => ({ ...FIGURE, scroll: { ...FIGURE.scroll, count } });
  const [outcome, , , lanes] = heights(of(20), 700);
  assert.deepEqual([outcome, lanes], [200, 369]);
  assert.equal(heights(of(300), 700)[3], 360);
  assert.equal(heights(of(300), 340)[3], 60);
  assert.equal(lanesIn({ row: 20, count: 300 }, 360), 18);
  assert.equal(lanesIn({ row: 20, count: 300 }, 379), 18);
  assert.equal(lanesIn({ row: 20, count: 20 }, 369), 20);
});

test("without a list of lanes nothing scrolls", () => {
  assert.deepEqual(heights({ ...FIGURE, stack: [["y", null], ["y2", 45]], scroll: null }, 500), [447, 45]);
});

test("the least height holds what has one, half of a plot's least, and a short list of lanes, made lower, whole", () => {
  assert.equal(leastOf(FIGURE), 200 * LARGE_TYPE + 45 + 62 + 3 * 14 + 3 * 8);
  assert.equal(leastOf({ ...FIGURE, foot: 5 }), leastOf(FIGURE) + 5);
  const long = { ...FIGURE, scroll: { axis: "y4", row: 20, count: 300 } };
  assert.equal(leastOf(long), leastOf(FIGURE) - 3 * 14 + 3 * 20);
  assert.ok(heights({ ...FIGURE }, leastOf(FIGURE)).every((px) => px >= 42));
});
