// The keys of a review: j and k walk through the proposals ([data-prop]); a, r, e, m, s press the button or
// follow the link of the one in hand marked data-act; Shift+A takes its whole section; ? opens the list of keys.
// A link marked data-span brings its stretch of the original into the middle of its own pane.
// <input data-cursor="id_text"> keeps where the cursor stands in that text.
const ACTS = { a: "accept", r: "reject", e: "edit", m: "merge", s: "split" };
const typing = (target) => target.closest("input:not([type=checkbox]), textarea, select, [contenteditable], dialog[open]");
const props = () => [...document.querySelectorAll("[data-prop]")];
const current = () => document.querySelector("[data-prop].on");

function show(anchor) {
  const mark = anchor && document.getElementById(anchor);
  if (!mark) return false;
  document.querySelectorAll("mark.at").forEach((one) => one.classList.remove("at"));
  mark.classList.add("at");
  const pane = mark.closest(".doc");
  if (pane) pane.scrollTop += mark.getBoundingClientRect().top - pane.getBoundingClientRect().top - pane.clientHeight / 3;
  return true;
}

function spanOf(prop) {
  const link = prop && prop.querySelector("[data-span]");
  return link ? decodeURIComponent(link.hash.slice(1)) : "";
}

function choose(prop, focus = true) {
  props().forEach((one) => {
    one.classList.toggle("on", one === prop);
    one.toggleAttribute("aria-current", one === prop);
  });
  if (focus) prop.focus({ preventScroll: true });
  prop.scrollIntoView({ block: "nearest" });
  show(spanOf(prop));
}

function walk(step) {
  const all = props();
  if (!all.length) return;
  const here = all.indexOf(current());
  choose(all[Math.min(all.length - 1, Math.max(0, here + step))]);
}

function wholeSection(prop) {
  const name = prop.closest("section").querySelectorAll("[data-act=section]");
  const wanted = prop.querySelector("[data-of]");
  return [...name].find((button) => button.dataset.section === (wanted ? wanted.dataset.of : "")) || name[0];
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target) || !document.querySelector(".props")) return;
  if (event.key === "?") {
    const keys = document.querySelector("details.keys");
    keys.open = !keys.open;
    keys.scrollIntoView({ block: "nearest" });
    return;
  }
  if (event.key === "j" || event.key === "k") {
    event.preventDefault();
    walk(event.key === "j" ? 1 : -1);
    return;
  }
  const prop = current();
  if (!prop) return;
  const button = event.key === "A" ? wholeSection(prop) : prop.querySelector(`[data-act="${ACTS[event.key]}"]`);
  if (!button) return;
  event.preventDefault();
  button.click();
});

document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-span]");
  if (link && !link.search && show(decodeURIComponent(link.hash.slice(1)))) event.preventDefault();
  const prop = event.target.closest("[data-prop]");
  if (prop && !event.target.closest("a, button, input, select, label")) choose(prop, false);
});

document.addEventListener("selectionchange", () => {
  const kept = document.querySelector("[data-cursor]");
  const text = kept && document.getElementById(kept.dataset.cursor);
  if (text && document.activeElement === text) kept.value = String(text.selectionStart);
});

for (const name of ["dragover", "dragleave", "drop"]) {
  document.addEventListener(name, (event) => {
    const box = event.target.closest && event.target.closest(".drop");
    if (box) box.classList.toggle("over", name === "dragover");
  });
}

window.addEventListener("pageshow", () => {
  const split = document.getElementById("split");
  if (split && location.hash === "#split") split.open = true;
  const prop = current();
  if (!prop) return;
  if (location.hash || location.search.includes("p=")) choose(prop, document.activeElement === document.body);
  show(location.hash.startsWith("#s") || location.hash.startsWith("#f") ? location.hash.slice(1) : spanOf(prop));
});
