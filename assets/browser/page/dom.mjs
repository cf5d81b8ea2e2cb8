// What every module needs of the document.

/** @param {string} selector @returns {any} */
export const $ = (selector) => document.querySelector(selector);
/** @param {string} selector @returns {any[]} */
export const queryAll = (selector) => [...document.querySelectorAll(selector)];

/** An element with properties and children; strings become text.
 * @param {string} tag @param {object} properties @param {...any} children @returns {any} */
export function make(tag, properties, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}

/** "3 visits". */
export const plural = (count, noun) => `${count.toLocaleString("en")} ${noun}${count === 1 ? "" : "s"}`;

/** Calls `act` with what an event happened in, where that is in something of this kind, and with the event.
 * @param {string} type @param {string} selector @param {(found: any, event: any) => void} act */
export function on(type, selector, act) {
  document.addEventListener(type, (event) => {
    const found = event.target.closest?.(selector);
    if (found) act(found, event);
  });
}

/** Whether keys go into what has the focus, or a chord is pressed. */
export function isTyping(event) {
  const field = "input:not([type=range]), select, textarea, .dash-dropdown-content, .ag-root";
  return Boolean(event.target.closest(field)) || event.ctrlKey || event.metaKey || event.altKey;
}

/** The charts' room has changed. */
export const resized = () => requestAnimationFrame(() => window.dispatchEvent(new Event("resize")));

/** Today, by the reader's clock. */
export const today = () => new Date().toLocaleDateString("sv"); // Swedish dates are ISO 8601
