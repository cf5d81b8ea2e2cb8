// Downloads: the figure as drawn, highlight included, with the study, what is active and the card's note written under it.
(function (R) {
  const FOOT = 34, LINE = 14, LETTER = 5.2;

  async function svg(name, card) {
    const view = R.views[name], { width, height, paper_bgcolor: paper, font } = view.gd._fullLayout;
    const url = await window.Plotly.toImage(view.gd, { format: "svg", width, height });
    const base = decodeURIComponent(url.slice(url.indexOf(",") + 1)).replace(/^<svg/, '<svg x="0" y="0"');
    const pen = new R.SvgPen();
    if (view.meta.cells) R.cell(view, pen);
    else {
      R.ground(view, pen);
      R.highlight(view, pen, R.lit());
    }
    const said = R.noteOf(name), note = folded(said ? said.textContent : "", (width - 20) / LETTER);
    const lines = [
      `${document.querySelector("h1").textContent} · ${card.querySelector("h2").textContent} · ${card.querySelector(".caption").textContent}`,
      stamp(),
      ...note,
    ];
    lines.forEach((text, i) => pen.text(10, height + 10 + i * LINE, text, font.color, 10));
    const foot = FOOT + note.length * LINE, size = `width="${width}" height="${height + foot}" viewBox="0 0 ${width} ${height + foot}"`;
    const ground = `<rect width="100%" height="100%" fill="${paper}"/>`;
    return { width, height: height + foot, text: `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" ${size}>${ground}${base}${pen}${R.textsOf(view)}</svg>` };
  }

  // A text in lines of so many letters.
  function folded(text, letters) {
    const lines = [];
    for (const word of text.split(/\s+/).filter(Boolean)) {
      const last = lines[lines.length - 1];
      if (last !== undefined && last.length + word.length < letters) lines[lines.length - 1] = `${last} ${word}`;
      else lines.push(word);
    }
    return lines;
  }

  // What is active, as the chips say it, and that there are illustrative values.
  function stamp() {
    const chips = [...document.querySelectorAll("#chips .chip")].map((chip) => chip.firstChild.textContent);
    const badge = document.querySelector("header .warm") ? ["hollow marks are illustrative values"] : [];
    return [...chips, ...badge].join(" · ");
  }

  function save(blob, name) {
    const link = Object.assign(document.createElement("a"), { href: URL.createObjectURL(blob), download: name });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  }

  R.save = (text, name, type) => save(new Blob([text], { type }), name);
  const named = (view, kind) => `${R.uploaded(R.study) ? "study" : R.study}-${view}.${kind}`;

  R.saveSvg = async (view, card) => save(new Blob([(await svg(view, card)).text], { type: "image/svg+xml" }), named(view, "svg"));

  R.savePng = async function (view, card) {
    const drawn = await svg(view, card), picture = new Image();
    picture.src = URL.createObjectURL(new Blob([drawn.text], { type: "image/svg+xml" }));
    await picture.decode();
    const canvas = Object.assign(document.createElement("canvas"), { width: drawn.width * 2, height: drawn.height * 2 });
    canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
    URL.revokeObjectURL(picture.src);
    canvas.toBlob((blob) => save(blob, named(view, "png")), "image/png");
  };

  // Ctrl+C in a table, where no text is selected: all its rows, as they are sorted, for a spreadsheet, which must take no
  // text for a formula.
  const plain = ({ value }) => (typeof value === "string" && /^[=+\-@\t\r]/.test(value) ? `'${value}` : value ?? "");
  document.addEventListener("copy", (event) => {
    const grid = event.target.closest && event.target.closest("#response-table, #numbers-grid");
    if (!grid || String(window.getSelection())) return;
    const api = window.dash_ag_grid.getApi(grid.id);
    event.clipboardData.setData("text/plain", api.getDataAsCsv({ columnSeparator: "\t", processCellCallback: plain, processHeaderCallback: ({ column }) => column.getColDef().headerName.trim() }));
    event.preventDefault();
    R.say(`${api.getDisplayedRowCount().toLocaleString("en")} rows are copied, for a spreadsheet.`);
  });
})(window.reprise);
