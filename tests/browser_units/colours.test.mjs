import assert from "node:assert/strict";
import { test } from "node:test";
import { apartOf, contrastToWhite, readable } from "../../assets/browser/publish/colours.mjs";

test("contrast with white is that of WCAG", () => {
  assert.equal(Number(contrastToWhite("#000000").toFixed(2)), 21);
  assert.equal(Number(contrastToWhite("rgb(118, 118, 118)").toFixed(2)), 4.54);
});

test("a pale colour of a text becomes dark enough and keeps its hue; dark ones and white stay", () => {
  const darker = readable("#e06c00", 4.5), [red, green, blue] = darker.match(/\d+/g).map(Number);
  assert.ok(contrastToWhite(darker) >= 4.5 && contrastToWhite(darker) < 4.8);
  assert.ok(red > green && green > blue);
  assert.equal(readable("#0d3b76", 4.5), "#0d3b76");
  assert.equal(readable("#ffffff", 4.5), "#ffffff");
});

test("colours that some eyes take for one another are near", () => {
  assert.equal(apartOf(["#0d3b76"]), Infinity);
  assert.equal(apartOf(["#0d3b76", "rgb(13, 59, 118)"]), Infinity);
  assert.ok(apartOf(["#0d3b76", "#e06c00", "#007a5a"]) > 20);
  assert.ok(apartOf(["#b00000", "#5a5a00"]) < 20); // red and olive, for protan readers
  assert.ok(apartOf(["#e06c00", "#7f7f7f"]) > apartOf(["#e06c00", "#898989"], true));
});
