// The form of a new run: fields, the same as JSON, and what it would cost.

import { at, bytes, count, flops, make, seconds } from "./words.js";

const SEQUENCE = 512;
const START = {
  architecture_config: {
    attention_bias: false, head_dim: 64, hidden_size: 384, intermediate_size: 1152, num_attention_heads: 6,
    num_hidden_layers: 6, num_key_value_heads: 6, rms_norm_eps: 1e-6, rope_theta: 10000,
    tie_word_embeddings: false, dtype: "bfloat16", vocab_size: 32000,
  },
  optimizer_config: {
    lr_scheduler: { peak_value: 0.001, final_lr_frac: 0.1, warmup_frac: 0.05, init_value: 0 },
    weight_decay: 0.01, beta1: 0.9, beta2: 0.95, eps: 1e-8, eps_root: 1e-8, grad_clip_norm: 1,
  },
  train_batch_size: 64, val_batch_size: 128, n_evals: 16, total_train_tokens: 104857600,
  max_runtime_seconds: 600, model_seed: 0,
};

// Label, where it stands in the configuration, and what kind it is.
const GROUPS = [
  ["Model", [
    ["Layers", "architecture_config.num_hidden_layers"],
    ["Heads", "architecture_config.num_attention_heads"],
    ["Width of a head", "architecture_config.head_dim"],
    ["Feed-forward width", "architecture_config.intermediate_size"],
    ["Vocabulary", "architecture_config.vocab_size"],
    ["Arithmetic", "architecture_config.dtype", ["bfloat16", "float32"]],
    ["Tied embeddings", "architecture_config.tie_word_embeddings", "tick"],
  ]],
  ["Training", [
    ["Tokens D", "total_train_tokens"],
    ["Sequences in a batch", "train_batch_size"],
    ["Peak learning rate", "optimizer_config.lr_scheduler.peak_value"],
    ["Final share of it", "optimizer_config.lr_scheduler.final_lr_frac"],
    ["Warm-up, share of steps", "optimizer_config.lr_scheduler.warmup_frac"],
    ["Weight decay", "optimizer_config.weight_decay"],
    ["Seed", "model_seed"],
  ]],
  ["Limits", [
    ["Longest run, seconds", "max_runtime_seconds"],
    ["Evaluations", "n_evals"],
  ]],
];

const look = (config, path) => path.split(".").reduce((value, name) => value?.[name], config);
const put = (config, path, value) => {
  const names = path.split(".");
  const last = names.pop();
  names.reduce((object, name) => (object[name] ??= {}), config)[last] = value;
};
const copy = (config) => JSON.parse(JSON.stringify(config));
const idOf = (path) => `field-${path.split(".").at(-1)}`;

export class Form {
  constructor(submit) {
    this.config = copy(START);
    this.turn = 0;
    at("fields").replaceChildren(...GROUPS.map(([name, fields]) => make("fieldset", {}, make("legend", {}, name),
      make("div", { class: "grid" }, fields.map((field) => this.field(...field))),
      name === "Training" ? make("p", { class: "note", id: "rounding" }) : undefined)));
    at("json").addEventListener("input", () => this.fromJson());
    at("form").addEventListener("submit", (event) => {
      event.preventDefault();
      submit(this.config);
    });
    this.show();
  }

  field(label, path, kind) {
    const id = idOf(path);
    const changed = () => this.changed(path, label);
    if (kind === "tick") {
      return make("p", { class: "tick" }, make("input", { id, type: "checkbox", onchange: changed }), make("label", { for: id }, label));
    }
    const input = Array.isArray(kind)
      ? make("select", { id, onchange: changed }, kind.map((value) => make("option", {}, value)))
      : make("input", { id, inputmode: "decimal", autocomplete: "off", onchange: changed, oninput: changed });
    return make("div", {}, make("label", { for: id }, label), input);
  }

