// The plan of a film on the page: its scenes, to be read, changed, left out, and given another picture.

import { $, announce, credited, el, fillList, inWords, link, setText } from "./parts.js";

const KINDS = { hook: "Opening", point: "Point", close: "Close" };

let scenes = []; // as the service planned them, and as the reader changed them

export function showPlan(plan, pictures) {
  scenes = plan.scenes.map((scene) => ({ ...scene }));
  setText("plan-facts", `About ${inWords(plan.estimated_seconds)} long, told by ${plan.voice}, made in about ${inWords(plan.estimated_render_seconds)}.`);
  fillList("left-out", plan.left_out, String);
  fillList("plan-warnings", plan.warnings, (warning) => String(warning?.message ?? warning));
  drawScenes(pictures);
}

export function plannedScenes() { // exactly these are told; what is looked at only is not sent
  return scenes.map(({ text, spoken, kind, image_id, search_terms }) =>
    ({ text, ...(spoken ? { spoken } : {}), kind, image_id, search_terms }));
}

function drawScenes(pictures, focusOn = null) {
  $("scenes").replaceChildren(...scenes.map((scene, place) => row(scene, place, pictures)));
  if (focusOn !== null) ($("scenes").children[focusOn]?.querySelector("textarea") ?? $("film-plan")).focus();
}

function row(scene, place, pictures) {
  const said = el("p", { className: "small" });
  const drawSaid = () => { said.textContent = scene.spoken && scene.spoken !== scene.text ? `The voice says: ${scene.spoken}` : ""; };
  drawSaid();
  const text = el("textarea", { value: scene.text, rows: 2, ariaLabel: `Scene ${place + 1}` });
  text.addEventListener("input", () => {
    scene.text = text.value;
    scene.spoken = ""; // what was to be said belonged to the words before
    drawSaid();
  });
  const remove = el("button", { type: "button", className: "link", textContent: "Leave out", disabled: scenes.length === 1,
    ariaLabel: `Leave scene ${place + 1} out` });
  remove.addEventListener("click", () => {
    scenes.splice(place, 1);
    drawScenes(pictures, Math.min(place, scenes.length - 1));
    announce(`Scene ${place + 1} is left out`);
  });
  const about = [KINDS[scene.kind], scene.estimated_seconds && `${scene.estimated_seconds} s`].filter(Boolean).join(" · ");
  const tools = el("span", { className: "scene-tools" }, el("span", { className: "small", textContent: about }));
  if (scene.image_id && pictures.length > 1) tools.append(chooser(scene, place, pictures));
  tools.append(remove);
  return el("li", { className: "scene" }, tools, text, said, ...candidates(scene, place));
}

function candidates(scene, place) { // photographs of a service: none need be chosen, then the film takes what fits
  const photos = (scene.candidates ?? []).filter((photo) => link(photo.thumbnail_url));
  if (!photos.length) return [];
  scene.wishes ??= scene.search_terms;
  const group = el("fieldset", { className: "photos" }, el("legend", { className: "unseen", textContent: `Photograph of scene ${place + 1}` }));
  group.append(...photos.map((photo) => {
    const radio = el("input", { type: "radio", name: `photo-${place}`, checked: scene.search_terms[0] === photo.reference,
      ariaLabel: photo.alt || "A photograph" });
    radio.addEventListener("change", () => { scene.search_terms = [photo.reference]; });
    radio.addEventListener("click", () => { // a second click takes it back
      if (scene.picked === photo.reference) {
        radio.checked = false;
        scene.search_terms = scene.wishes;
      }
      scene.picked = radio.checked ? photo.reference : null;
    });
    const picture = el("img", { src: link(photo.thumbnail_url), alt: "", loading: "lazy" });
    return el("div", { className: "photo" }, el("label", {}, radio, picture), el("p", { className: "small" }, credited(photo.credit)));
  }));
  return [group];
}

function chooser(scene, place, pictures) {
  const select = el("select", { ariaLabel: `Picture of scene ${place + 1}` },
    ...pictures.map(({ id, name }) => el("option", { value: id, textContent: name, selected: id === scene.image_id })));
  select.addEventListener("change", () => { scene.image_id = select.value; });
  return select;
}
