// <form data-visit data-person data-case data-begin data-photo data-send>: a visit is written where there is no signal.
// What is typed and the photos stay on this device (IndexedDB) until the server has said that it has them. Photos go
// first, in pieces, then the visit; a lost answer is asked for again with the same keys, and the server keeps one.
import { erase, keepPhoto, keepVisit, kept, keptPhotos, dropPhoto } from "./visit-store.js";
import { keepThisPage } from "./visit-keep.js";

const PIECE = 1024 * 1024;
const AGAIN = 5000;
const form = document.querySelector("form[data-visit]");
const find = (name) => document.querySelector(`[data-${name}]`);
const WORDS = { kept: "存在本机，等信号", sending: "正在送", sent: "已送到", refused: "没有收下" };
const pictures = new Map();
let draft = null;
let running = false;
let timer = 0;
let opensAgain = false;

class Refused extends Error {
  constructor(words, fields = {}) { super(words); this.fields = fields; }
}
class Lost extends Error {}
class SignedOut extends Error {}

const token = () => form.querySelector("[name=csrfmiddlewaretoken]").value;
const random = () => [...crypto.getRandomValues(new Uint8Array(16))].map((one) => one.toString(16).padStart(2, "0")).join("");

async function freshToken() {
  const page = await fetch(location.href, { credentials: "same-origin", redirect: "manual" }).catch(() => null);
  if (!page || !page.ok) return false;
  const there = new DOMParser().parseFromString(await page.text(), "text/html");
  if (there.body.dataset.account !== document.body.dataset.account) throw new SignedOut();
  const found = there.querySelector("[name=csrfmiddlewaretoken]");
  if (!found || found.value === token()) return false;
  form.querySelector("[name=csrfmiddlewaretoken]").value = found.value;
  return true;
}

async function ask(address, options = {}, again = true) {
  let response;
  const headers = { "X-CSRFToken": token(), Accept: "application/json", ...options.headers };
  try { response = await fetch(address, { credentials: "same-origin", redirect: "manual", ...options, headers }); } catch { throw new Lost(); }
  if (response.type === "opaqueredirect") throw new SignedOut();
  if (response.status >= 500 || response.status === 429) throw new Lost();
  const said = await response.json().catch(() => null);
  if (response.status === 403 && said === null && again && await freshToken()) return ask(address, options, false);
  if (!response.ok && response.status !== 409) throw new Refused((said && said.detail) || "没有收下，请稍后再送。", (said && said.fields) || {});
  return { status: response.status, said: said || {} };
}

// ---------- one photo, piece by piece ----------

async function upload(photo) {
  let state = null;
  if (photo.upload) state = (await ask(`${form.dataset.begin}${photo.upload}/`).catch((error) => { if (!(error instanceof Refused)) throw error; return { said: null }; })).said;
  if (!state || !["open", "finished"].includes(state.state)) {
    const body = new URLSearchParams({ name: photo.name, size: photo.blob.size, purpose: "visit" });
    state = (await ask(form.dataset.begin, { method: "POST", body })).said;
    photo.upload = state.key;
    await keepPhoto(photo);
  }
  const address = `${form.dataset.begin}${state.key}/`;
  while (state.state === "open" && state.offset < photo.blob.size) {
    const body = photo.blob.slice(state.offset, Math.min(photo.blob.size, state.offset + PIECE));
    const headers = { "Upload-Offset": state.offset, "Content-Type": "application/offset+octet-stream" };
    const sent = await ask(address, { method: "PATCH", body, headers });
    state = sent.status === 409 ? (await ask(address)).said : sent.said;
    tell(photo, "sending", `正在送 ${Math.floor((state.offset / photo.blob.size) * 100)}%`);
  }
  return state.key;
}

