import assert from "node:assert/strict";
import { test } from "node:test";

// The page's window, as far as the module touches it when it is loaded.
globalThis.window = { addEventListener() {} };
const { NOTHING } = await import("../../assets/browser/state/address.mjs");
const { fixed, isUpload, joined } = await import("../../assets/browser/state/state.mjs");

const of = (change) => ({ ...NOTHING, ...change });

test("a patient or group added twice is taken away again", () => {
  const found = joined(of({ patients: ["P1", "P2"], groups: ["A"] }), of({ patients: ["P2", "P3"], groups: ["A"] }));
  assert.deepEqual([found.patients, found.groups], [["P1", "P3"], []]);
});

test("a visit or course added twice stays once", () => {
  const course = { patient: "P1", treatment: "x", start: 0 };
  const found = joined(of({ visits: [["P1", 1, 2]], courses: [course] }), of({ visits: [["P1", 1, 2], ["P1", 4, 4]], courses: [{ ...course }] }));
  assert.deepEqual(found.visits, [["P1", 1, 2], ["P1", 4, 4]]);
  assert.deepEqual(found.courses, [course]);
});

test("a gesture stays until another takes its place", () => {
  assert.equal(joined(of({ gesture: "old" }), of({})).gesture, "old");
  assert.equal(joined(of({ gesture: "old" }), of({ gesture: "new" })).gesture, "new");
});

for (const [value, digits, expected] of [[-0.004, 2, "0.00"], [-0.005, 2, "−0.01"], [0, 0, "0"], [-12.34, 1, "−12.3"], [-0.4, 0, "0"]]) {
  test(`${value} to ${digits} digits is ${expected}`, () => assert.equal(fixed(value, digits), expected));
}

test("a key that only its address names is long", () => {
  assert.equal(isUpload("a".repeat(43)), true);
  assert.equal(isUpload("case_series"), false);
});
