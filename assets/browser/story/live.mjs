// What a drawn step needs to stay alive in a file: its drawing, what is drawn over it for each patient, and tooltips.
import { drawLit, holes, isDimmed } from "../charts/layer.mjs";
import { isDrawn, setsIn } from "../charts/marks.mjs";
import { placeOf } from "../charts/places.mjs";
import { SvgPen } from "../charts/renderers.mjs";
import { lighter } from "./lighter.mjs";
import { toldOf } from "./marks_told.mjs";

const DIMMING = 0.65;
const SHARP = 2; // times its size that a picture in the file has

const one = (id) => ({ ids: new Set([id]), any: true, whole: new Set([id]), visits: false, stands: () => false });

// What is drawn over a chart where somebody is lit.
function overlay(chart, id) {
  const pen = new SvgPen(), lit = one(id);
  for (const view of chart.views.filter((own) => own.gd._fullLayout.xaxis && !own.meta.cells)) {
    const at = placeOf(view);
    if (isDimmed(view)) pen.dim(at.area, holes(view, at, lit), at.card, DIMMING);
    drawLit(view, pen, lit);
  }
  return String(pen);
}

/** The same, as the server takes it, while the step is on the page.
 * @param {import("./pictures.mjs").Drawing} drawing */
export async function live({ chart, drawn }) {
  const people = [...new Set(chart.views.flatMap(setsIn).flatMap((set) => [...set.of.keys()]))].filter(isDrawn);
  const overlays = Object.fromEntries(people.map((id) => [id, overlay(chart, id)]));
  const told = toldOf(chart); // before anything is waited for: the page goes on
  const text = JSON.stringify({ ...await lighter(drawn, SHARP, "image/webp"), overlays, told });
  return new Response(new Blob([text]).stream().pipeThrough(new CompressionStream("gzip"))).blob();
}
