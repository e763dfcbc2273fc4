// <details data-menu> behaves like a menu: Escape or a click elsewhere closes it, opening one closes the others.
const open = () => document.querySelectorAll("details[data-menu][open]");

document.addEventListener("click", (event) => {
  open().forEach((menu) => {
    if (!menu.contains(event.target) && !event.target.closest("dialog")) menu.open = false;
  });
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  open().forEach((menu) => {
    menu.open = false;
    menu.querySelector("summary").focus();
  });
});

document.addEventListener("toggle", (event) => {
  if (!event.target.matches("details[data-menu]") || !event.target.open) return;
  open().forEach((menu) => {
    if (menu !== event.target) menu.open = false;
  });
}, true);
