// Parts of the page that dash never changes: it puts each there whole, and looks no further
// (`components/still.py`).

/** An element with its own attributes, and HTML in it, which the server wrote.
 * @param {{ tag: string, own: Record<string, any>, html: string }} part */
const Still = ({ tag, own, html }) =>
  window.React.createElement(tag, { ...own, dangerouslySetInnerHTML: { __html: html } });

window.reprise_page = { Still };
