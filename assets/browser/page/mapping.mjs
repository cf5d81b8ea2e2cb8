// What a reader says in the fields of the mapping page, which the server makes.
import { $, on, queryAll } from "./dom.mjs";
import { edited } from "./edits.mjs";
import { editMapping } from "./intake.mjs";

const NOTHING_SAID = "–"; // as in components/mapping.py
const here = (selector) => queryAll(`#intake-show ${selector}`);

/** What the page shows now, for the server to make the next one by: the counts, and which folds are open. */
export const mappingShown = () => ({
  counts: Object.fromEntries(here("[data-count]").map(({ dataset }) => [dataset.count, Number(dataset.value)])),
  folds: Object.fromEntries(here("[data-fold]").map(({ dataset, open }) => [dataset.fold, open])),
});

function nameOf(field) {
  const about = field.closest("[data-edit]");
  return field.id || (about ? about.dataset.edit : field.matches("summary") ? field.parentElement.dataset.fold : "");
}

/** Calls `change`, which draws the page anew, and puts the reader back: the scroll, the field, its caret. */
export function keepingPlace(change) {
  const now = /** @type {any} */ (document.activeElement), page = $("#intake"), place = page.scrollTop;
  const field = now?.closest("#intake-show") && nameOf(now);
  const caret = field && now.type === "text" ? [now.selectionStart, now.selectionEnd] : null;
  const drawn = new MutationObserver(() => {
    drawn.disconnect();
    const same = field && here("input, select, summary, button").find((one) => nameOf(one) === field);
    if (same) same.focus();
    if (same && caret) same.setSelectionRange(...caret);
    page.scrollTop = place;
  });
  drawn.observe($("#intake-show"), { childList: true });
  change();
}

function said(field) {
  const tick = field.closest("[data-yes]");
  if (tick) return field.checked ? tick.dataset.yes : "";
  return field.matches("select") && field.value === NOTHING_SAID ? "" : field.value;
}

on("input", "#intake-show [data-edit]", (about, { target: field }) => {
  if (!field.validity.badInput) editMapping((edits) => edited(edits, JSON.parse(about.dataset.edit), said(field)));
});
