// The test page: a post and pictures in, a film out, through nothing but the public API.
// What servers and people write reaches the page only as textContent or as a checked http(s) link.

import { $, announce, count, credited, el, fillList, inWords, link, number, outside, setText } from "./parts.js";
import { copyCommentary, showPack } from "./pack.js";
import { plannedScenes, showPlan } from "./plan.js";
import { putBack, writePost } from "./writing.js";

const MAX_CONTENT = 3000; // UTF-16 code units: LinkedIn's own limit, counted its way
const MAX_PICTURES = 3;
const MAX_BYTES = 2_000_000; // the service takes 2 MB each; the smaller reading of MB is safe in both
const MAX_PIXELS = 16e6; // what the service decodes in every format
const MAX_SIDE = 8000;
const MIN_SIDE = 200;
const LONG_SIDES = [2560, 2048, 1600, 1280]; // tried in turn until a photo fits
const JPEG_QUALITIES = [0.9, 0.82, 0.74];
const SLOW_STEP_MS = 45_000; // after this long without a change the page says that it still waits
const STAGES = {
  media_processing: "Finding the pictures",
  audio_generation: "Recording the voice",
  combining_media: "Drawing and encoding",
  uploading: "Publishing",
};

const form = $("compose");
const fields = form.elements;
const { generateUrl, planUrl, postUrl, uploadUrl } = document.body.dataset;
const videoUrl = document.body.dataset.videoUrl.replace(/\/$/, "");
const statusUrl = document.body.dataset.statusUrl.replace(/\/$/, "");
const state = {
  pictures: [], // {id, name, blob, url, note, error}, in the order of the film
  preparing: Promise.resolve(), // one at a time: a phone has little memory
  uploaded: null, // {of, ids}: kept until a film took them, so that a corrected form sends no picture twice
  attempt: null, // {text, key}: the same request after a lost answer carries the same Idempotency-Key
  jobId: null,
  cancelling: null, // the job that the reader wants no more
  turn: 0, // the piece of work that may speak; an older one falls silent
};

// ---- The service

class Refusal extends Error {
  constructor({ title = "That did not work", detail = "", status = 0, errors = [], retryAfter = 0, reference = "", hint = "" }) {
    super(detail);
    Object.assign(this, { title, detail, status, errors, retryAfter, reference, hint });
  }

  get passing() { // no answer, "later", or a fault on their side: asking again may help
    return this.status === 0 || this.status === 408 || this.status === 429 || this.status >= 500;
  }
}

async function call(url, init = {}, patienceMs = 20_000) {
  let response, body;
  try {
    response = await fetch(url, { ...init, signal: AbortSignal.timeout(patienceMs) });
    body = await response.text();
  } catch {
    throw new Refusal({ title: "No connection", detail: "The service did not answer. Check your connection and try again." });
  }
  const answer = parsed(body);
  if (response.ok && answer) return answer;
  throw refusalFrom(response, answer ?? {});
}

function parsed(text) {
  try {
    return Object(JSON.parse(text));
  } catch {
    return null; // a proxy's HTML page, or half an answer
  }
}

function refusalFrom(response, problem) {
  return new Refusal({
    title: problem.title,
    detail: problem.detail ?? `The service answered with an error (${response.status}).`,
    status: response.ok ? 502 : response.status, // "fine" without a readable body is a fault between us
    errors: Array.isArray(problem.errors) ? problem.errors : [],
    retryAfter: Number(problem.retry_after_seconds ?? response.headers.get("Retry-After")) || 0,
    reference: problem.request_id,
    hint: problem.hint,
  });
}

async function uploadPictures() {
  const of = state.pictures.map((picture) => picture.id).join();
  if (state.uploaded?.of !== of) {
    const body = new FormData();
    for (const picture of state.pictures) body.append("images", picture.blob, picture.name);
    const answer = await call(uploadUrl, { method: "POST", body }, 120_000);
    state.uploaded = { of, ids: answer.user_image_ids };
  }
  return state.uploaded.ids;
}

