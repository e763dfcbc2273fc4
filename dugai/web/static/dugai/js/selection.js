// Rows of a table are chosen with check boxes; a bar shows what can be done with them.
// <table data-select="bulk-id"> … <input type="checkbox" data-all> … <input type="checkbox" name="id" data-row>
// <div id="bulk-id" hidden> <span data-chosen></span> … <button data-clear> </div>
const tableOf = (node) => node.closest("table[data-select]");
const boxes = (table) => [...table.querySelectorAll("[data-row]")];

function show(table) {
  const all = boxes(table);
  const chosen = all.filter((box) => box.checked);
  all.forEach((box) => {
    const row = box.closest("tr");
    if (box.checked) row.setAttribute("aria-selected", "true");
    else row.removeAttribute("aria-selected");
  });
  const head = table.querySelector("[data-all]");
  if (head) {
    head.checked = all.length > 0 && chosen.length === all.length;
    head.indeterminate = chosen.length > 0 && chosen.length < all.length;
  }
  const bar = document.getElementById(table.dataset.select);
  if (!bar) return;
  bar.hidden = chosen.length === 0;
  bar.querySelector("[data-chosen]").textContent = `已选 ${chosen.length} 项`;
}

let last = null;
document.addEventListener("click", (event) => {
  const box = event.target.closest("[data-row]");
  if (box && tableOf(box)) {
    const table = tableOf(box), all = boxes(table);
    if (event.shiftKey && last && all.includes(last)) {
      const [from, to] = [all.indexOf(last), all.indexOf(box)].sort((a, b) => a - b);
      all.slice(from, to + 1).forEach((one) => { one.checked = box.checked; });
    }
    last = box;
    show(table);
  }
  const head = event.target.closest("[data-all]");
  if (head && tableOf(head)) {
    boxes(tableOf(head)).forEach((one) => { one.checked = head.checked; });
    show(tableOf(head));
  }
  const clear = event.target.closest("[data-clear]");
  if (clear) {
    const bar = clear.closest("[id]");
    document.querySelectorAll(`table[data-select="${bar.id}"]`).forEach((table) => {
      boxes(table).forEach((one) => { one.checked = false; });
      show(table);
    });
  }
});

const showAll = () => document.querySelectorAll("table[data-select]").forEach(show);
document.addEventListener("htmx:afterSettle", showAll);
window.addEventListener("pageshow", showAll);
