// <form data-upload-form data-begin="/uploads/"> with <input type="file" data-upload-files>, <ul data-upload-list> and
// <p data-upload-says>: files are sent in pieces as soon as they are chosen. A lost connection is waited for; a file
// chosen again after the page was closed goes on where it stopped. The form itself then carries only the keys.
// <div data-locate> fills latitude and longitude from the device, where it may.
const PIECE = 4 * 1024 * 1024;
const LONGEST_WAIT = 30;
const running = new Map();

const token = (form) => form.querySelector("[name=csrfmiddlewaretoken]").value;
const nameOf = (file) => `dugai-upload ${file.name} ${file.size} ${file.lastModified}`;

function remembered(file) {
  try { return localStorage.getItem(nameOf(file)); } catch { return null; }
}

function remember(file, key) {
  try {
    if (key) localStorage.setItem(nameOf(file), key);
    else localStorage.removeItem(nameOf(file));
  } catch { /* a browser that keeps nothing starts again from the beginning */ }
}

class Refused extends Error {}
class Lost extends Error {}

async function ask(address, options) {
  let response;
  try { response = await fetch(address, { credentials: "same-origin", redirect: "manual", ...options }); } catch { throw new Lost(); }
  if (response.type === "opaqueredirect") throw new Refused("登录已过期。请另开一页登录，再回来点“接着传”。");
  if (response.status >= 500) throw new Lost();
  const said = await response.json().catch(() => ({}));
  return { ok: response.ok, status: response.status, said };
}

function pause(tries) {
  return new Promise((done) => {
    const timer = setTimeout(done, Math.min(LONGEST_WAIT, 2 ** tries) * 1000);
    window.addEventListener("online", () => { clearTimeout(timer); done(); }, { once: true });
  });
}

async function stubborn(row, act) {
  for (let tries = 0; ; tries += 1) {
    if (row.gone) throw new Refused("已取消");
    try {
      return await act();
    } catch (error) {
      if (!(error instanceof Lost)) throw error;
      row.say("网络断了，连上后接着传");
      await pause(tries);
    }
  }
}

async function begin(form, file) {
  const known = remembered(file);
  if (known) {
    const found = await ask(`${form.dataset.begin}${known}/`, {});
    if (found.ok && (found.said.state === "open" || found.said.state === "finished") && found.said.size === file.size) return found.said;
  }
  const body = new URLSearchParams({ name: file.name, size: file.size, purpose: "evidence" });
  const made = await ask(form.dataset.begin, { method: "POST", body, headers: { "X-CSRFToken": token(form) } });
  if (!made.ok) throw new Refused(made.said.detail || "没有传成，请再选一次。");
  remember(file, made.said.key);
  return made.said;
}

async function checksum(piece) {
  if (!window.crypto || !crypto.subtle) return {};
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", await piece.arrayBuffer()));
  return { "Upload-Checksum": `sha256 ${btoa(String.fromCharCode(...digest))}` };
}

async function send(form, file, row) {
  let state = await stubborn(row, () => begin(form, file));
  const address = `${form.dataset.begin}${state.key}/`;
  row.address = address;
  let bad = 0;
  while (state.state === "open" && state.offset < file.size) {
    row.show(state.offset, file.size);
    const offset = state.offset;
    const piece = file.slice(offset, Math.min(file.size, offset + PIECE));
    const headers = { "X-CSRFToken": token(form), "Upload-Offset": offset, "Content-Type": "application/offset+octet-stream", ...(await checksum(piece)) };
    const sent = await stubborn(row, async () => {
      try {
        return await ask(address, { method: "PATCH", body: piece, headers });
      } catch (error) {
        if (!(error instanceof Lost)) throw error;
        row.say("网络断了，连上后接着传");
        await pause(1);
        return ask(address, {}); // how far did it come?
      }
    });
    if (sent.ok) {
      state = sent.said;
      bad = 0;
    } else if ((sent.status === 409 || sent.said.code === "checksum_mismatch") && bad < 5) {
      bad += 1;
      state = (await stubborn(row, () => ask(address, {}))).said;
    } else {
      throw new Refused(sent.said.detail || "没有传成，请再选一次。");
    }
  }
  row.show(file.size, file.size);
  if (!state.finished) {
    row.say("正在核对");
    const done = await stubborn(row, () => ask(`${address}finish`, { method: "POST", headers: { "X-CSRFToken": token(form) } }));
    if (!done.ok) throw new Refused(done.said.detail || "没有存入，请再选一次。");
  }
  return state.key;
}

