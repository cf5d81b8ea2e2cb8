// What leaves by the browser alone is told to the server, for its audit log; what the server makes, it knows.
import { posted } from "../charts/requests.mjs";
import { state } from "../state/state.mjs";

/** Tells what left: the end of a file's name, or how. @param {string} what */
export function tellLeft(what) {
  if (state.study) posted("exported", { study: state.study, what }, { keepalive: true }).catch(() => {});
}

window.addEventListener("beforeprint", () => tellLeft("printed"));
