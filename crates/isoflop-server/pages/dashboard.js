// The dashboard: who one is, one's budget, runs as they go on, their law, a form for the next, and the final submission.

import { draw, losses } from "./curves.js";
import { Final } from "./final.js";
import { Form } from "./form.js";
import { showLaw } from "./law.js";
import { Server, keptKey } from "./server.js";
import { at, count, flops, loss, make, many, seconds } from "./words.js";

const kept = keptKey("isoflop.user-key");
const PAGE = 12;
const MORE = 50;

let server;
let form;
let final;
let me;
let chosen;
let shown = PAGE;
const runs = new Map();

// Calls `what` soon, once, however often it is asked to.
const soon = (what, milliseconds) => {
  let timer;
  return () => {
    clearTimeout(timer);
    timer = setTimeout(what, milliseconds);
  };
};

const notice = (words) => { at("notice").textContent = words; };
const drawSoon = soon(() => { if (server) { showTable(); final.offer(); draw([...runs.values()].filter(isShown), chosen, choose); } }, 60);
const lawSoon = soon(() => { if (server) showLaw(server); }, 700);
const estimateSoon = soon(() => { if (server) form.estimate(server); }, 250);
const configsSoon = soon(() => { if (server) loadRuns(); }, 150);

const choose = (id) => {
  chosen = chosen === id ? undefined : id;
  drawSoon();
};

const isShown = (run) => !at("filter").value || run.status.status_type === at("filter").value;

const share = (part, whole) => `${whole > 0 ? Math.min(100, Math.max(0, (100 * part) / whole)) : 0}%`;

const purse = (words, { total, spent, reserved, remaining }, print) => {
  const bar = make("div", { class: "bar", "aria-hidden": "true" }, make("span", { class: "spent" }), make("span", { class: "reserved" }));
  bar.children[0].style.width = share(spent, total);
  bar.children[1].style.width = share(reserved, total);
  return make("div", { class: "purse" },
    make("p", {}, make("strong", {}, print(remaining)), ` of ${print(total)} of ${words} left`), bar,
    make("p", { class: "key" }, make("i", { class: "spent" }), `${print(spent)} spent`, make("i", { class: "reserved" }), `${print(reserved)} reserved`));
};

const showMe = () => {
  at("name").textContent = me.name;
  const purses = [purse("training time", me.budget_seconds, seconds)];
  // Who never asked for a loss is not told of that budget.
  if (me.budget_flops.spent + me.budget_flops.reserved > 0) purses.push(purse("compute", me.budget_flops, (value) => `${flops(value)} FLOPs`));
  at("purses").replaceChildren(...purses);
  const { queued, running, completed, failed } = me.runs;
  const all = queued + running + completed + failed;
  const words = all ? `${many(all, "run")}: ${running} running, ${queued} queued, ${completed} completed, ${failed} failed.` : "No runs yet. Begin with the form below.";
  at("counts").textContent = me.draining ? `${words} The server hands out no runs at the moment.` : words;
  at("filter-line").hidden = at("table").hidden = all === 0;
  final.show(me.finals);
};

const ending = ({ status, cause }) => {
  if (cause === "cancelled") return "cancelled";
  if (cause === "lost") return "its machine was lost; nothing is charged";
  return status.reason.reason === "timeout" ? "out of time" : status.reason.failure;
};

const state = (run) => {
  const kind = run.status.status_type;
  const evaluations = run.training_config?.n_evals;
  const done = kind === "running" && evaluations ? ` ${losses(run).length}/${evaluations}` : "";
  const word = make("span", { class: `state ${kind}` }, kind + (kind === "failed" ? ": " : done));
  return kind === "failed" ? make("td", { class: "why" }, word, ending(run)) : make("td", {}, word);
};

const row = (run) => {
  const id = run.experiment_id;
  const kind = run.status.status_type;
  const cost = run.charge_seconds === undefined ? `${flops(run.charge_flops)} FLOPs` : seconds(run.charge_seconds);
  const over = kind === "completed" || kind === "failed";
  const doing = over
    ? run.training_config && make("button", { type: "button", class: "plain", "aria-label": `Use run ${id} as a start`, onclick: () => start(run.training_config) }, "Use as start")
    : make("button", { type: "button", class: "plain", "aria-label": `Cancel run ${id}`, onclick: () => cancel(run) }, "Cancel");
  return make("tr", { "data-run": id },
    make("th", { scope: "row" }, make("button", { type: "button", class: "plain", "aria-pressed": String(chosen === id), "aria-label": `Run ${id}: show its curve alone`, onclick: () => choose(id) }, String(id))),
    state(run),
    make("td", {}, doing || ""),
    make("td", { class: "n" }, loss(losses(run).at(-1))),
    make("td", { class: "n" }, count(run.params)),
    make("td", { class: "n" }, count(run.tokens)),
    make("td", { class: "n" }, flops(run.train_flops)),
    make("td", { class: "n" }, over ? cost : `≤ ${cost}`));
};

const showTable = () => {
  const focused = document.activeElement?.getAttribute("aria-label");
  const all = [...runs.values()].filter(isShown).sort((a, b) => b.experiment_id - a.experiment_id);
  at("table").tBodies[0].replaceChildren(...all.slice(0, shown).map(row));
  at("more").hidden = all.length <= shown;
  // The table is written anew as runs go on; the keyboard stays where it was.
  if (focused) at("table").querySelector(`[aria-label="${CSS.escape(focused)}"]`)?.focus();
};

