"use strict";
const data = JSON.parse(document.getElementById("data").textContent);
const source = document.getElementById("source"), generated = document.getElementById("generated");
const facts = document.getElementById("facts"), hint = facts.innerHTML;
const state = Object.assign({}, data.start);
let pinned = null, hovered = null;

// ---------------------------------------------------------------- what is shown
function key() {
  if (state.stage !== "derivative") return state.stage;
  return [state.mode, state.optimiser, state.types].join("/");
}

function show() {
  const lines = data.variants[key()] || [];
  generated.textContent = "";
  lines.forEach((line, i) => {
    const row = document.createElement("div");
    row.className = "row " + line.s;
    if (line.o !== null) row.dataset.line = line.o;
    row.innerHTML = '<span class="num">' + (i + 1) + '</span><span class="text">' + (line.h || " ") + "</span>";
    generated.appendChild(row);
  });
  document.getElementById("generated-title").textContent = data.titles[key()] || "generated";
  document.querySelectorAll("[data-set]").forEach((button) => {
    const [name, value] = button.dataset.set.split("=");
    button.setAttribute("aria-pressed", String(state[name] === value));
    button.disabled = name !== "stage" && state.stage !== "derivative" || !available(name, value);
  });
  light();
}

function available(name, value) {
  if (name === "stage") return true;
  return Object.keys(data.variants).some((k) => k.split("/")[["mode", "optimiser", "types"].indexOf(name)] === value);
}

function set(name, value) {
  if (!available(name, value)) return;
  state[name] = value;
  show();
}

// ---------------------------------------------------------------- counterparts
function light() {
  const line = hovered !== null ? hovered : pinned;
  document.querySelectorAll(".row[data-line], .node[data-line]").forEach((e) => {
    e.classList.toggle("hot", hovered !== null && e.dataset.line === hovered);
    e.classList.toggle("pin", pinned !== null && e.dataset.line === pinned);
  });
  document.querySelectorAll(".flow path[data-line]").forEach((e) => {
    e.classList.toggle("hot", line !== null && e.dataset.line.split(" ").includes(line));
  });
  source.querySelectorAll(".row").forEach((e) => e.setAttribute("aria-selected", String(e.dataset.line === pinned)));
  facts.innerHTML = line !== null && data.facts[line] ? data.facts[line] : hint;
}

function pin(line, from) {
  pinned = line;
  hovered = null;
  light();
  [source, generated].forEach((pane) => {
    const row = line !== null && pane !== from && pane.querySelector('.row[data-line="' + line + '"]');
    if (row) row.scrollIntoView({ block: "nearest" });
  });
}

function over(event) {
  const e = event.target.closest("[data-line]");
  const line = e && !e.matches("path") ? e.dataset.line : null;
  if (line !== hovered) { hovered = line; light(); }
}

document.addEventListener("mouseover", over);
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-set]");
  if (button) { set(...button.dataset.set.split("=")); return; }
  const e = event.target.closest(".row[data-line], .node[data-line]");
  if (e) pin(pinned === e.dataset.line ? null : e.dataset.line, e.closest(".code"));
});

// ---------------------------------------------------------------- keyboard
function move(step) {
  const lines = Array.from(source.querySelectorAll(".row")).map((e) => e.dataset.line);
  const at = lines.indexOf(pinned);
  pin(lines[at < 0 ? (step > 0 ? 0 : lines.length - 1) : Math.min(Math.max(at + step, 0), lines.length - 1)], null);
}

function next(name, values) {
  const possible = values.filter((value) => available(name, value));
  set(name, possible[(possible.indexOf(state[name]) + 1) % possible.length]);
}

const keys = {
  ArrowDown: () => move(1), j: () => move(1), ArrowUp: () => move(-1), k: () => move(-1), Escape: () => pin(null, null),
  s: () => next("stage", ["surface", "normal", "derivative"]), o: () => next("optimiser", ["on", "off"]),
  m: () => next("mode", ["reverse", "forward"]), t: () => next("types", ["generic", "specialised"]), d: () => theme(),
};
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || !keys[event.key]) return;
  keys[event.key]();
  event.preventDefault();
});

function theme() {
  const root = document.documentElement;
  const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  root.dataset.theme = dark ? "light" : "dark";
}
document.getElementById("theme").addEventListener("click", theme);
show();

// ---------------------------------------------------------------- srcgrad explore --serve
if (data.version) {
  setInterval(() => fetch("/version").then((r) => r.text()).then((v) => { if (v !== data.version) location.reload(); }).catch(() => {}), 700);
}
