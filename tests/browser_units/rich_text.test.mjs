// Texts with tags, as lines of runs.
import assert from "node:assert/strict";
import test from "node:test";
import { linesOf } from "../../assets/browser/charts/rich_text.mjs";

const plain = { b: false, i: false, color: undefined };

test("tags make runs and lines, an empty line among them", () => {
  assert.deepEqual(linesOf("<b>Th1</b><br><br>of <i>all</i>"), [
    [{ ...plain, text: "Th1", b: true }], [], [{ ...plain, text: "of " }, { ...plain, text: "all", i: true }],
  ]);
  assert.deepEqual(linesOf("<b>a<br>b</b>").map(([run]) => run.b), [true, true]);
  const [[, colored, after]] = linesOf("x<span style='color:#0d3b76'>y</span>z");
  assert.deepEqual([colored.color, after.color], ["#0d3b76", undefined]);
});

test("what is no tag is text, and a sign that was written for one is that sign", () => {
  assert.deepEqual(linesOf("p < 0.05 (n = 3)"), [[{ ...plain, text: "p < 0.05 (n = 3)" }]]);
  assert.equal(linesOf("&lt;b&gt;P1&lt;/b&gt; &amp; &#39;")[0][0].text, "<b>P1</b> & '");
  assert.equal(linesOf("<script>x</script>")[0][0].text, "<script>x</script>");
  assert.equal(linesOf("&amp;lt;")[0][0].text, "&lt;");
});
