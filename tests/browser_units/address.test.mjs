import assert from "node:assert/strict";
import { test } from "node:test";

import { addressOf, addressParts, followDecks, NOTHING, readAddress } from "../../assets/browser/state/address.mjs";

const defaults = { clock: "index", subset: "CD4 %", subsets: ["a"], lens: true, tolerance: 1, from_week: null, panel: "correlation", pair_view: "correlation" };
const decks = { correlation: "pair_view", multiples: "pair_view" };
const state = (change = {}) => ({
  study: "case", home: "case", query: { ...defaults, ...change.query }, defaults, decks,
  selection: { ...NOTHING, ...change.selection }, zoom: { time: null, pairs: null, ...change.zoom },
});

test("an address has only what is unlike the defaults", () => {
  assert.equal(addressOf(state()), "#");
  assert.equal(addressOf(state({ query: { tolerance: 2, lens: false } })), "#lens=0&tolerance=2");
});

const ODD = ["P/1", "a,b", "ü &=#", "%2F", "−3"];

test("what is written is read again, whatever is in a patient's id", () => {
  const selection = {
    patients: ODD, groups: ["a,b"], visits: ODD.map((id, i) => [id, i, i - 7]), gesture: null,
    courses: ODD.map((patient) => ({ patient, treatment: "x/y,z", start: -2.5 })),
  };
  const query = { subsets: ["CD4, CD8", "a&b"], clock: "restart", from_week: -4, tolerance: 0.5 };
  const zoom = { time: [-6, 26.25], pairs: [1, 2, 3, 4] };
  const found = readAddress(addressOf(state({ query, selection, zoom })), defaults, decks);
  assert.equal(found.whole, true);
  assert.deepEqual(found.query, { ...defaults, ...query });
  assert.deepEqual(found.selection, selection);
  assert.deepEqual(found.zoom, zoom);
});

test("a stored gesture is kept instead of its visits", () => {
  const gesture = { view: "correlation", x: [1, 2, 3], y: [4, 5, 6], subset: "CD4 %" };
  const { selection } = readAddress(addressOf(state({ selection: { gesture, visits: [["P1", 1, 2]] } })), defaults, decks);
  assert.deepEqual([selection.gesture, selection.visits], [gesture, []]);
});

for (const wrong of ["gesture=%7B%7D", "gesture=oops", "zoom=1,oops", "zoom=1,2,3", "zoom=1,1e7", "lit=%E0%A4%A", "subset=%"]) {
  test(`what cannot be read (${wrong}) is left out and said`, () => {
    const found = readAddress(`#${wrong}&tolerance=3`, defaults, decks);
    assert.equal(found.whole, false);
    assert.equal(found.query.tolerance, 3);
    assert.equal(found.query.subset, defaults.subset);
    assert.deepEqual([found.selection, found.zoom], [NOTHING, { time: null, pairs: null }]);
  });
}

test("a number that is none, or nothing, is the default", () => {
  assert.equal(readAddress("#tolerance=abc", defaults, decks).query.tolerance, 1);
  assert.equal(readAddress("#from_week=", defaults, decks).query.from_week, null);
});

test("an address from before there was one panel opens its view", () => {
  assert.equal(readAddress("#pair_view=multiples", defaults, decks).query.panel, "multiples");
  assert.equal(followDecks({ ...defaults, panel: "multiples" }, defaults, decks).pair_view, "multiples");
});

test("the parts of an address keep what stands after the first equals sign", () => {
  assert.deepEqual(addressParts("#a=1=2&b&=c&d="), { a: "1=2", d: "" });
});
