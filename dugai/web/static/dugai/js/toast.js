// Toasts: those the page brought leave by themselves after a while unless they carry data-stay.
// Any code may say `document.dispatchEvent(new CustomEvent("dugai:toast", {detail: "…"}))`,
// and the server may send HX-Trigger: {"dugai:toast": "…"}.
const SECONDS = 8;

function leave(toast) {
  if (!toast.hasAttribute("data-stay")) setTimeout(() => toast.remove(), SECONDS * 1000);
}

function say(words, stay) {
  const toast = document.createElement("p");
  toast.className = "toast";
  toast.dataset.toast = "";
  if (stay) {
    toast.dataset.stay = "";
    toast.dataset.lamp = "overdue";
  }
  const text = document.createElement("span");
  text.textContent = words;
  const close = document.createElement("button");
  close.type = "button";
  close.className = "btn btn-bare";
  close.dataset.closeToast = "";
  close.textContent = "知道了";
  toast.append(text, close);
  document.getElementById("toasts").append(toast);
  leave(toast);
}

document.addEventListener("click", (event) => {
  const close = event.target.closest("[data-close-toast]");
  if (close) close.closest("[data-toast]").remove();
});

document.addEventListener("dugai:toast", (event) => say(event.detail.value || event.detail, false));
document.addEventListener("htmx:sendError", () => say("网络断了，这一步没有送到。连上后请再试一次。", true));
document.addEventListener("htmx:timeout", () => say("等得太久，没有收到答复。请再试一次。", true));

document.querySelectorAll("#toasts > [data-toast]").forEach(leave);
new MutationObserver((changes) => changes.forEach((change) => change.addedNodes.forEach((node) => {
  if (node.nodeType === 1 && node.matches("[data-toast]")) leave(node);
}))).observe(document.getElementById("toasts"), { childList: true });
