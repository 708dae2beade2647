// A post out of notes: asked for, put into the text box, and what stood there before can come back.

import { $, announce, el, setText } from "./parts.js";

const PATIENCE_MS = 60_000; // a language model may take most of it
const ENGINES = {
  llm: "Written by a language model: read it before you use it.",
  offline: "Your own sentences, in the shape of a post; no language model wrote it.",
};

let before = null; // what stood in the box, while it can come back

export async function writePost(ask, put, reason) {
  const notes = $("notes").value.trim();
  setText("notes-error", notes ? "" : "Write down a few points first.");
  $("notes").removeAttribute("aria-invalid");
  if (!notes) return refuse();
  setBusy(true);
  try {
    const body = JSON.stringify({ notes, tone: $("tone").value, length: $("length").value });
    show(await ask({ method: "POST", headers: { "Content-Type": "application/json" }, body }, PATIENCE_MS), put);
  } catch (error) {
    if (!reason(error)) throw error;
    setText("notes-error", reason(error));
    refuse();
  } finally {
    setBusy(false);
  }
}

export function putBack(put) {
  put(before ?? "");
  before = null;
  $("written").hidden = true;
  announce("Your text is back");
}

function show(post, put) {
  const old = $("content").value;
  before = old.trim() && old !== post.content ? old : null;
  put(String(post.content));
  const lines = [ENGINES[post.engine], ...(post.warnings ?? []).map((warning) => String(warning?.message ?? warning))];
  $("written-lines").replaceChildren(...lines.filter(Boolean).map((textContent) => el("li", { textContent })));
  $("put-back").hidden = before === null;
  $("written").hidden = false;
  announce("The post is in the box above");
  $("content").focus({ preventScroll: true });
  $("content").scrollIntoView({ block: "nearest" });
}

function refuse() {
  $("notes").setAttribute("aria-invalid", "true");
  $("notes").focus();
}

function setBusy(busy) {
  $("write").disabled = busy;
  setText("write", busy ? "Writing…" : "Write the post");
  if (busy) announce("Writing the post");
}
