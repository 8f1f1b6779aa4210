// isoflop's analysis of one's own finished runs.

import { at, make } from "./words.js";

const GRADES = { refuse: ["Do not quote", "do"], warn: ["Read before quoting", "read"], inform: ["Good to know", "good"] };

const warning = ({ id, severity, message, advice }) => {
  const [grade, kind] = GRADES[severity] ?? GRADES.inform;
  return make("article", { class: `warning ${kind}` },
    make("h3", {}, `${grade} `, make("span", { class: "check" }, id)),
    make("p", {}, message),
    advice ? make("p", { class: "advice" }, advice) : undefined);
};

const figure = ({ svg, caption }) => {
  const drawn = new DOMParser().parseFromString(svg, "image/svg+xml").documentElement;
  return make("figure", {}, document.importNode(drawn, true), make("figcaption", {}, caption));
};

const query = () => {
  const asked = new URLSearchParams();
  const forecast = at("at").value.trim();
  const tolerance = Number(at("tolerance").value);
  if (forecast) asked.append("at", forecast);
  if (Number.isFinite(tolerance) && tolerance !== 1) asked.append("budget_tolerance", String(tolerance / 100));
  return asked.size ? `?${asked}` : "";
};

const say = (words, problem = false) => at("law-said").replaceChildren(make("p", { class: problem ? "problem" : "" }, words));

export const showLaw = async (server) => {
  const asked = query();
  let analysis;
  try {
    analysis = await server.get(`/v1/analysis${asked}`, { fresh: true });
    if (!analysis) return;
  } catch (error) {
    if (error.name === "AbortError") return;
    const none = error.status === 409;
    at("law-form").hidden = none;
    at("law-figures").replaceChildren();
    at("law-warnings").replaceChildren();
    say(none ? `${error.message[0].toUpperCase()}${error.message.slice(1)}. A law needs at least three compute budgets with three model sizes each.` : error.message, !none);
    return;
  }
  at("law-form").hidden = false;
  const { runs_used: runs, budgets } = analysis.data;
  const of = make("p", { class: "subject" }, `From ${runs} finished ${runs === 1 ? "run" : "runs"} at ${budgets} compute ${budgets === 1 ? "budget" : "budgets"}.`);
  if (analysis.recommended) {
    const forecasts = analysis.approaches.find((found) => found.name === analysis.recommended).forecasts.length;
    const sentences = analysis.answers.slice(0, forecasts).map((words) => make("p", { class: "lead-answer" }, words));
    at("law-said").replaceChildren(of, ...sentences, make("p", { class: "note" }, `Why this approach: ${analysis.recommended_because}.`));
  } else {
    at("law-said").replaceChildren(of, make("p", { class: "lead-answer" }, "There is no law yet: it takes at least three compute budgets whose losses go down and up again over the model sizes."), make("p", { class: "note" }, analysis.recommended_because));
  }
  // What is only good to know stands behind a fold.
  const grave = analysis.warnings.filter(({ severity }) => severity !== "inform");
  const light = analysis.warnings.filter(({ severity }) => severity === "inform");
  const fold = light.length > 0 && make("details", {}, make("summary", {}, `${light.length} more that ${light.length === 1 ? "is" : "are"} good to know`), light.map(warning));
  at("law-warnings").replaceChildren(...grave.map(warning), ...(fold ? [fold] : []));
  const { figures } = await server.get(`/v1/analysis/figures${asked}`);
  const wanted = figures.filter(({ name }) => name !== "dataset-size" && name !== "approaches");
  at("law-figures").replaceChildren(...wanted.map(figure));
};
