// Two views of one place, [data-compare], laid over each other with an edge that moves: a range input underneath
// takes mouse, finger and arrow keys alike. Without this script the views stand side by side.
function lay(box) {
  const [before, after] = ["before", "after"].map((name) => box.querySelector(`[data-compare-${name}]`));
  if (!before || !after || box.classList.contains("laid")) return;
  const glass = document.createElement("div");
  glass.className = "glass";
  const over = before.querySelector("img");
  over.classList.add("over");
  const edge = document.createElement("span");
  edge.className = "edge";
  const tags = ["整改前", "整改后"].map((words, at) => {
    const tag = document.createElement("span");
    tag.className = `tag tag-${at ? "r" : "l"}`;
    tag.setAttribute("aria-hidden", "true");
    tag.textContent = words;
    return tag;
  });
  glass.append(after.querySelector("img"), over, edge, ...tags);
  const range = document.createElement("input");
  range.type = "range";
  range.min = 0;
  range.max = 100;
  range.value = 50;
  range.setAttribute("aria-label", "前后对照：左边是整改前，右边是整改后");
  const names = document.createElement("div");
  names.className = "names";
  names.append(before.querySelector("figcaption"), after.querySelector("figcaption"));
  before.remove();
  after.remove();
  box.append(glass, range, names);
  box.classList.add("laid");
  const move = () => {
    over.style.clipPath = `inset(0 ${100 - range.value}% 0 0)`;
    edge.style.left = `${range.value}%`;
    range.setAttribute("aria-valuetext", `整改前占 ${range.value}%`);
  };
  range.addEventListener("input", move);
  glass.addEventListener("pointerdown", (event) => {
    glass.setPointerCapture(event.pointerId);
    follow(event);
  });
  glass.addEventListener("pointermove", (event) => { if (event.buttons) follow(event); });
  const follow = (event) => {
    const area = glass.getBoundingClientRect();
    range.value = Math.round(((event.clientX - area.left) / area.width) * 100);
    move();
  };
  move();
}

const layAll = () => document.querySelectorAll("[data-compare]").forEach(lay);
document.addEventListener("htmx:afterSettle", layAll);
layAll();