async function sendPhoto(photo) {
  tell(photo, "sending");
  const body = new URLSearchParams({ upload: await upload(photo), visit_key: draft.key, photo_key: photo.key, taken_at: photo.taken });
  const { status, said } = await ask(form.dataset.photo, { method: "POST", body });
  if (status === 409) throw new Refused(said.detail || "没有收下，请再选一次。");
  photo.state = "sent";
  await keepPhoto(photo);
  tell(photo, "sent");
}

// ---------- everything that waits ----------

async function sendAll() {
  if (running || !draft || draft.state === "sent") return;
  running = true;
  clearTimeout(timer);
  try {
    for (const photo of await keptPhotos(draft.id)) {
      if (photo.state === "sent" || photo.state === "refused") continue;
      try { await sendPhoto(photo); } catch (error) {
        if (!(error instanceof Refused)) throw error;
        Object.assign(photo, { state: "refused", said: error.message });
        await keepPhoto(photo);
        tell(photo, "refused", error.message);
      }
    }
    if (draft.state === "ready") await sendVisit();
  } catch (error) {
    if (!(error instanceof Lost) && !(error instanceof SignedOut)) throw error;
    for (const photo of await keptPhotos(draft.id)) if (photo.state !== "sent" && photo.state !== "refused") tell(photo, "kept");
    find("enter").hidden = !(error instanceof SignedOut);
    if (error instanceof SignedOut) {
      say("waiting", "请先登录，再接着送", "登录已过期或换了人。这里填的和照片都在本机，用原来的账号登录后自动送出。");
      return;
    }
    say("waiting", draft.state === "ready" ? "存在本机，等信号" : "草稿存在这台手机上", "网络断了。连上后自动接着送，已送到的不会再送一遍。");
    timer = setTimeout(sendAll, AGAIN);
  } finally { running = false; }
}

async function sendVisit() {
  if ((await keptPhotos(draft.id)).some((photo) => photo.state === "refused")) {
    await takeBack("有照片没有收下。请拿掉或重选，再提交。", {});
    return;
  }
  say("waiting", "正在送", "照片已送到，正在送核查记录。");
  try {
    const { status, said } = await ask(form.dataset.send, { method: "POST", body: new URLSearchParams(draft.fields) });
    if (status === 409) throw new Refused(said.detail || "别人已经改过，请刷新后对照。");
    draft.state = "sent";
    await erase(draft.id);
    say("sent", "已送到", "核查记录和照片都已送到，本机不再保留。");
    location.assign(said.there);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    await takeBack(error.message, error.fields);
  }
}

async function takeBack(words, fields) {
  draft.state = "draft";
  await keepVisit(draft);
  say("refused", "没有收下，请改好再提交", words);
  for (const line of form.querySelectorAll("[data-error-for]")) {
    const wrong = fields[line.dataset.errorFor];
    line.hidden = !wrong;
    line.textContent = wrong || "";
    const box = line.closest(".field");
    if (box) box.classList.toggle("bad", Boolean(wrong));
  }
  const first = form.querySelector(".field.bad input, .field.bad textarea");
  if (first) first.focus();
}

// ---------- what the page says ----------

function say(state, head, words) {
  const box = find("device");
  box.hidden = false;
  box.dataset.state = state;
  find("device-head").textContent = head;
  find("device-says").textContent = words;
}

function tell(photo, state, words = WORDS[state]) {
  let item = find("kept").querySelector(`[data-key="${photo.key}"]`);
  if (!item) item = row(photo);
  item.dataset.state = state;
  item.querySelector(".says").textContent = words;
  item.querySelector("button").hidden = state === "sent" || state === "sending";
}

function row(photo) {
  const item = document.createElement("li");
  item.dataset.key = photo.key;
  const image = document.createElement("img");
  pictures.set(photo.key, URL.createObjectURL(photo.blob));
  image.src = pictures.get(photo.key);
  image.alt = "";
  const name = document.createElement("span");
  name.className = "name";
  name.textContent = photo.name;
  const says = document.createElement("span");
  says.className = "says";
  const drop = document.createElement("button");
  drop.type = "button";
  drop.className = "btn btn-bare";
  drop.textContent = "拿掉";
  drop.setAttribute("aria-label", `拿掉 ${photo.name}`);
  drop.addEventListener("click", async () => {
    await dropPhoto(photo);
    URL.revokeObjectURL(pictures.get(photo.key));
    item.remove();
  });
  item.append(image, name, drop, says);
  find("kept").append(item);
  return item;
}

