// Where labels may stand. Pure.

/** Middles as near to `wanted` as can be (least squares) of things of these sizes that do not overlap between low and
 * high: pool adjacent violators over what is left of each place when those before it are taken away.
 * @param {number[]} wanted @param {number[]} sizes @param {number} [low] @param {number} [high] @returns {number[]} */
export function spread(wanted, sizes, low = -Infinity, high = Infinity) {
  const order = wanted.map((_, i) => i).sort((a, b) => wanted[a] - wanted[b] || a - b);
  const before = order.map(() => 0), blocks = [], placed = [];
  for (let k = 1; k < order.length; k += 1) before[k] = before[k - 1] + (sizes[order[k - 1]] + sizes[order[k]]) / 2;
  order.forEach((i, k) => pooled(blocks, { mean: wanted[i] - before[k], n: 1 }));
  const flat = blocks.flatMap(({ mean, n }) => Array(n).fill(mean)), last = order.length - 1;
  const floor = low + sizes[order[0]] / 2, roof = high - sizes[order[last]] / 2 - before[last];
  order.forEach((i, k) => (placed[i] = Math.max(floor, Math.min(roof, flat[k])) + before[k]));
  return placed;
}

function pooled(blocks, block) {
  const last = blocks[blocks.length - 1];
  if (!last || last.mean <= block.mean) return blocks.push(block);
  blocks.pop();
  const n = last.n + block.n;
  return pooled(blocks, { mean: (last.mean * last.n + block.mean * block.n) / n, n });
}

/** Whether two boxes (left, top, right, bottom) have a place in common. @param {number[]} a @param {number[]} b */
export const meet = (a, b) => a[0] < b[2] && b[0] < a[2] && a[1] < b[3] && b[1] < a[3];

/** The box of a text: `x` is its start, middle or end as `anchor` says. */
export function boxOf({ x, y, width, anchor, size }) {
  const left = x - width * { start: 0, middle: 0.5, end: 1 }[anchor];
  return [left, y - size * 0.6, left + width, y + size * 0.6];
}

/** What is left of a stretch when so much is taken on both sides of some places.
 * @param {number[]} stretch @param {number[]} places @param {number} aside */
export function stretches(stretch, places, aside) {
  const [from, to] = stretch;
  const near = places.filter((x) => x > from - aside && x < to + aside).sort((a, b) => a - b);
  const ends = [from, ...near.flatMap((x) => [x - aside, x + aside]), to];
  return ends.flatMap((end, k) => (k % 2 ? [] : [[end, ends[k + 1]]]));
}
