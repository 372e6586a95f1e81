"use strict";
document.documentElement.classList.add("js");

function counts(text) {
  const values = [];
  let left;
  for (const part of text.split(",")) {
    const [fall, times] = part.split("*").map(Number);
    for (let i = 0; i < (times || 1); i++) {
      left = left === undefined ? fall : left - fall;
      values.push(left);
    }
  }
  return values;
}

const chosen = new Map();
const ascii = text => text.replace(/[^\x20-\x7e]/g, c => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`);
const box = document.getElementById("chosen");

for (const card of document.querySelectorAll(".explorer")) {
  const slider = card.querySelector("input");
  const cells = card.querySelectorAll("tr.yours td"), line = card.querySelector("path.yours");
  let found, wrong;
  const show = () => {
    found = found || counts(card.dataset.found);
    wrong = wrong || counts(card.dataset.wrong);
    const at = slider.valueAsNumber, hit = found[at], bad = wrong[at], all = Number(card.dataset.n);
    const f1 = 2 * hit / (hit + bad + all), precision = hit + bad ? hit / (hit + bad) : 0, recall = hit / all;
    const scores = at < Number(card.dataset.first || 0) ? ["-", "-", "-"] : [f1, precision, recall].map(one => one.toFixed(2));
    const texts = [(at / 100).toFixed(2), ...scores, all - hit, bad];
    card.querySelectorAll(".yours").forEach(each => each.removeAttribute("hidden"));
    cells.forEach((cell, i) => { cell.textContent = texts[i]; });
    line.setAttribute("d", `M${30 + 3 * at} 8v120`);
    slider.setAttribute("aria-valuetext", `${texts[0]}: F1 ${texts[1]}, precision ${texts[2]}, recall ${texts[3]}`);
  };
  slider.addEventListener("input", () => {
    show();
    chosen.set(JSON.parse(card.dataset.label), slider.valueAsNumber / 100);
    box.hidden = false;
    const lines = [...chosen].map(([label, value]) => `    ${ascii(JSON.stringify(label))}: ${value}`);
    box.querySelector("pre").textContent = `{\n  "unit": "fraction",\n  "labels": {\n${lines.join(",\n")}\n  }\n}`;
  });
}

const filter = document.getElementById("filter");
if (filter) filter.addEventListener("input", () => {
  const wanted = filter.value.toLowerCase();
  const matches = (element, text) => { element.hidden = !text.toLowerCase().includes(wanted); };
  for (const row of document.querySelectorAll("#label-table tbody tr")) matches(row, row.cells[0].textContent);
  for (const card of document.querySelectorAll(".explorer")) matches(card, JSON.parse(card.dataset.label));
  const more = document.getElementById("more-thresholds");
  if (more && wanted) more.open = true;
});

for (const heading of document.querySelectorAll(".sortable th[data-sort]")) {
  const button = document.createElement("button");
  button.append(...heading.childNodes);
  heading.append(button);
  button.addEventListener("click", () => {
    const rising = heading.getAttribute("aria-sort") !== "ascending", body = heading.closest("table").tBodies[0];
    for (const other of heading.parentNode.children) other.removeAttribute("aria-sort");
    heading.setAttribute("aria-sort", rising ? "ascending" : "descending");
    const value = row => parseFloat(row.cells[heading.cellIndex].textContent.replaceAll(",", ""));
    const order = (a, b) => Number.isNaN(a) - Number.isNaN(b) || (rising ? a - b : b - a) || 0;
    body.append(...[...body.rows].sort((a, b) => order(value(a), value(b))));
  });
}

addEventListener("beforeprint", () => document.querySelectorAll("details").forEach(each => { each.open = true; }));
