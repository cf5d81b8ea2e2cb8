import assert from "node:assert/strict";
import { test } from "node:test";

import { canMask, masking } from "../../assets/browser/story/masking.mjs";

const people = ["NCL-PSO-0012", "NCL-PSO-0013", "Eve", "A\x07B"], mask = masking(people);

test("ids are replaced where they are words of their own", () => {
  assert.equal(mask("Eve, Evelyn and NCL-PSO-0013"), "Patient 3, Evelyn and Patient 2");
  assert.equal(mask("NCL-PSO-001"), "NCL-PSO-001");
});

test("what a chart left of an id that it cut is replaced too", () => {
  assert.equal(mask("NCL-P…0013: 4"), "Patient 2: 4".replace("Patient 2", "a patient"));
  assert.equal(mask("★ NCL-PSO-001… 8"), "★ a patient 8");
  assert.equal(mask("Ev… at week 4"), "Patient 3 at week 4");
  assert.equal(mask("Outcome … weeks later"), "Outcome … weeks later");
});

test("ids with signs that no drawing can hold are replaced as they are drawn", () => {
  assert.equal(mask("AB, A\x07B"), "Patient 4, Patient 4");
});

test("ids that are no names, or look alike, are not replaced at all", () => {
  for (const wrong of [["1"], ["A"], ["A\x07B", "AB"], ["\x07\x08"]]) assert.equal(canMask(wrong), false, String(wrong));
  assert.equal(canMask(people), true);
});
