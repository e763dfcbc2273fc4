// <tbody data-rows> with <tr data-row>: data-add-row adds one more row, and so does Enter in the last field.
// A field with data-count-up carries the number of the row before it, plus one.
function addRow(table) {
  const rows = table.querySelectorAll("[data-row]");
  const last = rows[rows.length - 1];
  const row = last.cloneNode(true);
  row.querySelectorAll("input, textarea").forEach((field) => {
    const before = field.value;
    field.value = field.hasAttribute("data-count-up") && /^\d+$/.test(before) ? String(Number(before) + 1) : "";
    field.setAttribute("aria-label", field.getAttribute("aria-label").replace(/^第 \d+/, `第 ${rows.length + 1}`));
  });
  last.after(row);
  row.querySelector("textarea, input:not([data-count-up])").focus();
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-add-row]");
  const table = button && button.closest("form").querySelector("[data-rows]");
  if (!table) return;
  event.preventDefault();
  addRow(table);
});

document.addEventListener("keydown", (event) => {
  const field = event.target.closest("[data-rows] input");
  if (!field || event.key !== "Enter" || event.isComposing) return;
  event.preventDefault();
  const fields = [...field.closest("[data-rows]").querySelectorAll("input, textarea")];
  const next = fields[fields.indexOf(field) + 1];
  if (next) next.focus();
  else addRow(field.closest("[data-rows]"));
});
