// What the one HTML file of a story does. The server (publishing/story_file.py) writes it into that file as text, from
// its function on, and so it takes nothing from elsewhere.

/** Steps, who is highlighted in all of them, and tooltips. */
// biome-ignore lint/complexity/noExcessiveLinesPerFunction: the file of a story holds this one function's text alone
export async function viewer() {
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const sections = all("section"), tip = document.getElementById("tip");
  const who = /** @type {HTMLSelectElement} */ (document.getElementById("who"));
  if (!window.DecompressionStream) return sections.forEach((section) => (section.hidden = false)); // too old for more
  const bytes = Uint8Array.from(atob(document.getElementById("data").textContent), (sign) => sign.charCodeAt(0));
  const unpacked = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  const { people, hits, over } = await new Response(unpacked).json();
  let at = 0, chosen = null; // chosen: a person's place, −1 for nobody, null for whom the step highlights

  const litIn = (section) => (chosen === null ? Number(section.dataset.lit) : chosen);

  // A text again, over what is dimmed, in the type that it has where it stands.
  function above(text) {
    const copy = text.cloneNode(true), { fontFamily, fontSize, fontWeight } = getComputedStyle(text);
    Object.assign(copy.style, { fontFamily, fontSize, fontWeight });
    return copy;
  }

  function light(section) {
    const place = litIn(section), drawn = over[sections.indexOf(section)][place], lit = section.querySelector("g.lit");
    if (lit) {
      const made = drawn ? new DOMParser().parseFromString(drawn, "image/svg+xml").documentElement : "";
      lit.replaceChildren(made);
      lit.toggleAttribute("hidden", !drawn);
      lit.setAttribute("data-p", String(place));
    }
    for (const row of all("tr[data-p]", section)) row.classList.toggle("on", Number(row.dataset.p) === place);
    const names = section.querySelector("g.names");
    if (!names) return;
    const texts = all("text[data-of]", section.querySelector("g.base"));
    const isOwn = (text) => text.dataset.of === people[place];
    for (const text of texts) text.classList.toggle("faint", Boolean(drawn) && !isOwn(text));
    names.replaceChildren(...(drawn ? texts.filter(isOwn).map(above) : []));
  }

  function show(place) {
    at = Math.max(0, Math.min(sections.length - 1, place));
    sections.forEach((section, i) => section.toggleAttribute("hidden", i !== at));
    document.getElementById("place").textContent = `${at + 1} / ${sections.length}`;
    light(sections[at]);
    const isLit = ({ dataset }) => Number(dataset.p) === litIn(sections[at]);
    for (const one of all("nav [data-p]")) one.setAttribute("aria-pressed", String(isLit(one)));
    if (who) who.value = String(litIn(sections[at]));
    tip.hidden = true;
  }

  function choose(place) {
    chosen = place === litIn(sections[at]) ? -1 : place;
    show(at);
  }

  // What stands under a pointer: the nearest of the places that it is in.
  function under({ clientX, clientY }) {
    const svg = sections[at].querySelector("svg");
    if (!svg) return null;
    const { x, y } = new DOMPoint(clientX, clientY).matrixTransform(svg.getScreenCTM().inverse());
    const inside = hits[at].filter(([x0, y0, x1, y1]) => x >= x0 && x <= x1 && y >= y0 && y <= y1);
    const far = ([x0, y0, x1, y1]) => Math.hypot((x0 + x1) / 2 - x, (y0 + y1) / 2 - y);
    return inside.sort((a, b) => far(a) - far(b))[0] || null;
  }

  function tell(event) {
    const found = under(event);
    tip.hidden = !found;
    if (!found) return;
    tip.textContent = found[5];
    const { innerWidth: wide, innerHeight: high } = window;
    tip.style.left = `${Math.min(event.clientX + 12, wide - tip.offsetWidth - 8)}px`;
    tip.style.top = `${Math.min(event.clientY + 12, high - tip.offsetHeight - 8)}px`;
  }

  document.addEventListener("pointermove", tell);
  document.addEventListener("click", (event) => {
    const target = /** @type {Element} */ (event.target);
    const own = target.closest("[data-p]"), by = target.closest("[data-by]");
    if (by) return show(at + Number(by.getAttribute("data-by")));
    if (own) return choose(Number(own.getAttribute("data-p")));
    const found = target.closest("svg") && under(event);
    if (found && found[4] >= 0) choose(found[4]);
  });
  document.addEventListener("keydown", ({ key }) => {
    if (key === "ArrowRight" || key === "PageDown") show(at + 1);
    if (key === "ArrowLeft" || key === "PageUp") show(at - 1);
    if (key === "Escape") (chosen = -1), show(at);
  });
  who?.addEventListener("change", () => ((chosen = Number(who.value)), show(at)));
  window.addEventListener("beforeprint", () => sections.forEach(light));
  show(0);
}
