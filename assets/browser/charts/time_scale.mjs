// The clock as it is stretched, both ways, and the ticks that a stretch of it has room for. Pure.

/** The place of a value on a scale of straight pieces.
 * @param {number} value @param {number[]} from @param {number[]} to */
export function between(value, from, to) {
  let i = 1;
  while (i < from.length - 1 && value > from[i]) i += 1;
  return to[i - 1] + ((value - from[i - 1]) / (from[i] - from[i - 1])) * (to[i] - to[i - 1]);
}

/** Whether two ranges differ by more than rounding. */
export const apart = (one, other) =>
  one.some((value, i) => Math.abs(value - other[i]) > 1e-6 * Math.abs(other[1] - other[0]));

const ROOM = 30; // px between two ticks

/** Weeks that a range has room for, the rounder first: places along it (units) and texts.
 * @param {number[][]} candidates weeks, of which later lists are finer @param {(week: number) => number} unitAt
 * @param {number[]} range units @param {number} width px @returns {[number[], string[]]} */
export function ticks(candidates, unitAt, [low, high], width) {
  const chosen = new Map(), place = (week) => ((unitAt(week) - low) / (high - low)) * width;
  const room = (week) => [...chosen.values()].every((other) => Math.abs(other - place(week)) >= ROOM);
  for (const step of candidates) {
    const fresh = step.filter((week) => place(week) >= 0 && place(week) <= width && !chosen.has(week));
    if (fresh.filter(room).length * 2 < fresh.length) continue;
    for (const week of fresh) if (room(week)) chosen.set(week, place(week));
  }
  const weeks = [...chosen.keys()].sort((a, b) => a - b);
  return [weeks.map(unitAt), weeks.map((week) => String(week).replace("-", "−"))];
}
