// The editor of a text: each <textarea data-paragraph> becomes editable words in which every figure is one
// piece that opens its rows and cannot be typed over. The textarea keeps the marks and is what is sent.
const MARK = /⟦[^⟦⟧]*⟧/g;
const known = new Map([...document.querySelectorAll("[data-figure]")].map((item) => [item.dataset.figure, item.dataset]));
let last = null;
let made = 0;

function chip(mark) {
  const number = /^⟦(\d+)·/.exec(mark);
  const figure = number && known.get(number[1]);
  const piece = document.createElement(figure && figure.url ? "a" : "span");
  piece.className = figure ? (figure.url ? "fig" : "fig fig-said") : "fig fig-new";
  piece.contentEditable = "false";
  piece.dataset.mark = mark;
  piece.textContent = figure ? figure.shown : mark.slice(1, -1);
  if (figure) piece.title = figure.name;
  if (figure && figure.url) {
    piece.href = figure.url;
    piece.target = "_blank";
    piece.rel = "noopener";
  }
  return piece;
}

function fill(words, text) {
  words.replaceChildren();
  let from = 0;
  for (const found of text.matchAll(MARK)) {
    if (found.index > from) words.append(text.slice(from, found.index));
    words.append(chip(found[0]));
    from = found.index + found[0].length;
  }
  if (from < text.length) words.append(text.slice(from));
  words.toggleAttribute("data-empty", text === "");
}

function marks(node) {
  if (node.nodeType === Node.TEXT_NODE) return node.data;
  if (node.dataset && node.dataset.mark) return node.dataset.mark;
  const inside = [...node.childNodes].map(marks).join("");
  return node.nodeName === "BR" ? "" : inside;
}

function keep(words) {
  const box = words.nextElementSibling;
  box.value = marks(words).replace(/\s*\n\s*/g, "").replace(/\u00a0/g, " ");
  words.toggleAttribute("data-empty", box.value === "");
}

function enhance(para) {
  const box = para.querySelector("textarea[data-paragraph]");
  const words = document.createElement("div");
  words.className = "para-edit";
  words.contentEditable = "true";
  words.setAttribute("role", "textbox");
  words.setAttribute("aria-multiline", "true");
  words.setAttribute("aria-label", para.querySelector(`label[for="${box.id}"]`).textContent);
  const kind = para.querySelector("select");
  words.dataset.kind = kind.value;
  kind.addEventListener("change", () => (words.dataset.kind = kind.value));
  fill(words, box.value);
  box.before(words);
  box.hidden = true;
  for (const button of para.querySelectorAll("[data-para-add], [data-para-drop]")) button.hidden = false;
}

function add(after) {
  made += 1;
  const sheet = document.getElementById("new-para");
  const para = sheet.content.firstElementChild.cloneNode(true);
  para.innerHTML = para.innerHTML.replaceAll("nKEY", `n${made}`);
  para.id = `bn${made}`;
  after.after(para);
  enhance(para);
  para.querySelector(".para-edit").focus();
}

document.querySelectorAll(".editor [data-para]").forEach(enhance);
const insert = document.querySelector("[data-insert]");
if (insert) insert.hidden = false;

document.addEventListener("input", (event) => {
  const words = event.target.closest(".para-edit");
  if (words) keep(words);
});
document.addEventListener("focusin", (event) => {
  const words = event.target.closest(".para-edit");
  if (words) last = words;
});
document.addEventListener("paste", (event) => {
  const words = event.target.closest(".para-edit");
  if (!words) return;
  event.preventDefault();
  document.execCommand("insertText", false, event.clipboardData.getData("text/plain").replace(/\s*\n\s*/g, ""));
});
document.addEventListener("keydown", (event) => {
  const words = event.target.closest(".para-edit");
  if (!words || event.key !== "Enter" || event.isComposing) return;
  event.preventDefault();
  add(words.closest("[data-para]"));
});
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-para-add], [data-para-drop], [data-insert-go]");
  if (!button) return;
  const para = button.closest("[data-para]");
  if (button.matches("[data-para-add]")) add(para);
  else if (button.matches("[data-para-drop]")) para.remove();
  else {
    const words = last && last.isConnected ? last : [...document.querySelectorAll(".para-edit")].at(-1);
    const piece = chip(`⟦${document.getElementById("pick").value}⟧`);
    const here = window.getSelection();
    const range = here.rangeCount && words.contains(here.anchorNode) ? here.getRangeAt(0) : null;
    if (range) {
      range.collapse(false);
      range.insertNode(piece);
      range.setStartAfter(piece);
    } else words.append(piece);
    keep(words);
    words.focus();
  }
});
