// <p data-sum="k" data-total="38" data-unit="处"> writes the fields data-addend="k" out: 19＋11＋7＝37, and the
// difference to the total. Reckons with whole numbers of ten-thousandths, as the server does; the server decides.
const SCALE = 10000n;

function exact(text) {
  const plain = text.trim().replace(/[,，]/g, "");
  const found = /^(\d{1,14})(?:\.(\d{1,4}))?$/.exec(plain);
  return found ? BigInt(found[1]) * SCALE + BigInt((found[2] || "").padEnd(4, "0")) : null;
}

function shown(value) {
  const whole = value / SCALE;
  const rest = String(value % SCALE).padStart(4, "0").replace(/0+$/, "");
  return rest ? `${whole}.${rest}` : String(whole);
}

function write(line) {
  const fields = [...document.querySelectorAll(`[data-addend="${line.dataset.sum}"]`)];
  const values = fields.map((field) => exact(field.value)).filter((value) => value !== null);
  const sum = values.reduce((one, other) => one + other, 0n);
  const total = exact(line.dataset.total);
  const gap = sum > total ? sum - total : total - sum;
  line.querySelector("output").textContent = values.length ? `${values.map(shown).join("＋")}＝${shown(sum)}` : "还没有填数";
  const word = sum > total ? "多" : "差";
  line.querySelector("[data-differs]").textContent = values.length && gap ? `比总数${word} ${shown(gap)} ${line.dataset.unit}` : "";
}

const writeAll = () => document.querySelectorAll("[data-sum]").forEach(write);
document.addEventListener("input", (event) => { if (event.target.matches("[data-addend]")) writeAll(); });
document.addEventListener("click", (event) => { if (event.target.closest("[data-add-row]")) setTimeout(writeAll); });
writeAll();
