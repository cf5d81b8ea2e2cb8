// Pictures that are no data, such as flow plots or photographs, as panels of a figure. They stay in this browser, until
// the page is left; drawing them anew leaves their metadata behind. A TIFF goes to the server and comes back as PNG.
import { accepted } from "../charts/requests.mjs";
import { make } from "../page/dom.mjs";
import { prefix } from "../state/state.mjs";

/** @typedef {{ key: string, name: string, source: string, shape: number }} Picture */

const LONGEST = 3000, MOST_BYTES = 6e6, MOST_SENT = 60e6, MOST_PIXELS = 120e6, KINDS = ["image/png", "image/jpeg"];
const REFUSED = "This picture cannot be opened here. Save it as PNG, JPEG or TIFF.";
const LARGE = "This picture is too large for a figure, even as it is made smaller. Save it with fewer pixels.";
const HUGE = "This picture has more than 120 million pixels or 60 MB. Save it with fewer.";
/** @type {Picture[]} */
const pictures = [];

export const picturesOf = () => pictures;
const refuse = (said) => {
  throw Object.assign(new Error(said), { said });
};

// Width and height as the first bytes of a PNG or JPEG state them, before a browser makes room for so many pixels.
function stated(bytes) {
  const view = new DataView(bytes.buffer), at = (place) => view.getUint16(place);
  if (bytes.length > 24 && view.getUint32(0) === 0x89504e47) return [view.getUint32(16), view.getUint32(20)];
  if (bytes.length < 4 || at(0) !== 0xffd8) return refuse(REFUSED);
  for (let place = 2; place + 9 < bytes.length && bytes[place] === 0xff; place += 2 + at(place + 2)) {
    const kind = bytes[place + 1];
    if (kind >= 0xc0 && kind <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(kind)) return [at(place + 7), at(place + 5)];
  }
  return refuse(REFUSED);
}

// A TIFF by way of the server, which decodes it and keeps nothing; any other file as it is.
async function readable(file) {
  const begins = String.fromCharCode(...new Uint8Array(await file.slice(0, 4).arrayBuffer()));
  if (begins !== "II*\0" && begins !== "MM\0*") return file;
  const headers = { "Content-Type": "image/tiff" };
  const sent = fetch(`${prefix()}picture`, { method: "POST", headers, body: file });
  return new File([await (await accepted(sent)).blob()], file.name, { type: KINDS[0] });
}

/** Takes a file as a picture, whatever it is called; how its panel is called.
 * @param {File} chosen */
export async function takePicture(chosen) {
  if (chosen.size > MOST_SENT) refuse(HUGE);
  const file = await readable(chosen);
  const [across, down] = stated(new Uint8Array(await file.arrayBuffer()));
  if (across * down > MOST_PIXELS) refuse(HUGE);
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