function rowOf(form, file) {
  const item = document.createElement("li");
  const name = document.createElement("span");
  name.className = "name";
  name.textContent = file.name;
  const says = document.createElement("span");
  says.className = "says";
  const stop = document.createElement("button");
  stop.type = "button";
  stop.className = "btn btn-bare";
  stop.textContent = "取消";
  stop.setAttribute("aria-label", `取消 ${file.name}`);
  const bar = document.createElement("progress");
  bar.max = file.size || 1;
  bar.value = 0;
  bar.setAttribute("aria-label", `${file.name} 上传进度`);
  item.append(name, says, stop, bar);
  form.querySelector("[data-upload-list]").append(item);
  const row = {
    item, gone: false, address: "",
    say(words) { says.textContent = words; },
    show(done, all) {
      bar.value = done;
      says.textContent = `${Math.floor((done / all) * 100)}%`;
    },
    fail(words) {
      item.dataset.bad = "";
      bar.remove();
      says.textContent = words;
      stop.textContent = "移除";
    },
    done(key) {
      item.dataset.done = "";
      bar.remove();
      says.textContent = "已传完";
      const field = document.createElement("input");
      field.type = "hidden";
      field.name = "upload";
      field.value = key;
      item.append(field);
      stop.textContent = "不要";
    },
  };
  stop.addEventListener("click", () => {
    row.gone = true;
    item.remove();
    running.delete(item);
    remember(file, null);
    if (row.address && item.dataset.done === undefined) {
      fetch(row.address, { method: "DELETE", credentials: "same-origin", headers: { "X-CSRFToken": token(form) } }).catch(() => {});
    }
    tell(form);
  });
  return row;
}

function tell(form) {
  const line = form.querySelector("[data-upload-says]");
  const all = form.querySelectorAll("[data-upload-list] li").length;
  const done = form.querySelectorAll("[data-upload-list] [data-done]").length;
  if (line) line.textContent = all ? `${all} 个文件，已传完 ${done} 个` : "";
}

async function take(form, file) {
  const row = rowOf(form, file);
  if (!file.size) {
    row.fail("空文件，请检查后重选。");
    return;
  }
  row.say("准备上传");
  running.set(row.item, true);
  try {
    const key = await send(form, file, row);
    if (!row.gone) row.done(key);
    remember(file, null);
  } catch (error) {
    remember(file, null);
    if (!row.gone) row.fail(error instanceof Refused ? error.message : "没有传成，请再选一次。");
  }
  running.delete(row.item);
  tell(form);
}

document.addEventListener("change", async (event) => {
  const field = event.target.closest("[data-upload-form] [data-upload-files]");
  if (!field) return;
  const form = field.form;
  const chosen = [...field.files];
  if (!field.multiple) form.querySelectorAll("[data-upload-list] li").forEach((item) => item.querySelector("button").click());
  field.value = "";
  for (const file of chosen) await take(form, file);
});

document.addEventListener("submit", (event) => {
  const form = event.target.closest("[data-upload-form]");
  if (!form || ![...running.keys()].some((item) => form.contains(item))) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  document.dispatchEvent(new CustomEvent("dugai:toast", { detail: "文件还没有传完。传完后再提交。" }));
}, true);

window.addEventListener("beforeunload", (event) => { if (running.size) event.preventDefault(); });

document.querySelectorAll("[data-locate]").forEach((line) => { line.hidden = !navigator.geolocation || !window.isSecureContext; });
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-locate-go]");
  if (!button) return;
  const says = button.parentElement.querySelector("[data-locate-says]");
  says.textContent = "正在定位";
  navigator.geolocation.getCurrentPosition((found) => {
    const { latitude, longitude, accuracy } = found.coords;
    document.getElementById("id_latitude").value = latitude.toFixed(6);
    document.getElementById("id_longitude").value = longitude.toFixed(6);
    says.textContent = `已填入，误差约 ${Math.round(accuracy)} 米`;
  }, () => { says.textContent = "没有取到定位。请允许本站定位，或手工填写。"; }, { enableHighAccuracy: true, timeout: 20000 });
});
