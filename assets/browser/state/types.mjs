// What crosses modules, as types: nothing of this file runs.

/** The query: what is drawn, by the names of its fields in the address.
 * @typedef {Record<string, any>} Query */

/** A gesture that found more than an address holds: a view, and a mark's key there, or a polygon in its units; and the
 * fields of the query that it was made under.
 * @typedef {{ view: string, key?: string, x?: number[], y?: number[], [field: string]: any }} Gesture */

/** @typedef {{ patient: string, treatment: string, start: number }} Course */

/** What is highlighted. A visit is a patient, the week of the outcome and the week of the sample.
 * @typedef {{ patients: string[], groups: string[], visits: [string, number, number][], courses: Course[],
 *   gesture: Gesture | null }} Selection */

/** The zoom: weeks of the time axis; the scatter's ranges (x, x, y, y).
 * @typedef {{ time: number[] | null, pairs: number[] | null }} Zoom */

/** A chart of plotly's: `gd` is its element.
 * @typedef {{ name: string, gd: any, views: View[], several: boolean, plotted: number, paper?: boolean, wide?: number,
 *   cursorAt?: number, grounded?: boolean, printed?: boolean }} Chart */

/** A view as it is drawn: `sets` are the marks of its traces, `others` those that the layer draws, `groups` and
 * `points` its traces of groups and of several patients, `ground` those that are not left to plotly, `meta`
 * what Python says of it, `placed` its texts.
 * @typedef {{ name: string, gd: any, chart: Chart, sets: MarkSet[], others: MarkSet[], groups: any[], ground: any[],
 *   points: any[], meta: any, placed: any[], stale?: boolean, plotted?: number, clicked?: any }} View */

/** Marks of patients in axis units: `of` has the positions of each patient; `week`, `color`, `fill`, `shape` and `dash`
 * say how the mark at a position is told and drawn.
 * @typedef {{ curve?: number, bars: boolean, x: any, x1: any, y: any, yaxis: string, lines: boolean, markers: boolean,
 *   rule: boolean, alone: boolean, count: boolean, event?: boolean, crowd?: boolean, base?: boolean, words?: any,
 *   labels?: any, text?: any, data: any, of: Map<string, number[]>, week: (i: number) => number,
 *   dash: (id: string) => number[], color: (id: string | null, i: number) => string,
 *   fill: (id: string, i: number, card?: string) => string, shape: (i: number) => string }} MarkSet */

/** Who is highlighted: `ids`, of whom `whole` are so as patients; `stands`: whether a visit of theirs is.
 * @typedef {{ ids: Set<string>, any: boolean, whole: Set<string>, visits: boolean,
 *   stands: (view: string, id: string, week: number) => boolean }} Highlighted */

/** Where a view's plot lies in its chart: `area` is left, top, width, height (px); `x` and `y` give px of values,
 * `column` and `row` the nearest whole value of px.
 * @typedef {{ area: [number, number, number, number], x: (value: any) => number,
 *   y: (value: any, axis?: string) => number, column: (px: number) => number, row: (py: number) => number,
 *   card: string, ink: string }} Place */

export {};
