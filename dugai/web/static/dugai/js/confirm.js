// A form or button with data-confirm="…" asks first, in the page's own dialog.
// data-confirm-title and data-confirm-word replace the heading and the word on the main button.
let asked = null;
const dialog = () => document.getElementById("confirm");

function ask(source, act) {
  const box = dialog();
  box.querySelector("[data-confirm-title]").textContent = source.dataset.confirmTitle || "请确认";
  box.querySelector("[data-confirm-text]").textContent = source.dataset.confirm;
  box.querySelector("[data-confirm-yes]").textContent = source.dataset.confirmWord || "确认";
  asked = act;
  box.showModal();
}

// In the capture phase, so that htmx hears of the submit only after the answer.
document.addEventListener("submit", (event) => {
  const source = (event.submitter && event.submitter.closest("[data-confirm]")) || event.target.closest("[data-confirm]");
  if (!source || event.target.dataset.confirmed) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  const form = event.target, submitter = event.submitter;
  ask(source, () => {
    form.dataset.confirmed = "yes";
    form.requestSubmit(submitter);
    delete form.dataset.confirmed;
  });
}, true);

document.addEventListener("click", (event) => {
  const box = dialog();
  if (event.target.closest("[data-confirm-yes]")) {
    box.close();
    if (asked) asked();
  } else if (event.target.closest("[data-confirm-no]")) {
    box.close();
  }
});

// hx-confirm uses the same dialog instead of the browser's own.
document.addEventListener("htmx:confirm", (event) => {
  if (!event.detail.question) return;
  event.preventDefault();
  ask({ dataset: { confirm: event.detail.question } }, () => event.detail.issueRequest(true));
});
