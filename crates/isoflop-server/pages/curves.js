// Loss curves: validation loss over tokens seen, coloured by compute.

import { at, count, loss, many, make } from "./words.js";

const MARGIN = { top: 14, right: 64, bottom: 40, left: 52 };
const STEPS = 16;

const losses = (run) => run.status.val_losses ?? run.status.reason?.partial_val_losses ?? [];

const curve = (run) => {
  const seen = losses(run);
  const evaluations = run.training_config?.n_evals ?? seen.length;
  return seen.map((value, i) => [(run.tokens * (i + 1)) / evaluations, value]).filter(([, value]) => Number.isFinite(value));
};

// The place of each compute among those drawn, as a colour of the ramp.
const colours = (runs) => {
  const all = [...new Set(runs.map((run) => Math.log(run.train_flops)))].sort((a, b) => a - b);
  const [low, high] = [all[0], all.at(-1)];
  return (run) => {
    const share = high > low ? (Math.log(run.train_flops) - low) / (high - low) : 0.5;
    return `var(--ramp${Math.round(share * (STEPS - 1))})`;
  };
};

const ticks = (low, high, wanted) => {
  const rough = (high - low) / wanted;
  const ten = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((n) => n * ten).find((size) => size >= rough);
  const first = Math.ceil(low / step);
  return Array.from({ length: Math.floor(high / step) - first + 1 }, (_, i) => (first + i) * step);
};

const logTicks = (low, high) => {
  const found = [];
  const digits = Math.log10(high / low) > 2.5 ? [1] : [1, 2, 5];
  for (let power = Math.floor(Math.log10(low)); power <= Math.log10(high); power += 1) {
    for (const digit of digits) {
      const tick = digit * 10 ** power;
      if (tick >= low && tick <= high) found.push(tick);
    }
  }
  return found;
};

