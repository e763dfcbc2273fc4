// <form data-visit data-worker data-files>: asks the worker to keep this page and its files, so that it opens without
// signal too, and says whether it does.
const SAYS = {
  kept: "这一页已存在这台手机上：没有信号、关掉以后也能再打开接着填，3 天内有效，退出登录就清掉。",
  open: "这台手机不能在没有信号时重新打开这一页，请不要关掉它；填的内容和照片照样存在本机，连上后自动送。",
};

function needed(form) {
  const found = performance.getEntriesByType("resource").map((entry) => entry.name);
  for (const one of document.querySelectorAll("link[href], script[src]")) found.push(one.href || one.src);
  return [...new Set(found)].filter((name) => new URL(name).pathname.startsWith(form.dataset.files));
}

async function ask(form) {
  if (!window.isSecureContext || !navigator.serviceWorker || !window.caches) return false;
  await navigator.serviceWorker.register(form.dataset.worker, { scope: "/" });
  const { active } = await navigator.serviceWorker.ready;
  const line = new MessageChannel();
  return new Promise((done) => {
    line.port1.onmessage = (event) => done(event.data.kept);
    active.postMessage({ page: location.pathname, files: needed(form) }, [line.port2]);
  });
}

export async function keepThisPage(form) {
  const line = document.querySelector("[data-away]");
  const kept = await ask(form).catch(() => navigator.onLine === false && Boolean(navigator.serviceWorker && navigator.serviceWorker.controller));
  line.textContent = kept ? SAYS.kept : SAYS.open;
  line.dataset.away = kept ? "kept" : "open";
  line.hidden = false;
  return kept;
}
