// What the page does in the browser: dash loads this module, which takes the others (assets/browser/).
import { dimmedOpacity } from "./browser/charts/layer.mjs";
import { drawLayer } from "./browser/charts/charts.mjs";
import { timed } from "./browser/charts/gestures.mjs";
import { spread } from "./browser/charts/label_placement.mjs";
import { highlighted, membersOf } from "./browser/charts/marks.mjs";
import { canScrollLanes, drawOnce } from "./browser/charts/panels.mjs";
import { placeOf } from "./browser/charts/places.mjs";
import "./browser/charts/brush.mjs";
import "./browser/charts/keys.mjs";
import "./browser/charts/touch.mjs";
import "./browser/notes/drawer.mjs";
import "./browser/page/page.mjs";
import "./browser/page/panel.mjs";
import "./browser/page/find.mjs";
import "./browser/page/popover.mjs";
import "./browser/page/publish.mjs";
import "./browser/page/ranges.mjs";
import "./browser/page/room.mjs";
import "./browser/story/edit.mjs";
import "./browser/story/leave.mjs";
import "./browser/story/present.mjs";
import { Still } from "./browser/page/still.mjs";
import { figureDrawn } from "./browser/publish/figure.mjs";
import { CALLBACKS, openStudy } from "./browser/state/navigate.mjs";
import { complete, ready, settled } from "./browser/state/redraw.mjs";
import {
  address, anySelected, isUpload, select, selectPatients, selectVisits, setQuery, state,
} from "./browser/state/state.mjs";

window.dash_clientside = window.dash_clientside || {};
window.dash_clientside.reprise = CALLBACKS;
drawOnce();

// For tests and the console: the state, and what asks for it or changes it; and for dash a component.
window.reprise = Object.assign(state, {
  address, anySelected, canScrollLanes, complete, dimmedOpacity, drawLayer, figureDrawn, highlighted, isUpload,
  membersOf, openStudy, placeOf, ready, select, selectPatients, selectVisits, setQuery, settled, spread, Still, timed,
});
