// How high the panels of the figure are. Pure.

const TIGHT = 14; // height of a lane, px, to which all are made lower before the list scrolls
const MANY = 7; // lanes, beyond which a list may scroll
const LEAST = 3; // lanes that are always in sight

/** What is left of the least height of a plot that has no height of its own, where type is larger than usual. */
export const LARGE_TYPE = 0.5;

/** Axes from the top with their heights, px; null: what is left, at least `least`; `foot` is free below.
 * @typedef {{ stack: [string, number | null][], gap: number, foot?: number, least: number,
 *   scroll: { axis: string, row: number, count: number } | null }} Stack */

/** Heights, px, of the rows of axes: those that are given, of the lanes as many as fit, and the rest for the others.
 * @param {Stack} meta @param {number} room px @returns {number[]} */
export function heights({ stack, gap, foot = 0, least, scroll }, room) {
  const isList = (axis) => Boolean(scroll) && axis === scroll.axis, open = stack.filter(([, px]) => px === null).length;
  const given = stack.reduce((sum, [axis, px]) => sum + (isList(axis) ? 0 : px ?? 0), 0);
  const left = room - foot - gap * (stack.length - 1) - given;
  const lanes = scroll ? laneRoom(scroll, left, open * least) : 0;
  return stack.map(([axis, px]) => (isList(axis) ? lanes : px ?? (left - lanes) / open));
}

function laneRoom({ row, count }, left, others) {
  if (!others) return left;
  const most = left - others, whole = Math.max(LEAST, Math.floor(most / row)) * row;
  return Math.min(row * count, most >= count * TIGHT ? most : whole);
}

// A short list is seen whole, its lanes lower; of a long one some.
const lowest = ({ row, count }) => (count > MANY ? LEAST * row : count * TIGHT);

/** The least height at which nothing but a long list of lanes is cut where type is larger than usual, px, of axes and
 * what is between them.
 * @param {Stack} meta */
export function leastOf({ stack, gap, foot = 0, least, scroll }) {
  const lanes = scroll ? lowest(scroll) : 0;
  const px = ([axis, own]) => (scroll && axis === scroll.axis ? lanes : own ?? least * LARGE_TYPE);
  return stack.reduce((sum, one) => sum + px(one), foot + gap * (stack.length - 1));
}

/** How many lanes a height shows, none of them cut. */
export const lanesIn = ({ row, count }, px) =>
  (px >= count * TIGHT ? count : Math.max(1, Math.floor(px / row + 0.01)));
