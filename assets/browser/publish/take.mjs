// A figure leaves the page: to a file, by way of the server, or to the clipboard.
import { accepted, posted } from "../charts/requests.mjs";
import { $, make } from "../page/dom.mjs";
import { saveAs } from "../page/download.mjs";
import { tellLeft } from "../page/left.mjs";
import { isUpload, say, state } from "../state/state.mjs";

const BY_HAND = "This page may not write to the clipboard. Copy it by hand: right-click the picture, Copy image.";

/** The file of a drawing, as the server makes it; an error has what it `said`.
 * @param {string} svg @param {string} kind @param {{ dpi: number, grey: boolean }} how @returns {Promise<Blob>} */
export async function fileOf(svg, kind, { dpi, grey }) {
  return (await accepted(posted("figure", { svg, kind, dpi, grey }))).blob();
}

/** The name of a figure's file. */
export const fileNamed = (end) => `${isUpload(state.study) ? "study" : state.study}-figure${end}`;

export function saveFile(blob, kind, check) {
  saveAs(blob, fileNamed(`.${kind}`));
  saveAs(new Blob([check], { type: "text/plain" }), fileNamed("-check.txt"));
}

/** A picture on the clipboard, as PNG and, where the browser takes it, as SVG; where it lets no page write there, which
 * is so over plain http, the picture is shown to be copied by hand.
 * @param {Promise<{ png: Blob, svg: Blob }>} coming */
export async function copyPicture(coming) {
  tellLeft("picture");
  const types = { png: "image/png", svg: "image/svg+xml" }, { ClipboardItem } = window;
  try {
    const kinds = Object.keys(types).filter((kind) => kind === "png" || ClipboardItem.supports?.(types[kind]));
    const blob = (kind) => coming.then((made) => new Blob([made[kind]], { type: types[kind] }));
    const item = new ClipboardItem(Object.fromEntries(kinds.map((kind) => [types[kind], blob(kind)])));
    await navigator.clipboard.write([item]);
    say("Picture copied.");
  } catch {
    showPicture((await coming).png);
  }
}

function showPicture(png) {
  const source = URL.createObjectURL(png), close = make("button", { type: "button", className: "quiet" }, "Close");
  const picture = make("img", { src: source, alt: "The figure", className: "by-hand" });
  const words = make("p", {}, BY_HAND);
  const dialog = make("dialog", { className: "figure-dialog", ariaLabel: "Copy the picture" }, words, picture, close);
  close.onclick = () => dialog.close();
  dialog.onclose = () => (URL.revokeObjectURL(source), dialog.remove());
  ($("#page") || document.body).append(dialog);
  dialog.showModal();
}
