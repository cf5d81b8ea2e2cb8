// Pictures that are no data, such as flow plots or photographs, as panels of a figure. They stay in this browser, until
// the page is left; drawing them anew leaves their metadata behind.
import { make } from "../page/dom.mjs";

/** @typedef {{ key: string, name: string, source: string, shape: number }} Picture */

const LONGEST = 3000, MOST_BYTES = 6e6, KINDS = ["image/png", "image/jpeg"];
const REFUSED = "This picture cannot be opened here. Save it as PNG or JPEG; browsers do not read TIFF.";
const LARGE = "This picture is too large for a figure, even as it is made smaller. Save it with fewer pixels.";
/** @type {Picture[]} */
const pictures = [];

export const picturesOf = () => pictures;
const refuse = (said) => {
  throw Object.assign(new Error(said), { said });
};

/** Takes a file as a picture; how its panel is called.
 * @param {File} file */
export async function takePicture(file) {
  const bitmap = await createImageBitmap(file).catch(() => refuse(REFUSED));
  const share = Math.min(1, LONGEST / Math.max(bitmap.width, bitmap.height));
  const [width, height] = [bitmap.width, bitmap.height].map((side) => Math.max(1, Math.round(side * share)));
  const canvas = make("canvas", { width, height });
  canvas.getContext("2d").drawImage(bitmap, 0, 0, width, height);
  const kind = KINDS.includes(file.type) ? file.type : KINDS[0];
  const source = [[kind, 0.95], [KINDS[1], 0.9]].map(([type, quality]) => canvas.toDataURL(String(type), quality))
    .find((made) => made.length <= MOST_BYTES) || refuse(LARGE);
  const key = `picture-${pictures.length + 1}`;
  pictures.push({ key, name: `Picture ${pictures.length + 1}: ${file.name}`, source, shape: height / width });
  return key;
}
