// Tables that can be sorted, and a page that follows a submission. Everything stands on the page without this.
"use strict";

function sortable(table) {
  const body = table.tBodies[0];
  const first = [...body.rows];
  const said = document.createElement("p");
  said.className = "hidden";
  said.setAttribute("role", "status");
  table.after(said);
  const heads = [...table.tHead.rows[0].cells];
  heads.forEach((head, column) => {
    if (!head.dataset.sort) return;
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      const numeric = head.dataset.sort === "number";
      const before = head.getAttribute("aria-sort");
      const start = numeric && column > 0 ? "descending" : "ascending";
      const other = start === "ascending" ? "descending" : "ascending";
      const next = !before ? start : before === start ? other : "";
      heads.forEach((one) => one.removeAttribute("aria-sort"));
      if (next) head.setAttribute("aria-sort", next);
      body.append(...(next ? sorted(first, column, numeric, next) : first));
      said.textContent = next ? `Sorted by ${button.textContent}, ${next}.` : "In the order of the board.";
    });
  });
}

function sorted(rows, column, numeric, direction) {
  const sign = direction === "ascending" ? 1 : -1;
  const key = (row) => {
    const cell = row.cells[column];
    const text = cell.dataset.value ?? cell.textContent.trim();
    return numeric ? (text === "" ? NaN : Number(text)) : text;
  };
  return [...rows].sort((a, b) => {
    const [x, y] = [key(a), key(b)];
    if (!numeric) return sign * x.localeCompare(y, "en", { sensitivity: "base", numeric: true });
    if (Number.isNaN(x) || Number.isNaN(y)) return Number.isNaN(x) - Number.isNaN(y); // empty ones last
    return sign * (x - y);
  });
}

function findable(table) {
  const field = document.createElement("input");
  const label = document.createElement("label");
  field.type = "search";
  field.placeholder = "Find a team";
  label.className = "find";
  const name = document.createElement("span");
  name.className = "hidden";
  name.textContent = "Find a team";
  label.append(name, field);
  table.closest(".scroll").before(label);
  field.addEventListener("input", () => {
    const wanted = field.value.trim().toLowerCase();
    for (const row of table.tBodies[0].rows) {
      row.hidden = !row.querySelector("th").textContent.toLowerCase().includes(wanted);
    }
  });
}

function prepare(root) {
  root.querySelectorAll("table.sortable").forEach(sortable);
  root.querySelectorAll("table.board.full").forEach(findable);
}

async function follow(main, seen) {
  const text = await fetch(location.href, { cache: "no-store" })
    .then((answer) => (answer.ok ? answer.text() : ""))
    .catch(() => "");
  const fresh = new DOMParser().parseFromString(text, "text/html").querySelector("main");
  const now = fresh ? fresh.innerHTML : seen;
  if (fresh && now !== seen) {
    main.replaceChildren(...fresh.childNodes);
    prepare(main);
    if (!fresh.hasAttribute("data-live")) return;
  }
  setTimeout(follow, 3000, main, now);
}

const main = document.querySelector("main[data-live]");
if (main && location.protocol.startsWith("http")) setTimeout(follow, 3000, main, main.innerHTML);
prepare(document);
