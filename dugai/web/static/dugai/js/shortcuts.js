// Keys that work on every page: "/" goes to the search box; j and k walk through a list marked
// data-keys (each row's first link takes the focus), x ticks the row. Never while somebody is typing.
const typing = (target) => target.closest("input:not([type=checkbox]), textarea, select, [contenteditable]");

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
  const box = [...document.querySelectorAll("[data-focus-key]")].find((one) => one.dataset.focusKey === event.key && one.offsetParent);
  if (box) {
    event.preventDefault();
    box.focus();
    return;
  }
  if (event.key === "j" || event.key === "k") walk(event);
  if (event.key === "x") tick(event);
});

function rowsOf(list) {
  return [...list.querySelectorAll("tbody tr, li")].filter((row) => row.querySelector("a[href]"));
}

function walk(event) {
  const list = event.target.closest("[data-keys]") || document.querySelector("[data-keys]");
  if (!list) return;
  const rows = rowsOf(list);
  const here = rows.findIndex((row) => row.contains(event.target));
  const next = rows[Math.min(rows.length - 1, Math.max(0, here + (event.key === "j" ? 1 : -1)))];
  if (!next) return;
  event.preventDefault();
  next.querySelector("a[href]").focus();
  next.scrollIntoView({ block: "nearest" });
}

function tick(event) {
  const row = event.target.closest("[data-keys] tr");
  const box = row && row.querySelector("[data-row]");
  if (box) box.click();
}
