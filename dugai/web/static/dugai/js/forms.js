// <form data-auto-submit>: choosing a filter sends the form, without its empty fields, so that
// addresses stay short and can be passed on. <button data-print> prints the page.
function withoutEmpties(form) {
  form.querySelectorAll("select[name], input[name]").forEach((field) => {
    if (field.value === "") field.disabled = true;
  });
}

document.addEventListener("change", (event) => {
  const form = event.target.closest("form[data-auto-submit]");
  if (form && event.target.matches("select, input[type=date]")) form.requestSubmit();
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