  changed(path, label) {
    const input = at(idOf(path));
    let value = input.type === "checkbox" ? input.checked : input.value;
    if (input.tagName === "INPUT" && input.type !== "checkbox") value = value.trim() === "" ? NaN : Number(value);
    input.setAttribute("aria-invalid", String(Number.isNaN(value)));
    if (Number.isNaN(value)) {
      this.stop(`${label} is no number.`);
      return;
    }
    put(this.config, path, value);
    // What was pasted may lack a model.
    const model = (this.config.architecture_config ??= {});
    model.hidden_size = model.num_attention_heads * model.head_dim;
    model.num_key_value_heads = model.num_attention_heads;
    this.show(input);
  }

  fromJson() {
    at("json-problem").textContent = "";
    try {
      const config = JSON.parse(at("json").value);
      if (config === null || typeof config !== "object" || Array.isArray(config)) throw new Error("a configuration begins with {");
      this.config = config;
      this.show(at("json"));
    } catch (error) {
      at("json-problem").textContent = `This cannot be read: ${error.message}`;
      this.stop("The JSON below cannot be read.");
    }
  }

  // What is written cannot be read: nothing is submitted, least of all what was readable before.
  stop(why) {
    this.unread = why;
    this.turn += 1;
    at("cost").replaceChildren();
    at("form-problem").textContent = why;
    at("submit").disabled = true;
  }

  // Begins from another configuration.
  use(config) {
    this.config = copy(config);
    this.show();
  }

  // Fills every field but the one that is being written.
  show(but) {
    this.unread = undefined;
    for (const [, fields] of GROUPS) {
      for (const [, path] of fields) {
        const input = at(idOf(path));
        if (input === but) continue;
        const value = look(this.config, path);
        if (input.type === "checkbox") input.checked = value === true;
        else input.value = value ?? "";
        input.removeAttribute("aria-invalid");
      }
    }
    if (but !== at("json")) {
      at("json").value = JSON.stringify(this.config, null, 2);
      at("json-problem").textContent = "";
    }
    this.round();
    this.onchange?.();
  }

  // Tokens make whole steps, and steps whole evaluations: the nearest number that does is one press away.
  round() {
    const { train_batch_size: batch, n_evals: evaluations, total_train_tokens: tokens } = this.config;
    const unit = SEQUENCE * batch * evaluations;
    const words = at("rounding");
    if (!(unit > 0) || !Number.isFinite(tokens) || tokens % unit === 0) {
      words.textContent = "";
      return;
    }
    const nearest = Math.max(1, Math.round(tokens / unit)) * unit;
    words.replaceChildren(`Tokens must be a multiple of ${SEQUENCE} · batch · evaluations = ${unit}. `,
      make("button", { type: "button", onclick: () => { this.config.total_train_tokens = nearest; this.show(); } }, `Use ${nearest}`));
  }

  // What it would cost, from the server; only the last question's answer counts.
  async estimate(server) {
    if (this.unread) return;
    const turn = (this.turn += 1);
    try {
      const cost = await server.post("/v1/estimate", this.config);
      if (turn !== this.turn) return;
      at("form-problem").textContent = "";
      const left = cost.remaining_seconds - cost.reserved_seconds;
      const facts = [
        ["Reserves", seconds(cost.reserved_seconds)],
        ["Leaves you", seconds(left)],
        ["May take", cost.expected_seconds === null ? "unknown yet" : seconds(cost.expected_seconds)],
        ["N", count(cost.params)],
        ["D", count(cost.tokens)],
        ["D/N", count(cost.tokens_per_param)],
        ["C = 6ND, FLOPs", flops(cost.train_flops)],
        ["Steps", count(cost.optimizer_steps)],
        ["Width", String(this.config.architecture_config?.hidden_size ?? "")],
        ["Memory, about", bytes(cost.memory.total_bytes)],
      ];
      at("cost").replaceChildren(
        make("dl", {}, facts.flatMap(([name, value]) => [make("dt", {}, name), make("dd", {}, value)])),
        ...cost.warnings.map(({ message }) => make("div", { class: "warning read" }, make("p", {}, message))));
      at("submit").disabled = false;
    } catch (error) {
      if (turn !== this.turn || error.name === "AbortError") return;
      at("cost").replaceChildren();
      at("form-problem").textContent = error.message;
      at("submit").disabled = error.status === 422;
      for (const { place } of error.issues ?? []) {
        at(idOf(place))?.setAttribute("aria-invalid", "true");
      }
    }
  }
}
