// Texts that leave the page by the clipboard; where a browser lets no page write there, by hand from a dialog.
import { say } from "../state/state.mjs";
import { $, make } from "./dom.mjs";
import { tellLeft } from "./left.mjs";

/** A text to be read and copied: its title, and what can be copied of it by the names of buttons.
 * @param {string} title @param {string} text @param {Record<string, string>} parts */
export function showText(title, text, parts = {}) {
  const copied = (name, part) => () => copyText(name.replace("Copy ", ""), part);
  const button = ([name, part]) =>
    make("button", { className: "quiet", type: "button", onclick: copied(name, part) }, name);
  $("#texts-title").textContent = title;
  $("#texts-said").textContent = text;
  $("#texts-acts").replaceChildren(...Object.entries(parts).map(button));
  if (!$("#texts").open) $("#texts").showModal();
}

const LONGEST = 500_000; // characters that are copied by hand

// The old way, which needs no secure address: what is selected is copied, at the end of whatever dialog is open.
function copiedByHand(text) {
  const field = make("textarea", { value: text }), place = $("dialog[open]:last-of-type") || document.body;
  place.append(field);
  field.select();
  const done = document.execCommand("copy");
  field.remove();
  return done;
}

/** Copies a text and says so; `html`: the same for programs that take tables.
 * @param {string} name @param {string} text @param {string} [more] @param {string} [html] */
export async function copyText(name, text, more = "", html = "") {
  tellLeft("copied");
  const blob = (type, part) => ({ [type]: new Blob([part], { type }) });
  try {
    const kinds = { ...blob("text/plain", text), ...(html ? blob("text/html", html) : {}) };
    await navigator.clipboard.write([new ClipboardItem(kinds)]);
  } catch {
    if (text.length > LONGEST) return say(`${name} is too long to be copied: take it as a file.`);
    if (!copiedByHand(text)) return showText(`${name}: select it and copy it by hand`, text);
  }
  say(`${name} copied${more ? `: ${more}` : "."}`);
}
