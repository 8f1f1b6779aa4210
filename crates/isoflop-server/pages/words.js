// Numbers as people say them.

const round = (value, digits = 3) => String(Number(value.toPrecision(digits)));

export const count = (value) => {
  for (const [unit, name] of [[1e12, "T"], [1e9, "B"], [1e6, "M"], [1e3, "k"]]) {
    if (value >= unit * 0.9995) return round(value / unit) + name;
  }
  return round(value);
};

export const flops = (value) => {
  if (!(value > 0)) return "0";
  const [digits, power] = value.toExponential(2).split("e");
  return `${Number(digits)}e${Number(power)}`;
};

export const seconds = (value) => {
  if (value < 0) return `−${seconds(-value)}`;
  if (value < 10) return `${round(value, 2)} s`;
  if (value < 600) return `${Math.round(value)} s`;
  if (value < 7200) return `${round(value / 60, 3)} min`;
  return `${round(value / 3600, 3)} h`;
};

export const loss = (value) => (value === undefined || value === null ? "" : value.toFixed(value < 10 ? 4 : 2));

export const moment = (text) => (text ? new Date(text).toLocaleString([], { dateStyle: "short", timeStyle: "medium" }) : "");

export const bytes = (value) => (value < 1e9 ? `${round(value / 1e6, 2)} MB` : `${round(value / 1e9, 2)} GB`);

export const many = (number, one, several = `${one}s`) => `${number} ${number === 1 ? one : several}`;

// An element with attributes and children; texts are never taken for markup.
export const make = (name, attributes = {}, ...children) => {
  const svg = ["svg", "path", "line", "text", "circle", "g", "title", "rect"].includes(name) && attributes.svg !== false;
  const element = svg ? document.createElementNS("http://www.w3.org/2000/svg", name) : document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key === "svg" || value === undefined || value === null || value === false) continue;
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else element.setAttribute(key, value === true ? "" : value);
  }
  element.append(...children.flat().filter((child) => child !== undefined && child !== null));
  return element;
};

export const at = (id) => document.getElementById(id);
