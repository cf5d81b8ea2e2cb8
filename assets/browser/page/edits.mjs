// What a reader says of their files, as the server takes it. Pure.

/** Edits with what is said of one thing, in the place of what was said of it before.
 * @param {Record<string, any[][]>} edits @param {string[]} about kind, and what it is of @param {any} value */
export function edited(edits, [kind, ...about], value) {
  const same = JSON.stringify(about);
  const others = (edits[kind] || []).filter((row) => JSON.stringify(row.slice(0, -1)) !== same);
  return { ...edits, [kind]: [...others, [...about, value]] };
}