// ---------- the draft ----------

const typed = () => [...new FormData(form)].filter(([name, value]) => typeof value === "string" && name !== "csrfmiddlewaretoken" && name !== "act");

function fill(fields) {
  for (const [name, value] of fields) {
    for (const control of form.querySelectorAll(`[name="${CSS.escape(name)}"]`)) {
      if (control.type === "radio" || control.type === "checkbox") control.checked = control.value === value;
      else if (control.type !== "file") control.value = value;
    }
  }
}

async function remember() {
  if (!draft || draft.state === "sent") return;
  draft.fields = typed();
  await keepVisit(draft);
  find("saved").textContent = `草稿已存本机 ${new Date().toTimeString().slice(0, 5)}`;
}

async function start() {
  const id = `${form.dataset.person}:${form.dataset.case}`;
  draft = await kept(id);
  if (draft) {
    fill(draft.fields);
    form.querySelector("[name=draft_key]").value = draft.key;
    for (const photo of await keptPhotos(id)) tell(photo, photo.state === "sending" ? "kept" : photo.state, photo.said || undefined);
    say("draft", "接着上次的草稿", "上次在这台手机上填的都在。");
  } else {
    draft = { id, key: form.querySelector("[name=draft_key]").value, state: "draft", fields: typed() };
    say("draft", "草稿存在这台手机上", "没有信号也能填，连上后自动送。");
  }
  form.addEventListener("input", () => { if (draft.state === "ready") draft.state = "draft"; remember(); });
  form.addEventListener("change", async (event) => {
    if (!event.target.matches("[data-photos]")) return;
    const chosen = [...event.target.files];
    event.target.value = "";
    for (const file of chosen) {
      const photo = { visit: draft.id, key: random(), name: file.name || "现场.jpg", blob: new Blob([await file.arrayBuffer()], { type: file.type }), taken: file.lastModified || "", state: "kept" };
      await keepPhoto(photo);
      tell(photo, "kept");
    }
    await remember();
    sendAll();
  });
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    form.querySelector("[name=passed]").value = event.submitter ? event.submitter.value : "";
    draft.state = "ready";
    await remember();
    say("waiting", "存在本机，等信号", "核查记录和照片都在这台手机上，连上后自动送出。");
    sendAll();
  });
  window.addEventListener("online", sendAll);
  document.addEventListener("visibilitychange", () => { if (!document.hidden) sendAll(); });
  window.addEventListener("beforeunload", (event) => { if (draft.state === "ready" && !opensAgain) event.preventDefault(); });
  sendAll();
  opensAgain = await keepThisPage(form);
}

document.querySelectorAll("[data-where]").forEach((line) => { line.hidden = !navigator.geolocation || !window.isSecureContext; });
document.addEventListener("click", (event) => {
  if (!event.target.closest("[data-where-go]")) return;
  find("where-says").textContent = "正在定位";
  navigator.geolocation.getCurrentPosition((found) => {
    form.querySelector("[name=latitude]").value = found.coords.latitude.toFixed(6);
    form.querySelector("[name=longitude]").value = found.coords.longitude.toFixed(6);
    find("where-says").textContent = `误差约 ${Math.round(found.coords.accuracy)} 米`;
    remember();
  }, () => { find("where-says").textContent = "没有取到定位，请手填。"; }, { enableHighAccuracy: true, timeout: 20000 });
});

// A browser that keeps nothing (no IndexedDB) sends the form as it is.
if (form && window.indexedDB) start().catch(() => say("refused", "这台手机不能存草稿", "请在有信号的地方填，直接提交。"));
