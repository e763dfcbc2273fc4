// <textarea data-counter="summary-count" maxlength="2000"> … <output id="summary-count">: how much is written.
function count(box) {
  const words = document.getElementById(box.dataset.counter);
  if (words) words.textContent = box.maxLength > 0 ? `${box.value.length}/${box.maxLength}` : `${box.value.length}`;
}

document.addEventListener("input", (event) => {
  const box = event.target.closest("[data-counter]");
  if (box) count(box);
});
const countAll = () => document.querySelectorAll("[data-counter]").forEach(count);
document.addEventListener("htmx:afterSettle", countAll);
window.addEventListener("pageshow", countAll);
