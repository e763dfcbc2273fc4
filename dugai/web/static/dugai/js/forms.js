// <form data-short> sends no empty fields, so that addresses stay short and can be passed on.
// <button data-print> prints the page.
function withoutEmpties(form) {
  form.querySelectorAll("select[name], input[name]").forEach((field) => {
    if (field.value === "") field.disabled = true;
  });
}

document.addEventListener("htmx:configRequest", (event) => {
  if (!event.target.matches("form[data-short]")) return;
  const sent = event.detail.formData;
  [...sent.entries()].forEach(([name, value]) => { if (value === "") sent.delete(name); });
});

document.addEventListener("submit", (event) => {
  if (event.target.matches("form[data-short]")) withoutEmpties(event.target);
});

window.addEventListener("pageshow", () => {
  document.querySelectorAll("form[data-short] :disabled").forEach((field) => { field.disabled = false; });
});

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-print]")) window.print();
});
