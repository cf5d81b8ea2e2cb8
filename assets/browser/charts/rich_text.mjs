// A text with the few tags that plotly reads, as lines of runs. Pure.

const TAG = /<(\/?)(b|i|br|span)(?: style='color:([^']*)')?>/;
const SIGNS = {
  "&lt;": "<", "&gt;": ">", "&amp;": "&", "&quot;": '"', "&#34;": '"', "&#39;": "'", "&#x27;": "'", "&nbsp;": "\u00a0",
};

/** Lines of runs: a text, and whether it is bold or italic and in which colour.
 * @param {string} html @returns {{ text: string, b?: boolean, i?: boolean, color?: string }[][]} */
export function linesOf(html) {
  const lines = [[]], look = { b: false, i: false, color: undefined };
  for (let rest = html; rest;) {
    const [tag, close, name, color] = TAG.exec(rest) || [""], at = tag ? rest.indexOf(tag) : rest.length;
    const text = rest.slice(0, at).replace(/&[a-z#0-9]+;/g, (sign) => SIGNS[sign] ?? sign);
    if (text) lines.at(-1).push({ text, ...look });
    if (name === "br") lines.push([]);
    else if (name === "span") look.color = close ? undefined : color;
    else if (name) look[name] = !close;
    rest = rest.slice(at + tag.length);
  }
  return lines;
}
