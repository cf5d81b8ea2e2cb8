// A drawing of very many marks, as it fits into a file: its shapes are one picture, its texts stay texts.
import { pictureOf } from "../page/download.mjs";

/** @typedef {{ text: string, width: number, height: number }} Drawn */

const MANY = 400_000; // characters of a drawing beyond which its shapes become a picture
const SHAPES = ":is(path, circle, rect, line, polygon, polyline, use, image):not(defs *, clipPath *)";

const written = (svg) => new XMLSerializer().serializeToString(svg);
const urlOf = (blob) => new Promise((done) => {
  const reader = new FileReader();
  reader.onload = () => done(reader.result);
  reader.readAsDataURL(blob);
});

/** The drawing, its shapes as a picture so many times as large where there are very many.
 * @param {Drawn} drawn @param {number} times @param {string} [type] @returns {Promise<Drawn>} */
export async function lighter(drawn, times, type) {
  if (drawn.text.length < MANY) return drawn;
  const parsed = () => new DOMParser().parseFromString(drawn.text, "image/svg+xml").documentElement;
  const [shapes, words] = [parsed(), parsed()], { width, height } = drawn;
  for (const one of shapes.querySelectorAll("text")) one.remove();
  for (const one of words.querySelectorAll(SHAPES)) one.remove();
  const source = await urlOf(await pictureOf({ ...drawn, text: written(shapes) }, times, type));
  const size = `width="${width}" height="${height}"`, picture = `<image ${size} href="${source}"/>`;
  const head = `<svg xmlns="http://www.w3.org/2000/svg" ${size} viewBox="0 0 ${width} ${height}">`;
  return { ...drawn, text: `${head}${picture}${written(words)}</svg>` };
}
