// Answers that come while the server works: lines of JSON; a blank one only says that the server is there.
import { prefix } from "../state/state.mjs";

/** Posts to one of the server's own paths, and hears what it says to the end. `said`: the sentence of a refusal;
 * `last`: the last line. An error where the line is cut, or the signal aborts.
 * @param {string} path @param {FormData | string} body a form, or JSON
 * @param {{ signal: AbortSignal, sent?: (share: number) => void, heard?: (line: any) => void }} how
 * @returns {Promise<{ status: number, said: string, last: any }>} */
export async function listened(path, body, { signal, sent = () => {}, heard = () => {} }) {
  signal.throwIfAborted();
  const request = new XMLHttpRequest(); // fetch does not tell how much is sent
  let from = 0, last = {};
  const hear = () => {
    const text = request.responseText, to = request.status === 200 ? text.lastIndexOf("\n") + 1 : from;
    for (const line of text.slice(from, to).split("\n").filter(Boolean)) heard((last = JSON.parse(line)));
    from = to;
  };
  request.open("POST", `${prefix()}${path}`);
  if (typeof body === "string") request.setRequestHeader("Content-Type", "application/json");
  request.upload.onprogress = ({ loaded, total }) => sent(loaded / total);
  request.onprogress = hear;
  signal.addEventListener("abort", () => request.abort());
  const ended = () => (hear(), { status: request.status, said: sentenceOf(request), last });
  return new Promise((done, failed) => {
    Object.assign(request, { onload: () => done(ended()), onerror: failed, onabort: failed });
    request.send(body);
  });
}

const sentenceOf = (request) =>
  (request.getResponseHeader("Content-Type") || "").startsWith("text/plain") ? request.responseText : "";
