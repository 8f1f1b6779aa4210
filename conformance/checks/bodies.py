"""Configurations to send, and the text that a server has to make of them."""

import copy
import json

from .harness import compact

ARCHITECTURE = {
    "attention_bias": False,
    "head_dim": 4,
    "hidden_size": 8,
    "intermediate_size": 16,
    "num_attention_heads": 2,
    "num_hidden_layers": 1,
    "num_key_value_heads": 2,
    "rms_norm_eps": 1e-6,
    "rope_theta": 10000,
    "tie_word_embeddings": False,
    "dtype": "float32",
    "vocab_size": 100,
}
BASE = {
    "architecture_config": ARCHITECTURE,
    "optimizer_config": {},
    "train_batch_size": 2,
    "val_batch_size": 1,
    "n_evals": 2,
    "total_train_tokens": 2048,
    "max_runtime_seconds": 1,
}
SCHEDULE_TEXT = '{"peak_value":0.0003,"final_lr_frac":0.1,"warmup_frac":0.05,"init_value":0.0}'
ADAMW_TEXT = (
    f'{{"lr_scheduler":{SCHEDULE_TEXT},"weight_decay":0.01,"beta1":0.9,"beta2":0.95,'
    '"eps":1e-8,"eps_root":1e-8,"grad_clip_norm":1.0}'
)
SGD_TEXT = f'{{"lr_scheduler":{SCHEDULE_TEXT},"grad_clip_norm":1.0}}'
ARCHITECTURE_TEXT = compact(ARCHITECTURE).replace("1e-06", "1e-6")
EVENTS = {
    "run_started": {"run_id": "r", "wandb_path": None, "log_type": "run_started"},
    "validation_loss": {"run_id": "r", "val_losses": [1.5], "log_type": "validation_loss"},
    "run_heartbeat": {"run_id": "r", "elapsed_seconds": 2, "log_type": "run_heartbeat"},
    "preempted": {"run_id": "r", "log_type": "preempted"},
}
MISSING = object()


class Raw(str):
    """JSON text that goes into a body as it is."""


def text_of(value):
    if isinstance(value, Raw):
        return str(value)
    if isinstance(value, dict):
        return "{" + ",".join(json.dumps(k, ensure_ascii=False) + ":" + text_of(v) for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(text_of, value)) + "]"
    return compact(value)


def body(*changes, **fields):
    """The text of the base with top fields, and (dotted path, value) pairs, set or MISSING."""
    made = copy.deepcopy(BASE) | fields
    for path, value in changes:
        *parents, last = path.split(".")
        inner = made
        for parent in parents:
            inner = inner.setdefault(parent, {})
        if value is MISSING:
            inner.pop(last, None)
        else:
            inner[last] = value
    return text_of(made)


def stored(seed, optimizer=ADAMW_TEXT, architecture=ARCHITECTURE_TEXT, runtime="1.0"):
    """The text of a stored configuration."""
    return (
        f'{{"architecture_config":{architecture},"optimizer_config":{optimizer},"train_batch_size":2,"val_batch_size":1,'
        f'"n_evals":2,"total_train_tokens":2048,"max_runtime_seconds":{runtime},"model_seed":{seed}}}'
    )


def queued(number, config):
    """The text of an experiment that waits, its time masked."""
    return f'{{"experiment_id":{number},"training_config":{config},"status":{{"queued_at":T,"status_type":"queued"}}}}'


def refusal(kind, loc, msg, value, ctx=""):
    """The text of a 422 of one error, its input and context as they are written."""
    place = "".join(f',"{name}"' for name in loc)
    return f'{{"detail":[{{"type":"{kind}","loc":["body"{place}],"msg":"{msg}","input":{value}{ctx}}}]}}'


def broken_rule(rule, text, loc=()):
    """The text of a 422 that tells one rule and echoes a configuration."""
    return refusal("value_error", loc, "Value error, " + rule, text, ',"ctx":{"error":{}}')


def error(kind, loc, msg, value, **ctx):
    """One entry of a 422."""
    told = {"type": kind, "loc": ["body", *loc], "msg": msg, "input": value}
    return told | {"ctx": ctx} if ctx else told