export const draw = (runs, chosen, choose) => {
  const drawn = runs.map((run) => ({ run, points: curve(run) })).filter(({ points }) => points.length > 0);
  at("curves-figure").hidden = drawn.length === 0;
  if (drawn.length === 0) return;
  const svg = at("curves");
  const width = Math.max(280, svg.clientWidth || 640);
  const height = width < 560 ? 250 : 330;
  const all = drawn.flatMap(({ points }) => points);
  const [xs, ys] = [all.map(([x]) => x), all.map(([, y]) => y)];
  const span = (values) => [Math.min(...values), Math.max(...values)];
  let [left, right] = span(xs);
  if (right < left * 1.5) [left, right] = [left / 1.3, right * 1.3];
  let [low, high] = span(ys);
  const room = Math.max(0.05, (high - low) * 0.06);
  [low, high] = [low - room, high + room];
  const x = (value) => MARGIN.left + ((Math.log(value) - Math.log(left)) / (Math.log(right) - Math.log(left))) * (width - MARGIN.left - MARGIN.right);
  const y = (value) => MARGIN.top + ((high - value) / (high - low)) * (height - MARGIN.top - MARGIN.bottom);
  const parts = [];
  for (const tick of ticks(low, high, height / 60)) {
    parts.push(make("line", { x1: MARGIN.left, x2: width - MARGIN.right, y1: y(tick), y2: y(tick), stroke: "var(--grid)" }));
    parts.push(make("text", { x: MARGIN.left - 8, y: y(tick) + 4, "text-anchor": "end", fill: "var(--muted)" }, String(Number(tick.toPrecision(4)))));
  }
  let free = -Infinity;
  for (const tick of logTicks(left, right)) {
    if (x(tick) < free) continue;
    free = x(tick) + 46;
    parts.push(make("line", { x1: x(tick), x2: x(tick), y1: height - MARGIN.bottom, y2: height - MARGIN.bottom + 5, stroke: "var(--muted)" }));
    parts.push(make("text", { x: x(tick), y: height - MARGIN.bottom + 18, "text-anchor": "middle", fill: "var(--muted)" }, count(tick)));
  }
  const middle = (MARGIN.left + width - MARGIN.right) / 2;
  parts.push(make("line", { x1: MARGIN.left, x2: width - MARGIN.right, y1: height - MARGIN.bottom, y2: height - MARGIN.bottom, stroke: "var(--muted)" }));
  parts.push(make("text", { x: middle, y: height - 5, "text-anchor": "middle", fill: "var(--ink)" }, "Training tokens seen"));
  parts.push(make("text", { transform: `translate(13 ${(height - MARGIN.bottom + MARGIN.top) / 2}) rotate(-90)`, "text-anchor": "middle", fill: "var(--ink)" }, "Validation loss"));
  const colour = colours(drawn.map(({ run }) => run));
  const rank = ({ run }) => (run.experiment_id === chosen ? 2 : run.status.status_type === "running" ? 1 : 0);
  const labels = [];
  for (const { run, points } of [...drawn].sort((a, b) => rank(a) - rank(b))) {
    const isChosen = run.experiment_id === chosen;
    const isRunning = run.status.status_type === "running";
    const faint = chosen !== undefined && !isChosen;
    const stroke = isChosen ? "var(--lead)" : colour(run);
    const line = points.map(([px, py], i) => `${i ? "L" : "M"}${x(px).toFixed(1)} ${y(py).toFixed(1)}`).join("");
    const group = make("g", { "stroke-opacity": faint ? 0.25 : 1, "fill-opacity": faint ? 0.25 : 1, "data-run": run.experiment_id },
      make("title", {}, `Run ${run.experiment_id}: ${loss(points.at(-1)[1])} after ${count(points.at(-1)[0])} tokens`),
      make("path", { d: line, fill: "none", stroke, "stroke-width": isChosen ? 3 : isRunning ? 2.2 : 1.6, "stroke-linejoin": "round", "stroke-dasharray": run.status.status_type === "failed" ? "4 3" : undefined }),
      make("circle", { cx: x(points.at(-1)[0]), cy: y(points.at(-1)[1]), r: isRunning ? 4 : 2.6, fill: stroke, stroke: "none" }),
      make("path", { d: line, fill: "none", stroke: "transparent", "stroke-width": 14, onclick: () => choose(run.experiment_id) }));
    parts.push(group);
    if (isChosen || (chosen === undefined && (isRunning || drawn.length <= 12))) {
      labels.push({ run, text: `${run.experiment_id}: ${loss(points.at(-1)[1]).slice(0, 5)}`, x: x(points.at(-1)[0]) + 7, y: y(points.at(-1)[1]) + 4, rank: rank({ run }) });
    }
  }
  const placed = [];
  for (const label of labels.sort((a, b) => b.rank - a.rank || b.run.experiment_id - a.run.experiment_id)) {
    if (placed.some((other) => Math.abs(other.y - label.y) < 13 && Math.abs(other.x - label.x) < 58)) continue;
    placed.push(label);
    parts.push(make("text", { x: label.x, y: label.y, fill: label.rank === 2 ? "var(--lead)" : "var(--ink)", stroke: "var(--paper)", "stroke-width": 4, "paint-order": "stroke", "stroke-linejoin": "round" }, label.text));
  }
  svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
  svg.replaceChildren(...parts);
  const best = drawn.filter(({ run }) => run.status.status_type === "completed").sort((a, b) => a.points.at(-1)[1] - b.points.at(-1)[1])[0];
  const running = drawn.filter(({ run }) => run.status.status_type === "running").length;
  const said = [`Loss of ${many(drawn.length, "run")} over the tokens seen, coloured by compute from little to much; failed ones are dashed.`];
  if (running) said.push(`${many(running, "run")} ${running === 1 ? "goes" : "go"} on.`);
  if (best) said.push(`The lowest final loss is ${loss(best.points.at(-1)[1])}, of run ${best.run.experiment_id}.`);
  at("curves-words").textContent = said.join(" ");
};

export { losses };
