// Small parts that the page's scripts share: elements, sentences, addresses.

export const $ = (id) => document.getElementById(id);

export function el(tag, properties, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
}

export const setText = (id, text) => { $(id).textContent = text ?? ""; };
export const announce = (text) => setText("news", text);
export const number = (value) => value.toLocaleString("en-US");
export const count = (value, unit) => `${number(value)} ${unit}${value === 1 ? "" : "s"}`;

export function inWords(seconds) {
  const [size, unit] = seconds < 90 ? [1, "second"] : seconds < 5400 ? [60, "minute"] : [3600, "hour"];
  return count(Math.ceil(seconds / size), unit);
}

export function fillList(id, items, line) {
  const rows = Array.isArray(items) ? items : [];
  $(id).replaceChildren(...rows.map((item) => el("li", {}, line(item))));
  $(`${id}-box`).hidden = !rows.length;
}

export function link(value) { // may be relative to the status answer; javascript: and its like are no addresses
  if (typeof value !== "string" || !value) return "";
  try {
    const url = new URL(value, new URL(document.body.dataset.statusUrl.replace(/\/$/, ""), location.href));
    return /^https?:$/.test(url.protocol) ? url.href : "";
  } catch {
    return "";
  }
}

export const outside = (url, ...children) => el("a", { href: link(url), target: "_blank", rel: "noopener" }, ...children);

export function credited(credit) { // whoever made a photograph, and the service, each with the link it asks for
  const named = (text, url) => (link(url) ? outside(url, String(text)) : String(text));
  if (!credit?.author) return named(credit?.text ?? credit, credit?.url);
  return el("span", {}, "Photo by ", named(credit.author, credit.author_url), " on ", named(credit.service, credit.service_url));
}
