// Parts of the page that dash never changes: it puts each there whole, and looks no further (`components/still.py`).

// An element of lists: its name, its attributes, and what is within; a text is itself.
function built(one) {
  if (typeof one === "string") return one;
  const [tag, attributes, ...inside] = one, element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...inside.map(built));
  return element;
}

/** An element with its own attributes, and what is within it, as JSON.
 * @param {{ tag: string, own: Record<string, any>, inside: string }} part */
export function Still({ tag, own, inside }) {
  const { createElement, useLayoutEffect, useRef } = window.React, place = useRef(null);
  useLayoutEffect(() => place.current.replaceChildren(...JSON.parse(inside).map(built)), [inside]);
  return createElement(tag, { ...own, ref: place });
}
