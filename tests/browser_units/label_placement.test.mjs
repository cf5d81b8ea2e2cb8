import assert from "node:assert/strict";
import { test } from "node:test";

import { boxOf, meet, spread, stretches } from "../../assets/browser/charts/label_placement.mjs";

test("labels with room stay where they are wanted", () => {
  assert.deepEqual(spread([10, 50, 90], [10, 10, 10]), [10, 50, 90]);
});

test("labels on one place share it in their order, around their mean", () => {
  assert.deepEqual(spread([50, 50, 50], [10, 10, 10]), [40, 50, 60]);
  assert.deepEqual(spread([52, 50], [10, 10]), [56, 46]);
});

test("labels never overlap, and stay between the bounds while they fit", () => {
  const wanted = Array.from({ length: 20 }, (_, i) => (i * 7919) % 100), sizes = wanted.map((_, i) => 2 + (i % 3));
  const placed = spread(wanted, sizes, 0, 100), order = wanted.map((_, i) => i).sort((a, b) => placed[a] - placed[b]);
  for (let k = 1; k < order.length; k += 1) {
    const [a, b] = [order[k - 1], order[k]];
    assert.ok(placed[b] - placed[a] >= (sizes[a] + sizes[b]) / 2 - 1e-9);
    assert.ok(wanted[a] <= wanted[b]);
  }
  assert.ok(Math.min(...placed.map((x, i) => x - sizes[i] / 2)) >= -1e-9);
  assert.ok(Math.max(...placed.map((x, i) => x + sizes[i] / 2)) <= 100 + 1e-9);
});

test("a box is where its text stands", () => {
  const text = { x: 100, y: 50, width: 40, size: 10 };
  assert.deepEqual(boxOf({ ...text, anchor: "start" }), [100, 44, 140, 56]);
  assert.deepEqual(boxOf({ ...text, anchor: "end" }), [60, 44, 100, 56]);
  assert.deepEqual(boxOf({ ...text, anchor: "middle" }), [80, 44, 120, 56]);
});

test("boxes that touch do not meet", () => {
  assert.equal(meet([0, 0, 10, 10], [10, 0, 20, 10]), false);
  assert.equal(meet([0, 0, 10, 10], [9, 9, 20, 20]), true);
});

test("what is left of a stretch lies clear of every place", () => {
  assert.deepEqual(stretches([0, 100], [50], 9), [[0, 41], [59, 100]]);
  assert.deepEqual(stretches([0, 100], [-5, 300], 9), [[0, -14], [4, 100]]);
  assert.deepEqual(stretches([0, 100], [], 9), [[0, 100]]);
});
