// The final submission: the one that is kept, and a form for another.

import { losses } from "./curves.js";
import { at, count, flops, loss, make, moment, seconds } from "./words.js";

// So many runs are offered; older ones are reached through the form above.
const OFFERED = 200;
const INSTANT = /\d{4}-\d\d-\d\dT[\d:.]+Z/g;
const LOSS = "predicted_final_loss";

const shape = ({ architecture_config: model }) => [
  ["Layers", model.num_hidden_layers],
  ["Width", model.hidden_size],
  ["Heads", model.num_attention_heads],
  ["Feed-forward width", model.intermediate_size],
];

const training = (config) => [
  ["Sequences in a batch", config.train_batch_size],
  ["Peak learning rate", config.optimizer_config.lr_scheduler.peak_value],
  ["Weight decay", config.optimizer_config.weight_decay],
  ["Seed", config.model_seed],
  ["Longest run", seconds(config.max_runtime_seconds)],
];

const until = ({ frozen, deadline, submission }) => {
  if (frozen) return submission ? "Final submissions are closed: this one counts." : "Final submissions are closed, and you saved none.";
  // By this machine's clock, which may be wrong: the form stays, and the server says what is late.
  if (deadline && new Date(deadline) < new Date()) return `The deadline was ${moment(deadline)}${submission ? ": this one counts." : ", and you saved none."}`;
  const none = submission ? "" : "You have saved none yet. ";
  return `${none}The last one that you save before ${deadline ? moment(deadline) : "submissions close"} counts.`;
};

// A refusal as the form of a new run tells it; the loss has the name that its field has here.
const refusal = ({ message, issues = [] }) => {
  if (!issues.length) return `${message[0].toUpperCase()}${message.slice(1).replace(/\.$/, "")}.`.replace(INSTANT, (text) => moment(text));
  const name = (place) => (place === LOSS ? "predicted loss" : place.replace(/^training_config\.?/, ""));
  return issues.map(({ place, words }) => (name(place) ? `${name(place)}: ${words}` : words)).join("; ");
};

export class Final {
  // `form` is the form of a new run, `runs` gives the runs by their numbers, and `heard` takes news of oneself.
  constructor(form, runs, heard) {
    Object.assign(this, { form, runs, heard });
    at("final-form").addEventListener("submit", (event) => {
      event.preventDefault();
      this.save();
    });
    at("final-of").addEventListener("change", () => this.changed());
    at("final-loss").addEventListener("input", () => this.complain(""));
    at("final-start").addEventListener("click", () => this.start?.(this.kept.training_config));
  }

  // Begins with a server, or ends with none; what another user was told is gone.
  begin(server) {
    this.server = server;
    this.told = this.offered = this.kept = undefined;
    at("final-kept").hidden = true;
    at("final-loss").value = "";
    for (const id of ["final-said", "final-facts", "final-json", "final-of", "final-done"]) at(id).replaceChildren();
    this.complain("");
    this.offer();
  }

  // What is kept, and whether another may be. A page that is read stays as it is until something is new.
  show(finals) {
    const told = JSON.stringify(finals);
    if (told === this.told) return;
    this.told = told;
    this.frozen = finals.frozen;
    this.kept = finals.submission;
    at("final-said").textContent = until(finals);
    at("final-kept").hidden = !this.kept;
    at("final-form").hidden = this.frozen;
    at("final-box-head").textContent = this.frozen ? "Not saved" : this.kept ? "Save another in its place" : "Save one";
    at("final-box").hidden = this.frozen && !at("final-problem").textContent;
    if (this.kept) this.showKept();
  }

  async showKept() {
    const { kept, told } = this;
    const { training_config: config, predicted_final_loss: predicted, submitted_at: when } = kept;
    const facts = (size) => at("final-facts").replaceChildren(...[
      ["Predicted loss", loss(predicted)], ["Saved", make("time", { datetime: when }, moment(when))],
      ...size, ...shape(config), ...training(config),
    ].map(([name, value]) => make("div", {}, make("dt", {}, name), make("dd", {}, value instanceof Node ? value : String(value)))));
    const tokens = ["D", count(config.total_train_tokens)];
    at("final-json").textContent = JSON.stringify(config, null, 2);
    facts([tokens]);
    const size = await this.server.post("/v1/estimate", config).catch(() => undefined);
    if (size && told === this.told) facts([["N", count(size.params)], tokens, ["C = 6ND, FLOPs", flops(size.train_flops)]]);
  }

  // Which configurations may be taken: that of the form, and those of runs.
  offer() {
    const runs = [...this.runs.values()].filter((run) => run.training_config).sort((a, b) => b.experiment_id - a.experiment_id).slice(0, OFFERED);
    const words = runs.map((run) => {
      const state = run.status.status_type;
      return [String(run.experiment_id), `run ${run.experiment_id}: ${state === "completed" ? `loss ${loss(losses(run).at(-1))}` : state}`];
    });
    const offered = JSON.stringify(words);
    if (offered === this.offered) return;
    this.offered = offered;
    const of = at("final-of");
    const chosen = of.value;
    of.replaceChildren(...[["", "the form above"], ...words].map(([value, text]) => make("option", { value }, text)));
    of.value = words.some(([value]) => value === chosen) ? chosen : "";
    this.preview();
  }

  config() {
    const of = at("final-of").value;
    return of ? this.runs.get(Number(of))?.training_config : this.form.config;
  }

  // What would be saved, in few words.
  preview() {
    const { total_train_tokens: tokens, architecture_config: model } = this.config() ?? {};
    const { num_hidden_layers: layers, hidden_size: width } = model ?? {};
    const known = [tokens, layers, width].every(Number.isFinite);
    at("final-would").textContent = known ? `${layers} layers of width ${width}, ${count(tokens)} tokens` : "";
  }

  // Another configuration is meant now: what was said of the one before is no more.
  changed() {
    this.complain("");
    at("final-done").textContent = "";
    this.preview();
  }

  complain(words, ofLoss = false) {
    at("final-problem").textContent = words;
    at("final-loss").setAttribute("aria-invalid", String(ofLoss));
    at("final-box").hidden = this.frozen && !words;
    if (words) at("final-done").textContent = "";
  }

  async save() {
    const { server } = this;
    const predicted = at("final-loss").value.trim();
    if (predicted === "" || Number.isNaN(Number(predicted))) {
      this.complain("Write the loss that you predict, such as 3.25.", true);
      at("final-loss").focus();
      return;
    }
    if (!at("final-of").value && this.form.unread) {
      this.complain(`The form above cannot be read: ${this.form.unread}`);
      return;
    }
    at("final-save").disabled = true;
    this.complain("");
    try {
      const submission = await server.post("/final_submission", { training_config: this.config(), [LOSS]: Number(predicted) });
      at("final-done").textContent = `Saved with a predicted loss of ${loss(submission.predicted_final_loss)}.`;
    } catch (error) {
      if (error.name === "AbortError") return;
      this.complain(refusal(error), error.issues?.some(({ place }) => place === LOSS));
    } finally {
      at("final-save").disabled = false;
    }
    // A refusal may be news as well: that submissions are closed.
    const me = await server.get("/v1/me").catch(() => undefined);
    if (me && server === this.server) this.heard(me);
  }
}
