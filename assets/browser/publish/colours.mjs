// Colours as eyes see them: contrast with white, and distances under every kind of colour vision. Pure.

const partsIn = (color) => {
  const hex = /^#(..)(..)(..)$/.exec(color);
  const decimal = color.match(/[\d.]+/g) || [0, 0, 0];
  const parts = hex ? hex.slice(1).map((part) => parseInt(part, 16)) : decimal.slice(0, 3);
  return parts.map((part) => {
    const share = Number(part) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
};
const times = (matrix, [a, b, c]) => matrix.map(([x, y, z]) => x * a + y * b + z * c);
const LUMINANCE = [[0.2126, 0.7152, 0.0722]];
export const PALE = 0.9; // luminance of what stands on dark cells, and not on white
/** Of a colour as CSS has it, from 0 to 1. */
export const luminanceOf = (color) => times(LUMINANCE, partsIn(color))[0];
export const contrastToWhite = (color) => 1.05 / (luminanceOf(color) + 0.05);

/** The colour, darker as far as a text of it on white needs to be read; pale ones, which stand on dark cells, stay.
 * @param {string} color @param {number} least contrast */
export function readable(color, least) {
  const light = partsIn(color), own = times(LUMINANCE, light)[0], most = 1.05 / least - 0.05;
  if (own <= most || own > PALE) return color;
  const part = (value) => Math.floor(255 * (value <= 0.0031308 ? 12.92 * value : 1.055 * value ** (1 / 2.4) - 0.055));
  return `rgb(${light.map((one) => part((one * most) / own)).join(", ")})`;
}

// Machado, Oliveira & Fernandes 2009, of full severity (10.1109/TVCG.2009.113), on linear light.
const SEEN = {
  normal: [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
  protan: [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
  deutan: [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.01182, 0.04294, 0.968881]],
  tritan: [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.3039]],
};
const GREY = { grey: [[0.2126, 0.7152, 0.0722], [0.2126, 0.7152, 0.0722], [0.2126, 0.7152, 0.0722]] };
const XYZ = [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]];

function labOf(light) {
  const [x, y, z] = times(XYZ, light.map((part) => Math.min(1, Math.max(0, part))));
  const root = (value) => (value > 0.008856 ? Math.cbrt(value) : 7.787 * value + 16 / 116);
  const [fx, fy, fz] = [root(x / 0.9505), root(y), root(z / 1.089)];
  return [116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)];
}

/** The least distance between any two of some colours, for every kind of colour vision; of more than a dozen patients
 * colours stand for groups. @param {string[]} colors */
export function apartOf(colors, grey = false) {
  const own = [...new Map(colors.map((color) => [String(partsIn(color)), partsIn(color)])).values()].slice(0, 12);
  const eyes = Object.values(grey ? GREY : SEEN).map((matrix) => own.map((light) => labOf(times(matrix, light))));
  const gaps = eyes.flatMap((seen) => seen.flatMap((one, i) => seen.slice(i + 1).map((other) =>
    Math.hypot(...one.map((part, k) => part - other[k])))));
  return gaps.length ? Math.min(...gaps) : Infinity;
}