const start = (config) => {
  form.use(config);
  notice("");
  at("new").scrollIntoView();
  at("fields").querySelector("input").focus({ preventScroll: true });
};

const cancel = async (run) => {
  const id = run.experiment_id;
  const cost = run.status.status_type === "running" ? "It is charged for the time since it began." : "It costs nothing.";
  at("ask-words").textContent = `Cancel run ${id}? ${cost} Its configuration can be submitted again.`;
  at("ask-yes").textContent = `Cancel run ${id}`;
  at("ask").returnValue = "no";
  at("ask").showModal();
  await new Promise((closed) => at("ask").addEventListener("close", closed, { once: true }));
  if (at("ask").returnValue !== "yes") return;
  try {
    take(await server.post(`/v1/experiments/${id}/cancel`));
    notice(`Run ${id} is cancelled.`);
  } catch (error) {
    notice(`Run ${id} was not cancelled: ${error.message}`);
  }
};

const submit = async (config) => {
  at("submit").disabled = true;
  at("form-problem").textContent = "";
  try {
    const { experiment_id: id } = await server.post("/submit", config);
    notice(`Run ${id} is submitted.`);
    at("notice").scrollIntoView({ block: "nearest" });
    estimateSoon();
  } catch (error) {
    at("form-problem").textContent = error.message;
    at("submit").disabled = false;
  }
};

// News of a run; what it was asked for with is known from before, or asked for now.
const take = (run) => {
  const known = runs.get(run.experiment_id);
  const merged = { training_config: known?.training_config, query: known?.query, ...run };
  runs.set(run.experiment_id, merged);
  if (!merged.training_config && !merged.query) configsSoon();
  const over = run.status.status_type === "completed";
  if (over && known?.status.status_type !== "completed") {
    lawSoon();
  }
  drawSoon();
};

const loadRuns = async () => {
  const lacking = [...runs.values()].filter((run) => !run.training_config && !run.query).map((run) => run.experiment_id);
  let after = Math.min(...lacking) - 1;
  while (Number.isFinite(after) && after !== null) {
    const page = await server.get(`/v1/experiments?limit=1000&after=${after}`).catch(() => undefined);
    if (!page) return;
    for (const run of page.experiments) {
      // The stream's word on how far it is may be newer.
      runs.set(run.experiment_id, { ...run, ...runs.get(run.experiment_id), training_config: run.training_config, query: run.query });
    }
    after = page.next ?? NaN;
  }
  drawSoon();
};

const heard = (name, data) => {
  if (name === "run") take(data);
  if (name === "me") {
    if (me?.budget_seconds.remaining !== data.budget_seconds.remaining) estimateSoon();
    me = data;
    showMe();
  }
};

const changed = () => {
  estimateSoon();
  final.changed();
};

const link = (how) => {
  at("link").className = `link ${how}`;
  at("link").textContent = { live: "live", away: "connecting again …" }[how] ?? "";
  if (how === "refused") leave("The server knows this key no more.");
};

const enter = async (key) => {
  at("enter-problem").textContent = "";
  const asked = new Server("X-API-Key", key);
  try {
    me = await asked.get("/v1/me");
  } catch (error) {
    at("enter-problem").textContent = error.status === 401 ? "The server does not know this key." : error.message;
    at("enter").hidden = false;
    return;
  }
  kept.set(key);
  server = asked;
  at("enter").hidden = true;
  at("inside").hidden = at("who").hidden = false;
  form ??= new Form(submit);
  final ??= new Final(form, runs, (said) => heard("me", said));
  form.onchange = changed;
  final.start = start;
  final.begin(server);
  showMe();
  estimateSoon();
  lawSoon();
  server.follow("/v1/events", heard, link);
};

const leave = (why = "") => {
  kept.forget();
  server?.end();
  server = undefined;
  runs.clear();
  final?.begin();
  chosen = undefined;
  at("inside").hidden = at("who").hidden = true;
  at("table").tBodies[0].replaceChildren();
  draw([]);
  at("curves").replaceChildren();
  at("law-said").replaceChildren();
  at("law-figures").replaceChildren();
  at("law-warnings").replaceChildren();
  notice("");
  at("key").value = "";
  at("enter").hidden = false;
  at("enter-problem").textContent = why;
  at("key").focus();
};

const download = async (event) => {
  event.preventDefault();
  const table = await server.get("/v1/runs.csv").catch((error) => notice(error.message));
  if (typeof table !== "string") return;
  const place = URL.createObjectURL(new Blob([table], { type: "text/csv" }));
  make("a", { href: place, download: "runs.csv" }).click();
  URL.revokeObjectURL(place);
};

at("enter").addEventListener("submit", (event) => {
  event.preventDefault();
  enter(at("key").value.trim());
});
at("leave").addEventListener("click", () => leave());
at("filter").addEventListener("change", () => { shown = PAGE; drawSoon(); });
at("more").addEventListener("click", () => { shown += MORE; drawSoon(); });
at("csv").addEventListener("click", download);
at("law-form").addEventListener("submit", (event) => { event.preventDefault(); showLaw(server); });
new ResizeObserver(drawSoon).observe(at("curves-figure"));

if (kept.get()) {
  at("enter").hidden = true;
  enter(kept.get());
}