async function order(body) {
  const text = JSON.stringify(body);
  if (state.attempt?.text !== text) state.attempt = { text, key: newKey() };
  const headers = { "Content-Type": "application/json", "Idempotency-Key": state.attempt.key };
  const answer = await call(generateUrl, { method: "POST", headers, body: text });
  state.attempt = state.uploaded = null;
  return String(answer.job_id);
}

function newKey() { // crypto.randomUUID exists on https only; the page must work from a phone on the same Wi-Fi too
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

// ---- From an order to a film

async function makeFilm(bodyOf, onRefusal) {
  const turn = ++state.turn;
  show("working");
  showProgress({ status: "sending" });
  let body, jobId;
  try {
    body = await bodyOf();
    jobId = await order(body);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    if (turn === state.turn) onRefusal(error);
    return;
  }
  store(`request:${jobId}`, body);
  if (turn !== state.turn) return; // the reader went back while it was on its way
  history.replaceState(null, "", `#job=${jobId}`); // a reload finds the film again
  await watch(jobId);
}

async function watch(jobId) {
  const turn = ++state.turn;
  state.jobId = jobId;
  let failures = 0;
  let seen = { progress: null, at: Date.now() };
  while (turn === state.turn) {
    let waitMs;
    try {
      const job = await call(`${statusUrl}/${encodeURIComponent(jobId)}`, { cache: "no-store" });
      if (turn !== state.turn) return;
      if (job.status === "completed") return showFilm(job);
      if (job.status === "error" || job.status === "cancelled") return showFailure(failureOf(job));
      failures = 0;
      waitMs = Math.min(Math.max(Number(job.poll_after_ms) || 1500, 250), 10_000);
      showProgress(job, waitMs);
      if (job.progress !== seen.progress) seen = { progress: job.progress, at: Date.now() };
      const slow = Date.now() - seen.at > SLOW_STEP_MS;
      showTrouble(slow ? "This step takes longer than usual. The page keeps watching." : "");
    } catch (error) {
      if (turn !== state.turn) return;
      if (!(error instanceof Refusal) || !error.passing) throw error;
      waitMs = error.retryAfter ? error.retryAfter * 1000 : Math.min(1000 * 2 ** failures++, 15_000);
      showTrouble(`No news from the service just now. Your film is not lost: asking again in ${inWords(waitMs / 1000)}.`);
    }
    await pause(waitMs);
  }
}

async function cancel() { // the next poll shows that it is over
  state.cancelling = state.jobId;
  $("cancel").disabled = true;
  announce("Cancelling the film");
  try {
    await call(`${videoUrl}/${encodeURIComponent(state.jobId)}/cancel`, { method: "POST" });
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    state.cancelling = null;
    showTrouble("The film could not be cancelled just now. Try again in a moment.");
  }
}

function pause(ms) { // cut short when the connection or the reader comes back
  return new Promise((resolve) => {
    const over = new AbortController();
    const end = () => { over.abort(); resolve(); };
    setTimeout(end, ms);
    addEventListener("online", end, { signal: over.signal });
    document.addEventListener("visibilitychange", () => document.hidden || end(), { signal: over.signal });
  });
}

function failureOf(job) {
  const cancelled = job.status === "cancelled";
  return {
    title: cancelled ? "The film was cancelled" : "The film could not be made",
    detail: job.error ?? (cancelled ? "It was stopped before it was done." : "The service gave no reason."),
    hint: job.error_detail?.hint,
    reference: job.error_detail?.request_id,
  };
}

function run(work) { // nothing may fail without a word on the page
  work.catch((error) => {
    if (!(error instanceof Refusal)) console.error(error);
    showFailure(error instanceof Refusal ? error : { title: "This page failed", detail: "Reload it and try again." });
  });
}

// ---- Pictures

function addFiles(files) {
  if (document.body.dataset.screen !== "compose") return;
  setText("pictures-error", "");
  for (const file of files) state.preparing = state.preparing.then(() => addPicture(file));
}

async function addPicture(file) {
  if (state.pictures.length >= MAX_PICTURES) {
    return complain(`A film takes three pictures; ${file.name} was not added. Remove one to make room.`);
  }
  $("drop").classList.add("busy");
  $("drop-title").textContent = `Preparing ${file.name}`;
  try {
    state.pictures.push(await prepared(file));
    announce(`${file.name} added`);
  } catch (error) {
    complain(error instanceof Refusal ? error.detail : `${file.name} could not be prepared on this device.`);
  }
  $("drop").classList.remove("busy");
  drawPictures();
}

async function prepared(file) {
  const kind = kindOf(await file.slice(0, 12).arrayBuffer());
  const bitmap = await createImageBitmap(file, { imageOrientation: "from-image" }).catch(() => null);
  if (!bitmap) throw new Refusal({ detail: `${file.name} ${unreadable(kind)}` });
  const { width, height } = bitmap;
  if (Math.min(width, height) < MIN_SIDE) {
    throw new Refusal({ detail: `${file.name} is ${width} by ${height} pixels; each side needs at least ${MIN_SIDE}.` });
  }
  const sendable = ["JPEG", "PNG", "GIF"].includes(kind) && file.size <= MAX_BYTES;
  const asItIs = sendable && Math.max(width, height) <= MAX_SIDE && width * height <= MAX_PIXELS;
  const blob = asItIs ? file : await scaledDown(bitmap);
  bitmap.close();
  return {
    id: newKey(),
    name: asItIs ? file.name : `${file.name.replace(/\.\w+$/, "")}.jpg`,
    blob,
    url: URL.createObjectURL(blob),
    note: asItIs ? megabytes(file.size) : `${megabytes(blob.size)}, was ${megabytes(file.size)}`,
    error: "",
  };
}

async function scaledDown(bitmap) { // a canvas holds pixels only: no EXIF, no place names
  for (const longSide of LONG_SIDES) {
    const scale = Math.min(1, longSide / Math.max(bitmap.width, bitmap.height));
    const [width, height] = [Math.round(bitmap.width * scale), Math.round(bitmap.height * scale)];
    const canvas = el("canvas", { width, height });
    const context = canvas.getContext("2d");
    Object.assign(context, { imageSmoothingQuality: "high", fillStyle: "#fff" }); // JPEG knows no transparency
    context.fillRect(0, 0, width, height);
    context.drawImage(bitmap, 0, 0, width, height);
    for (const quality of JPEG_QUALITIES) {
      const blob = await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", quality));
      if (blob && blob.size <= MAX_BYTES) return blob;
    }
  }
  throw new Refusal({ detail: "This picture cannot be made small enough. Save it smaller and add it again." });
}

function kindOf(head) {
  const text = String.fromCharCode(...new Uint8Array(head));
  if (text.startsWith("\xff\xd8\xff")) return "JPEG";
  if (text.startsWith("\x89PNG")) return "PNG";
  if (text.startsWith("GIF8")) return "GIF";
  return /^....ftyp(hei|hev|mif1|msf1)/s.test(text) ? "HEIC" : "";
}

function unreadable(kind) {
  if (kind === "HEIC") return "is a HEIC photo, which this browser cannot read. Save it as JPEG and add that.";
  return kind ? "is damaged and cannot be read. Try another copy of it." : "is not a picture. Add a JPEG, PNG or GIF.";
}

function complain(text) { // several files may come at once: each keeps its sentence
  setText("pictures-error", `${$("pictures-error").textContent} ${text}`.trim());
  announce(text);
}

function drawPictures(focusOn = null) {
  $("pictures").replaceChildren(...state.pictures.map(tile));
  const count = state.pictures.length;
  $("drop").classList.toggle("full", count === MAX_PICTURES);
  $("drop-title").textContent = ["Add pictures", "Add another", "Add one more", "Three pictures, in this order"][count];
  drawPreview();
  if (!focusOn) return;
  const [index, tool] = focusOn; // the keyboard stays where it was, although the list is new
  const row = $("pictures").children[index];
  (row?.querySelector(`[data-tool=${tool}]:enabled`) ?? row?.querySelector("button:enabled") ?? $("files")).focus();
}

function tile(picture, index) {
  const last = state.pictures.length - 1;
  const move = (by, tool) => () => {
    state.pictures.splice(index + by, 0, ...state.pictures.splice(index, 1));
    drawPictures([index + by, tool]);
    announce(`${picture.name} is now picture ${index + by + 1}`);
  };
  const remove = () => {
    URL.revokeObjectURL(picture.url);
    state.pictures.splice(index, 1);
    setText("pictures-error", "");
    drawPictures([Math.min(index, last - 1), "remove"]);
    announce(`${picture.name} removed`);
  };
  return el("li", { className: picture.error ? "tile wrong" : "tile" },
    el("img", { src: picture.url, alt: `Picture ${index + 1}: ${picture.name}` }),
    el("span", { className: "tile-note", textContent: picture.note, title: picture.name }),
    el("span", { className: "tile-tools" },
      tool("earlier", "←", `Show picture ${index + 1} earlier`, index > 0, move(-1, "earlier")),
      tool("later", "→", `Show picture ${index + 1} later`, index < last, move(1, "later")),
      tool("remove", "×", `Remove picture ${index + 1}`, true, remove)),
    el("span", { className: "field-error", textContent: picture.error }));
}

function tool(name, textContent, label, enabled, onclick) {
  const button = el("button", { type: "button", textContent, disabled: !enabled, onclick, ariaLabel: label });
  button.dataset.tool = name;
  return button;
}

// ---- The form

function requestFromForm(imageIds) {
  const body = { content: fields.content.value, style: fields.style.value, aspect_ratio: fields.aspect_ratio.value };
  if (imageIds.length) body.user_image_ids = imageIds;
  if (!fields.captions.checked) body.captions = { enabled: false };
  if (!fields.narration.checked) body.narration = "off";
  return body;
}

function fillForm(body) {
  for (const name of ["content", "style", "aspect_ratio"]) fields[name].value = body[name];
  fields.captions.checked = body.captions?.enabled !== false;
  fields.narration.checked = body.narration !== "off";
}

function isComplete() { // or the reader is told what is missing
  clearProblem();
  const over = fields.content.value.length - MAX_CONTENT;
  const message = !fields.content.value.trim() ? "Write or paste your post first."
    : over > 0 ? `The post is ${count(over, "character")} too long for LinkedIn.` : "";
  if (message) showProblem(new Refusal({ title: "One thing first", errors: [{ field: "content", message }] }));
  return !message;
}

async function requestOfReader() {
  await state.preparing;
  const missing = $("pictures-error").textContent; // a picture that was chosen is not left out in silence
  if (missing) throw new Refusal({ title: "One thing first", errors: [{ field: "images", message: missing }] });
  return requestFromForm(state.pictures.length ? await uploadPictures() : []);
}

async function submit() {
  if (isComplete()) await makeFilm(requestOfReader, (refusal) => { show("compose"); showProblem(refusal); });
}

async function seePlan() {
  if (!isComplete()) return;
  $("see-plan").disabled = true;
  announce("Planning the film");
  try {
    const body = await requestOfReader();
    const plan = await call(planUrl, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
    const names = state.pictures.map((picture, place) => ({ id: body.user_image_ids?.[place], name: picture.name }));
    showPlan(plan, names);
    setText("plan-problem", "");
    show("plan");
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    showProblem(error);
  } finally {
    $("see-plan").disabled = false;
  }
}

async function filmPlan() {
  const bodyOf = async () => {
    const body = { ...await requestOfReader(), scenes: plannedScenes() };
    if (body.scenes.some((scene) => scene.image_id)) delete body.user_image_ids; // a picture left out is no mistake
    return body;
  };
  await makeFilm(bodyOf, (refusal) => {
    show("plan");
    setText("plan-problem", [refusal.detail, ...refusal.errors.map((error) => error.message), whenToTry(refusal)].filter(Boolean).join(" "));
    $("plan-problem").focus();
  });
}

async function tryAgain() { // the request as it was: its pictures are still with the service
  const body = stored(`request:${state.jobId}`);
  await makeFilm(async () => body, (refusal) => showFailure({ ...refusal, hint: whenToTry(refusal) }));
}

function showProblem(refusal) {
  const rows = refusal.errors.map(({ field = "", message }) => {
    const root = /^\w*/.exec(field)[0];
    const name = ["images", "user_image_ids"].includes(root) ? "pictures" : root;
    const place = name && form.querySelector(`[data-field="${name}"]`);
    if (!place) return el("li", { textContent: message });
    const picture = state.pictures[/^images\[(\d+)\]/.exec(field)?.[1]];
    if (picture) picture.error = message;
    else place.querySelector(":scope > .field-error").textContent = message;
    if (root === "user_image_ids") state.uploaded = null; // gone over there: the next try sends them anew
    const input = place.querySelector("textarea, input[type=file], input:checked, input");
    input.setAttribute("aria-invalid", "true");
    if (place.closest("details")) place.closest("details").open = true;
    return el("li", {}, el("button", { type: "button", className: "link", textContent: message, onclick: () => input.focus() }));
  });
  drawPictures();
  $("problem-list").replaceChildren(...rows);
  setText("problem-title", refusal.title);
  setText("problem-detail", refusal.detail);
  setText("problem-when", whenToTry(refusal));
  setText("problem-reference", refusal.reference && `Reference ${refusal.reference}`);
  $("problem").hidden = false;
  $("problem").focus();
}

function putContent(text) { // as if the reader had typed it
  fields.content.value = text;
  clearProblem();
  fields.content.dispatchEvent(new Event("input", { bubbles: true }));
}

function writeFromNotes() {
  const reason = (error) => error instanceof Refusal && [error.detail, whenToTry(error)].filter(Boolean).join(" ");
  return writePost((init, patienceMs) => call(postUrl, init, patienceMs), putContent, reason);
}

function clearProblem() {
  $("problem").hidden = true;
  for (const picture of state.pictures) picture.error = "";
  for (const text of form.querySelectorAll(".field-error")) text.textContent = "";
  for (const input of form.querySelectorAll("[aria-invalid]")) input.removeAttribute("aria-invalid");
  drawPictures();
}

function drawCount() {
  const length = fields.content.value.length;
  const over = length > MAX_CONTENT;
  if (over !== $("count").classList.contains("over")) announce(over ? "Too long for LinkedIn" : "Short enough again");
  $("count").classList.toggle("over", over);
  setText("count", `${number(length)} of ${number(MAX_CONTENT)}`);
}

function drawPreview() {
  const text = fields.content.value.trim();
  const hook = /^.{1,90}?[.!?…](?=\s|$)/.exec(text)?.[0] ?? (text.split("\n")[0] || "Your first line opens the film.");
  const words = hook.split(/\s+/).slice(0, 14).flatMap((word) => [el("span", { textContent: word }), " "]);
  Object.assign($("frame").dataset, { style: fields.style.value, ratio: fields.aspect_ratio.value });
  $("frame-words").replaceChildren(...words);
  $("frame-words").hidden = !fields.captions.checked;
  setText("feed-text", text || "Your post stands here, above the film.");
  const [first] = state.pictures;
  $("frame-picture").hidden = !first;
  if (first && $("frame-picture").src !== first.url) $("frame-picture").src = first.url;
}

function walkThroughWords() { // what the captions of the film do, in small
  let at = 0;
  setInterval(() => {
    const words = $("frame-words").children;
    for (const word of words) word.classList.remove("now");
    words[at++ % words.length]?.classList.add("now");
  }, 420);
}

// ---- The other screens

function show(screen) {
  document.body.dataset.screen = screen;
  for (const id of ["compose", "plan", "working", "done", "failed"]) $(id).hidden = id !== screen;
  $("player").hidden = screen !== "done";
  $("frame").hidden = screen === "done";
  document.title = "Post to film";
  showTrouble("");
  scrollTo({ top: 0 });
  $(screen).querySelector("h1[tabindex]")?.focus({ preventScroll: true });
}

function showProgress(job, periodMs = 0) {
  const percent = Math.min(Math.max(Math.round(Number(job.progress) || 0), 0), 100);
  $("cancel").disabled = job.status === "sending" || state.cancelling === state.jobId;
  const stage = job.status === "sending" ? "Sending your post" : STAGES[job.stage] ?? "Waiting for its turn";
  if (stage !== $("stage").textContent) announce(stage);
  setText("stage", stage);
  setText("percent", `${percent} %`);
  setText("eta", !job.eta_seconds ? "" : job.eta_seconds < 2 ? "Almost there" : `About ${inWords(job.eta_seconds)} left`);
  Object.assign($("bar"), { ariaValueNow: String(percent), ariaValueText: `${stage}, ${percent} percent` });
  $("fill").style.setProperty("--done", String(percent / 100));
  $("fill").style.setProperty("--period", `${Math.max(periodMs, 300)}ms`); // it arrives when the next figure does
  const current = Object.keys(STAGES).indexOf(job.stage);
  [...$("stages").children].forEach((step, place) => {
    step.className = place < current ? "past" : place === current ? "current" : "";
    step.ariaCurrent = place === current ? "step" : null;
  });
  if (job.status === "processing") document.title = `${percent} % – Post to film`;
}

function showTrouble(text) {
  if ($("trouble").textContent === text) return;
  setText("trouble", text);
  announce(text);
}

function showFilm(job) {
  show("done");
  const player = $("player");
  player.replaceChildren();
  player.poster = link(job.poster_url);
  player.src = link(job.video_url);
  if (job.width && job.height) player.style.aspectRatio = `${Number(job.width)} / ${Number(job.height)}`;
  setText("film-trouble", "");
  player.onerror = () => setText("film-trouble", "The film does not load here. Reload the page for a fresh link, or download it.");
  addTrack(player, link(job.vtt_url));
  const size = job.width && job.height && `${job.width} × ${job.height}`;
  setText("facts", [clock(job.duration_seconds), size, job.size_bytes && megabytes(job.size_bytes)].filter(Boolean).join(" · "));
  const files = [["MP4", "Film", job.video_url], ["SRT", "Captions for LinkedIn", job.captions_url],
    ["VTT", "Captions for the web", job.vtt_url], ["JPG", "Poster", job.poster_url]];
  $("downloads").replaceChildren(...files.filter(([, , url]) => link(url)).map(([kind, name, url]) =>
    outside(url, el("b", { textContent: kind }), el("span", { textContent: name }))));
  for (const download of $("downloads").children) download.download = "";
  setText("narrator", narratorInWords(job.narration));
  fillList("warnings", job.warnings, (warning) => String(warning?.message ?? warning));
  fillList("credits", job.credits, credited);
  setText("copied", "");
  showPack(job);
  const expires = new Date(job.video_url_expires_at ?? NaN);
  const until = Number.isNaN(expires.getTime()) ? "" : expires.toLocaleString([], { dateStyle: "medium", timeStyle: "short" });
  setText("expiry", until && `The links work until ${until}. Reload the page for fresh ones.`);
  document.title = "Ready – Post to film";
}

async function addTrack(player, url) {
  // Fetched first: a <track> of another origin is refused unless the film itself is asked for with CORS.
  const text = url && await fetch(url).then((answer) => (answer.ok ? answer.text() : ""), () => "");
  if (!text.startsWith("WEBVTT")) return; // the film plays without; the file is among the downloads
  const src = URL.createObjectURL(new Blob([text], { type: "text/vtt" }));
  const drawnIn = stored(`request:${state.jobId}`)?.captions?.enabled !== false; // then a second set would cover them
  player.append(el("track", { kind: "captions", label: "Captions", src, default: !drawnIn }));
}

function narratorInWords(narration) {
  if (!narration) return "";
  if (narration.engine === "silent") return "No voice: the captions are timed for reading.";
  const [, tag, name] = /^([a-z]{2}-[A-Z]{2})-(\w+?)Neural$/.exec(narration.voice) ?? [];
  if (name) return `Narrated by ${name}, ${new Intl.DisplayNames("en", { type: "language" }).of(tag)}.`;
  const engine = narration.engine === "espeak" ? "eSpeak" : narration.engine;
  return `Narrated by ${[engine, narration.voice].filter(Boolean).join(", ")}.`;
}

function showFailure({ title, detail, hint, reference }) {
  show("failed");
  setText("failure-title", title);
  setText("failure-detail", detail);
  setText("failure-hint", hint);
  setText("failure-reference", reference && `Reference ${reference}`);
  $("again").hidden = !stored(`request:${state.jobId}`);
  $("failure").focus();
}

function goBack() { // the form is as it was
  state.turn++;
  $("player").pause();
  $("player").removeAttribute("src");
  history.replaceState(null, "", location.pathname + location.search);
  show("compose");
  fields.content.focus({ preventScroll: true });
}

// ---- Small parts

const megabytes = (bytes) => (bytes < 1e5 ? `${Math.ceil(bytes / 1000)} kB` : `${(bytes / 1e6).toFixed(1)} MB`);

function clock(seconds) {
  const whole = Math.floor(Number(seconds) || 0);
  return whole ? `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}` : "";
}

function whenToTry({ retryAfter, hint }) {
  if (!retryAfter) return hint;
  const at = new Date(Date.now() + retryAfter * 1000).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
  return `Try again in ${inWords(retryAfter)}, at ${at}.`;
}

function store(name, value) {
  try {
    sessionStorage.setItem(name, JSON.stringify(value));
  } catch { /* storage is switched off: a reload forgets the form, nothing else */ }
}

function stored(name) {
  try {
    return JSON.parse(sessionStorage.getItem(name));
  } catch {
    return null;
  }
}

// ---- Begin

function listen() {
  form.addEventListener("submit", (event) => { event.preventDefault(); run(submit()); });
  form.addEventListener("input", () => { drawCount(); drawPreview(); store("draft", requestFromForm([])); });
  $("files").addEventListener("change", (event) => { addFiles(event.target.files); event.target.value = ""; });
  $("again").addEventListener("click", () => run(tryAgain()));
  $("cancel").addEventListener("click", () => run(cancel()));
  $("see-plan").addEventListener("click", () => run(seePlan()));
  $("film-plan").addEventListener("click", () => run(filmPlan()));
  $("write").addEventListener("click", () => run(writeFromNotes()));
  $("put-back").addEventListener("click", () => putBack(putContent));
  $("copy").addEventListener("click", () => run(copyCommentary()));
  for (const button of document.querySelectorAll("[data-back]")) button.addEventListener("click", goBack);
  addEventListener("paste", ({ clipboardData: data }) => data?.files.length && !data.getData("text") && addFiles(data.files));
  addEventListener("dragover", (event) => {
    if (!event.dataTransfer.types.includes("Files")) return; // words may be dropped into the text as ever
    event.preventDefault();
    $("drop").classList.add("over");
  });
  addEventListener("dragleave", (event) => event.relatedTarget ?? $("drop").classList.remove("over"));
  addEventListener("drop", (event) => { // anywhere on the page: a near miss must not navigate away to the file
    if (!event.dataTransfer.files.length) return;
    event.preventDefault();
    $("drop").classList.remove("over");
    addFiles(event.dataTransfer.files);
  });
}

const draft = stored("draft");
if (draft) fillForm(draft);
drawCount();
drawPictures();
listen();
if (!matchMedia("(prefers-reduced-motion: reduce)").matches) walkThroughWords();
const [, unfinished] = /^#job=([\w-]{1,100})$/.exec(location.hash) ?? [];
if (unfinished) {
  show("working");
  showProgress({});
  run(watch(unfinished));
}
