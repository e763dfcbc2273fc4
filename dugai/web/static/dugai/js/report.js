// The sum under the thumb: <input data-sum="output-id" data-before="14"> keeps 上期累计＋本期新增＝累计 true.
// Decimals are added as whole numbers of their last place, so 0.1 and 0.2 make 0.3.
// <input type="file" data-upload="button-id"> presses the button as soon as files are chosen.
function added(before, text) {
  const clean = text.normalize("NFKC").replace(/[,\s]/g, "").replace("−", "-");
  if (clean === "") return before;
  if (!/^[+-]?\d+(\.\d+)?$/.test(clean)) return null;
  const places = Math.max(...[before, clean].map((number) => (number.split(".")[1] || "").length));
  const scale = 10 ** places;
  return String(Math.round(Number(before) * scale + Number(clean) * scale) / scale);
}

function sum(box) {
  const total = added(box.dataset.before, box.value);
  document.getElementById(box.dataset.sum).querySelector("[data-total]").textContent = total === null ? "?" : total;
}

document.addEventListener("input", (event) => {
  const box = event.target.closest("[data-sum]");
  if (box) sum(box);
});
window.addEventListener("pageshow", () => document.querySelectorAll("[data-sum]").forEach(sum));

document.addEventListener("change", (event) => {
  const files = event.target.closest("[data-upload]");
  if (files && files.files.length) files.form.requestSubmit(document.getElementById(files.dataset.upload));
});
