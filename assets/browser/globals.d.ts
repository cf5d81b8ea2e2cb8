// What the page finds in its window: libraries that dash loads.
interface Window {
  Plotly: any;
  dash_clientside: any;
  dash_ag_grid: any;
  dashAgGridFunctions: any;
  React: any;
  reprise: any;
}

// The target of an event that is listened to on the document is an element.
interface EventTarget {
  [property: string]: any;
}
