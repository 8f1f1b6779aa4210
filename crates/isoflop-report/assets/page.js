"use strict";
// A click on the head of a column sorts the table by it. Everything can be read without this.
const unit = { k: 1e3, M: 1e6, B: 1e9, T: 1e12 };
const value = (cell) => {
  const text = cell.textContent.replace("[", "");
  const [, number, suffix] = text.match(/^(-?[\d.]+(?:e[+-]?\d+)?)([kMBT]?)/) ?? [];
  return number === undefined ? text : number * (unit[suffix] ?? 1);
};
for (const table of document.querySelectorAll("table")) {
  const heads = [...table.tHead.rows[0].cells];
  heads.forEach((head, column) => {
    const sort = () => {
      const sign = head.ariaSort === "ascending" ? -1 : 1;
      heads.forEach((other) => { other.ariaSort = "none"; });
      head.ariaSort = sign > 0 ? "ascending" : "descending";
      const body = table.tBodies[0];
      const key = (row) => value(row.cells[column]);
      body.append(...[...body.rows].sort((a, b) => (key(a) > key(b) ? sign : key(a) < key(b) ? -sign : 0)));
    };
    head.ariaSort = "none";
    head.tabIndex = 0;
    head.addEventListener("click", sort);
    head.addEventListener("keydown", (event) => { if (event.key === "Enter") sort(); });
  });
}
