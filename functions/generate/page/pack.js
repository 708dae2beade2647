// What belongs beside the film when it is posted: the text, how it is cut off, the captions, LinkedIn's rules.

import { $, announce, el, setText } from "./parts.js";

export function showPack(job) {
  const post = job.post ?? {};
  $("post-box").hidden = !post.commentary;
  setText("commentary", post.commentary);
  setText("fold", post.fold_preview?.mobile);
  setText("characters", post.character_count ? `${post.character_count.toLocaleString("en-US")} of 3,000 characters.` : "");
  setText("upload-captions", post.upload_captions);
  $("transcript-box").hidden = !post.transcript;
  setText("transcript", post.transcript);
  const rules = Array.isArray(job.linkedin_check) ? job.linkedin_check : [];
  $("check-box").hidden = !rules.length;
  $("check").replaceChildren(...rules.map(({ rule, ok, value, limit }) =>
    el("li", { className: ok ? "kept" : "broken" },
      el("b", { textContent: `${ok ? "✓" : "✗"} ${String(rule).replaceAll("_", " ")}` }),
      el("span", { textContent: String(value) }),
      el("span", { className: "small", textContent: String(limit) }))));
  const voice = job.usage?.voice;
  const saved = voice?.scenes_reused ? `The voice of ${voice.scenes_reused} scenes was there already; that saved ${voice.seconds_saved.toFixed(1)} seconds.` : "";
  setText("usage", saved);
}

export function copyCommentary() {
  const text = $("commentary").textContent;
  const copied = () => { setText("copied", "Copied"); announce("Copied"); };
  if (navigator.clipboard) return navigator.clipboard.writeText(text).then(copied, () => select());
  select();
  return Promise.resolve();
}

function select() { // a page that is not on https may not write there: the reader copies
  getSelection().selectAllChildren($("commentary"));
  setText("copied", "Selected: copy it with your keyboard");
}
