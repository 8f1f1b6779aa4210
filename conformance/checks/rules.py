"""What the fields of a configuration have to be to each other: one rule is told, the first that fails."""

import json

from .bodies import Raw, body, broken_rule, error
from .harness import check, compact

ARCH, OPT, RATE = "architecture_config.", "optimizer_config.", "optimizer_config.lr_scheduler."
TOKENS = "total_train_tokens must be divisible by seq_len * train_batch_size"
STEPS = "total optimizer steps must be divisible by n_evals"
VALIDATION = "n_val_tokens must be divisible by seq_len * val_batch_size"
POSITIVE = (
    "head_dim",
    "hidden_size",
    "intermediate_size",
    "num_attention_heads",
    "num_hidden_layers",
    "num_key_value_heads",
    "vocab_size",
)

# In the order in which they are looked at: a rule, and changes that break it but none before it.
RULES = [
    (TOKENS, ("total_train_tokens", 2049)),
    (STEPS, ("n_evals", 3)),
    (VALIDATION, ("val_batch_size", 3)),
    *((f"{name} must be positive", (ARCH + name, 0)) for name in POSITIVE),
    ("hidden_size must equal num_attention_heads * head_dim", (ARCH + "hidden_size", 10)),
    ("num_attention_heads must be divisible by num_key_value_heads", (ARCH + "num_key_value_heads", 3)),
    ("num_key_value_heads must equal num_attention_heads; GQA is not supported", (ARCH + "num_key_value_heads", 1)),
    ("head_dim must be even for RoPE", (ARCH + "head_dim", 3), (ARCH + "hidden_size", 6)),
    ("intermediate_size should usually >= hidden_size", (ARCH + "intermediate_size", 5)),
    ("rms_norm_eps must be positive", (ARCH + "rms_norm_eps", 0)),
    ("rope_theta must be positive", (ARCH + "rope_theta", 0)),
    ("warmup_frac must be in [0, 1)", (RATE + "warmup_frac", 1)),
    ("final_lr_frac must be in [0, 1]", (RATE + "final_lr_frac", 1.5)),
    ("initial learning rate must be nonnegative", (RATE + "init_value", -1)),
    ("peak learning rate must be positive", (RATE + "peak_value", 0)),
    ("grad_clip_norm must be positive or None", (OPT + "grad_clip_norm", 0)),
    ("weight_decay must be nonnegative", (OPT + "weight_decay", -1)),
    ("beta1 must be in [0, 1)", (OPT + "beta1", 1)),
    ("beta2 must be in [0, 1)", (OPT + "beta2", 1)),
    ("eps must be positive", (OPT + "eps", 0)),
    ("eps_root must be nonnegative", (OPT + "eps_root", -1)),
]
# More bodies that break a rule, and some that just keep it (a rule of None).
CASES = [
    (TOKENS, ("total_train_tokens", 1)),
    (TOKENS, ("total_train_tokens", 512)),
    (TOKENS, ("train_batch_size", 3)),
    (TOKENS, ("train_batch_size", 10**30)),
    (TOKENS, ("total_train_tokens", 499999999999)),
    (STEPS, ("n_evals", 4)),
    (STEPS, ("n_evals", 10**30)),
    (STEPS, ("total_train_tokens", 1024)),
    *((VALIDATION, ("val_batch_size", value)) for value in (513, 1024, 511, 6, 10**30)),
    *((f"{name} must be positive", (ARCH + name, -1)) for name in POSITIVE),
    ("num_hidden_layers must be positive", (ARCH + "num_hidden_layers", False)),
    ("intermediate_size should usually >= hidden_size", (ARCH + "intermediate_size", 7)),
    ("rms_norm_eps must be positive", (ARCH + "rms_norm_eps", Raw("-0.0"))),
    ("rms_norm_eps must be positive", (ARCH + "rms_norm_eps", "-1e-9")),
    ("rms_norm_eps must be positive", (ARCH + "rms_norm_eps", Raw("1e-400"))),
    ("rope_theta must be positive", (ARCH + "rope_theta", -1)),
    *(("warmup_frac must be in [0, 1)", (RATE + "warmup_frac", value)) for value in (-0.001, 1.5, "1")),
    *(("final_lr_frac must be in [0, 1]", (RATE + "final_lr_frac", value)) for value in (-1e-9, 1.0000000000000002)),
    ("initial learning rate must be nonnegative", (RATE + "init_value", -5e-324)),
    ("peak learning rate must be positive", (RATE + "peak_value", -1)),
    ("grad_clip_norm must be positive or None", (OPT + "grad_clip_norm", -0.5)),
    ("beta1 must be in [0, 1)", (OPT + "beta1", -0.1)),
    ("beta2 must be in [0, 1)", (OPT + "beta2", -0.1)),
    ("eps must be positive", (OPT + "eps", -1)),
    (None, ("total_train_tokens", 499999997952), ("n_evals", 1)),
    *((None, ("val_batch_size", 2**k)) for k in range(1, 10)),
    (None, (ARCH + "intermediate_size", 8)),
    (None, (RATE + "warmup_frac", 0.9999999999999999)),
    (None, (RATE + "warmup_frac", 0)),
    (None, (RATE + "final_lr_frac", 1)),
    (None, (RATE + "final_lr_frac", 0)),
    (None, (RATE + "init_value", 1)),
    (None, (RATE + "peak_value", 5e-324)),
    (None, (OPT + "grad_clip_norm", None)),
    (None, (OPT + "weight_decay", 0)),
    (None, (OPT + "beta1", 0), (OPT + "beta2", 0)),
    (None, (OPT + "eps_root", 0)),
]


for rule, *changes in [*RULES, *CASES]:
    label = ", ".join(f"{path} {value}" for path, value in changes)

    @check(f"rule: {rule} ({label})" if rule else f"no rule against {label}")
    def _(t, rule=rule, changes=changes):
        text = body(*changes, model_seed=next(t.numbers))
        if rule is None:
            whole = f'{{"training_config":{text},"predicted_final_loss":1}}'
            t.expect(t.post("/final_submission", whole), 200)
            return
        answer = t.expect(t.post("/submit", text), 422)
        [told] = answer.json["detail"]
        t.equal(compact(told), compact(error("value_error", [], "Value error, " + rule, told["input"], error={})))
        t.equal(list(told["input"]), list(json.loads(text)))


@check("a broken rule echoes the whole body as it was sent, without what it would default to")
def _(t):
    text = body(total_train_tokens=2049)
    answer = t.post("/submit", text)
    t.expect(
        answer,
        422,
        broken_rule(TOKENS, text),
    )


for at in range(len(RULES)):
    for other in {at + 1, at + 7, len(RULES) - 1} & set(range(at + 1, len(RULES))):

        @check(f"of two broken rules the earlier is told: {at + 1} and {other + 1}")
        def _(t, at=at, other=other):
            told = t.expect(t.post("/submit", body(*RULES[other][1:], *RULES[at][1:])), 422).json["detail"]
            t.equal([e["msg"] for e in told], ["Value error, " + RULES[at][0]])


@check("an error of a field hides the rules")
def _(t):
    t.refuses(
        body(total_train_tokens=2049, val_batch_size=0),
        error("greater_than", ["val_batch_size"], "Input should be greater than 0", 0, gt=0),
    )


@check("in a final submission a broken rule stands under training_config")
def _(t):
    text = body(n_evals=3)
    answer = t.post("/final_submission", f'{{"training_config":{text},"predicted_final_loss":2.5}}')
    t.expect(
        answer,
        422,
        broken_rule(STEPS, text, ["training_config"]),
    )
