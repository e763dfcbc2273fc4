// The wall chart by keyboard: Escape leaves it, F fills the screen. It says so when it is no longer fresh, and
// goes to the sign-in page when the session has ended instead of showing an empty sheet.
const wall = document.querySelector("[data-exit]");
const stale = document.querySelector("[data-stale]");
const full = document.querySelector("[data-full]");
const LATE = 130_000;
let fresh = Date.now();

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "Escape" && !document.fullscreenElement) location.assign(wall.dataset.exit);
  if (event.key === "f" || event.key === "F") fill();
});

function fill() {
  if (document.fullscreenElement) document.exitFullscreen();
  else document.documentElement.requestFullscreen();
}

if (full && document.fullscreenEnabled) {
  full.hidden = false;
  full.addEventListener("click", fill);
}

document.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.xhr.status !== 200) return;
  if (event.detail.serverResponse.includes('id="wall"')) fresh = Date.now();
  else {
    event.detail.shouldSwap = false;
    location.assign(wall.dataset.exit);
  }
});

setInterval(() => {
  stale.hidden = Date.now() - fresh < LATE;
}, 5_000);
