// The operator's page: everybody's runs, users, drain, refunds, finals, and what was done.

import { Server, keptKey } from "./server.js";
import { at, count, flops, loss, make, many, moment, seconds } from "./words.js";

const kept = keptKey("isoflop.operator-key");
const keptName = keptKey("isoflop.operator-name");
const EVERY = 3000;
const PAGE = 50;
const ROOT = "/v1/operator";

class OperatorServer extends Server {
  constructor(key, actor) {
    super("X-Operator-Key", key);
    this.actor = actor;
  }

  headers(more = {}) {
    // A header holds bytes: those of the name in UTF-8.
    const name = String.fromCharCode(...new TextEncoder().encode(this.actor));
    return super.headers({ "X-Operator-Name": name, ...more });
  }
}

let server;
let timer;
let limit = PAGE;
let draining = false;

const notice = (words) => { at("notice").textContent = words; };

// Asks before something is done: with a reason, or a number, where they are needed. Nothing if the person thinks better.
const ask = async (words, yes, { reason = false, number = false } = {}) => {
  at("ask-words").textContent = words;
  at("ask-yes").textContent = yes;
  at("ask-reason-line").hidden = !reason;
  at("ask-number-line").hidden = !number;
  at("ask-reason").required = reason;
  at("ask-number").required = number;
  at("ask-reason").value = at("ask-number").value = "";
  at("ask").returnValue = "no";
  at("ask").showModal();
  await new Promise((closed) => at("ask").addEventListener("close", closed, { once: true }));
  return at("ask").returnValue === "yes" ? { reason: at("ask-reason").value, number: Number(at("ask-number").value) } : undefined;
};

const act = async (path, body, words) => {
  try {
    const told = await server.post(`${ROOT}${path}`, body);
    notice(words);
    await look();
    return told;
  } catch (error) {
    notice(error.message);
    return undefined;
  }
};

const plain = (words, label, onclick) => make("button", { type: "button", class: "plain", "aria-label": label, onclick }, words);
const cell = (...children) => make("td", {}, ...children);
const number = (words) => make("td", { class: "n" }, words);

// Writes the rows of a table anew; the keyboard stays where it was.
const fill = (table, rows) => {
  const focused = document.activeElement?.getAttribute("aria-label");
  at(table).tBodies[0].replaceChildren(...rows);
  if (focused) at(table).querySelector(`button[aria-label="${CSS.escape(focused)}"]`)?.focus();
};

const run = (line) => {
  const id = line.experiment_id;
  const over = !["queued", "running"].includes(line.status);
  const refund = async () => {
    const said = await ask(`Refund run ${id} of ${line.user}?`, "Refund", { reason: true });
    if (said) act(`/experiments/${id}/refund`, { reason: said.reason }, `Run ${id} costs nothing now.`);
  };
  const cancel = async () => {
    const said = await ask(`Cancel run ${id} of ${line.user}?`, "Cancel the run", { reason: true });
    if (said) act(`/experiments/${id}/cancel`, { reason: said.reason }, `Run ${id} is cancelled.`);
  };
  const kind = ["lost", "cancelled"].includes(line.status) ? "failed" : line.status;
  // A failure that names its own kind does not name it twice.
  const why = !line.failure || line.failure.startsWith(line.status) ? line.failure ?? line.status : `${line.status}: ${line.failure}`;
  const state = make("span", { class: `state ${kind}` });
  const charge = line.charge_unit === "seconds" ? seconds(line.charge) : `${flops(line.charge)} FLOPs`;
  return make("tr", { "data-run": id },
    make("th", { scope: "row" }, String(id)),
    cell(line.user, line.purpose === "final" ? " (final)" : ""),
    make("td", { class: line.failure ? "why" : "" }, state, why),
    cell(over ? (line.charge > 0 ? plain("Refund", `Refund run ${id}`, refund) : "") : plain("Cancel", `Cancel run ${id}`, cancel)),
    number(loss(line.loss)), number(count(line.params)), number(count(line.tokens)),
    number(charge), number(String(line.attempts)), cell(line.worker ?? ""));
};

const user = (line) => {
  const adjust = async () => {
    const said = await ask(`Give ${line.name} more training time, or less?`, "Adjust", { reason: true, number: true });
    if (said) act("/users/budget", { name: line.name, seconds: said.number, reason: said.reason }, `${line.name}'s budget is adjusted.`);
  };
  const rotate = async () => {
    if (!(await ask(`Make a new key for ${line.name}? The old one opens nothing from then on.`, "Make a new key"))) return;
    tellKey(await act("/users/key", { name: line.name }, `${line.name} has a new key.`));
  };
  return make("tr", {},
    make("th", { scope: "row" }, line.name),
    number(seconds(line.used_seconds)), number(seconds(line.remaining_seconds)),
    cell(plain("Adjust", `Adjust the budget of ${line.name}`, adjust), " ", plain("New key", `New key for ${line.name}`, rotate)),
    number(String(line.experiments)), number(String(line.queued)), number(String(line.running)),
    number(loss(line.predicted_final_loss)));
};

const tellKey = (told) => {
  if (!told) return;
  at("told-key").replaceChildren(`The key of ${told.name}, told only now: `, make("code", {}, told.key ?? ""), told.warning ? ` ${told.warning}` : "");
};

const showUsers = (users) => {
  fill("user-table", users.map(user));
  const names = users.map(({ name }) => name);
  const known = [...at("whose").options].slice(1).map((option) => option.value);
  if (names.join("\n") !== known.join("\n")) {
    const wanted = at("whose").value;
    at("whose").replaceChildren(make("option", { value: "" }, "everyone"), ...names.map((name) => make("option", { value: name }, name)));
    at("whose").value = names.includes(wanted) ? wanted : "";
  }
  const sum = (of) => users.reduce((total, line) => total + line[of], 0);
  const words = draining ? "It drains: nothing is handed out." : "Runs are handed out.";
  at("load").textContent = `${many(users.length, "user")}, ${many(sum("experiments"), "run")}: ${sum("running")} running, ${sum("queued")} queued. ${words}`;
};

const showFinals = (finals, board) => {
  const until = finals.deadline ? ` The deadline is ${moment(finals.deadline)}.` : " There is no deadline.";
  at("finals-said").textContent = `${finals.submitted} of ${many(finals.users, "user")} submitted, ${finals.launched} launched. Submissions are ${finals.open ? "open" : "closed"}.${until}`;
  at("freeze").hidden = finals.frozen;
  at("open").hidden = !finals.frozen;
  at("launch").disabled = finals.submitted === 0;
  at("board").hidden = board.scores.length === 0;
  fill("board", board.scores.map((score) => make("tr", {},
    make("th", { scope: "row" }, score.rank === null ? "" : String(score.rank)), cell(score.user), cell(score.status),
    number(loss(score.predicted_loss)), number(loss(score.actual_loss)),
    number(score.prediction_error === null ? "" : `${(100 * score.prediction_error).toFixed(2)} %`))));
};

const look = async () => {
  clearTimeout(timer);
  const asked = new URLSearchParams({ limit });
  if (at("status").value) asked.set("status", at("status").value);
  if (at("whose").value) asked.set("user", at("whose").value);
  try {
    const [users, page, finals, board, drain, audit] = await Promise.all([
      server.get(`${ROOT}/users`), server.get(`${ROOT}/experiments?${asked}`), server.get(`${ROOT}/finals`),
      server.get(`${ROOT}/leaderboard`), server.get(`${ROOT}/drain`), server.get(`${ROOT}/audit?limit=30`),
    ]);
    draining = drain.on;
    at("drain").textContent = draining ? "Hand out runs again" : "Drain: hand out no more runs";
    showUsers(users);
    fill("run-table", page.experiments.map(run));
    at("matching").textContent = many(page.matching, "run");
    at("more").hidden = page.next === null || page.next === undefined;
    showFinals(finals, board);
    fill("deed-table", audit.entries.map((deed) => make("tr", {},
      make("th", { scope: "row" }, moment(deed.at)), cell(deed.actor),
      make("td", { class: "why" }, `${deed.action} ${deed.what}`), make("td", { class: "why" }, deed.reason))));
    at("link").className = "link live";
    at("link").textContent = "live";
  } catch (error) {
    if (error.name === "AbortError" || !server) return;
    if (error.status === 401) {
      leave("The server knows this key no more.");
      return;
    }
    at("link").className = "link away";
    at("link").textContent = error.message;
  }
  timer = setTimeout(look, EVERY);
};

const enter = async (key, actor) => {
  const asked = new OperatorServer(key, actor);
  try {
    await asked.get(`${ROOT}/users`);
  } catch (error) {
    at("enter-problem").textContent = error.status === 401 ? "The server does not know this key." : error.message;
    at("enter").hidden = false;
    return;
  }
  kept.set(key);
  keptName.set(actor);
  server = asked;
  at("enter-problem").textContent = "";
  at("enter").hidden = true;
  at("inside").hidden = at("who").hidden = false;
  look();
};

const leave = (why = "") => {
  clearTimeout(timer);
  kept.forget();
  server?.end();
  server = undefined;
  at("inside").hidden = at("who").hidden = true;
  for (const table of document.querySelectorAll("tbody")) table.replaceChildren();
  at("told-key").replaceChildren();
  notice("");
  at("key").value = "";
  at("enter").hidden = false;
  at("enter-problem").textContent = why;
  at("key").focus();
};

at("enter").addEventListener("submit", (event) => {
  event.preventDefault();
  enter(at("key").value.trim(), at("actor").value.trim());
});
at("leave").addEventListener("click", () => leave());
at("drain").addEventListener("click", () => act("/drain", { on: !draining }, draining ? "Runs are handed out again." : "Nothing is handed out any more; what runs goes on."));
for (const id of ["status", "whose"]) at(id).addEventListener("change", () => { limit = PAGE; look(); });
at("more").addEventListener("click", () => { limit = Math.min(limit + PAGE, 1000); look(); });
at("add").addEventListener("submit", async (event) => {
  event.preventDefault();
  const name = at("new-name").value.trim();
  const told = await act("/users", { name }, `${name} is in the roster.`);
  if (told) at("add").reset();
  tellKey(told);
});
at("deadline-form").addEventListener("submit", (event) => {
  event.preventDefault();
  const wanted = at("deadline").value;
  act("/finals/deadline", { at: wanted ? new Date(wanted).toISOString() : null }, wanted ? "The deadline is set." : "There is no deadline any more.");
});
at("freeze").addEventListener("click", () => act("/finals/freeze", {}, "Final submissions are closed."));
at("open").addEventListener("click", () => act("/finals/open", {}, "Final submissions are open."));
at("launch").addEventListener("click", async () => {
  if (!(await ask("Train every final submission that has no run yet? They can be changed no more.", "Train them"))) return;
  const told = await act("/finals/launch", {}, "");
  if (told) notice(`${many(told.experiments.length, "run")} launched.`);
});
at("actor").value = keptName.get();
if (kept.get() && keptName.get()) {
  at("enter").hidden = true;
  enter(kept.get(), keptName.get());
}
