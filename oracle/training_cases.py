"""Bodies for the training API, valid and broken in many ways: what training_config.py asks the reference about.

Every function yields (name, text); nothing here knows the answers. Random ones come from one fixed seed.
"""

import copy
import json
import random

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
SMALL = {
    "architecture_config": ARCHITECTURE,
    "optimizer_config": {},
    "train_batch_size": 2,
    "val_batch_size": 1,
    "n_evals": 2,
    "total_train_tokens": 2048,
    "max_runtime_seconds": 1,
}
SGD = {"lr_scheduler": {}}
SCHEDULE = ("peak_value", "final_lr_frac", "warmup_frac", "init_value")
ADAMW_ONLY = ("weight_decay", "beta1", "beta2", "eps", "eps_root")
MISSING = object()


class Raw(str):
    """A piece of JSON text that goes into a body as it is."""


def dumps(value):
    """Compact JSON in which Raw pieces stay as written."""
    if isinstance(value, Raw):
        return str(value)
    if isinstance(value, dict):
        return "{" + ",".join(json.dumps(k, ensure_ascii=False) + ":" + dumps(v) for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(dumps, value)) + "]"
    return json.dumps(value, ensure_ascii=False)


def with_changes(*changes, base=SMALL):
    """The text of the base with values at dotted paths set, or taken away where MISSING."""
    body = copy.deepcopy(base)
    for path, value in changes:
        *parents, last = path.split(".")
        inner = body
        for parent in parents:
            inner = inner.setdefault(parent, {})
        if value is MISSING:
            inner.pop(last, None)
        else:
            inner[last] = value
    return dumps(body)


def arch(**fields):
    return [("architecture_config." + k, v) for k, v in fields.items()]


INT_VALUES = [
    "8", " 8 ", "\t8\n", "\u00a08", "+8", "-8", "08", "0008", "8.0", "8.00", "8.", ".0", "8.5", "1_0", "1__0", "_8",
    "8_", "1_0.0",
    "8e0", "1e3", "0x8", "0b1", "", " ", "-", "+", "eight", "８", "٨", "8 8", "8,0", "--8", "+-8", "- 8", "nan",
    "Infinity", "true", "None",
    "9" * 19, "9" * 30, "-" + "9" * 30, "9" * 4300, "9" * 4301, "0" * 5000 + "8", "8." + "0" * 20,
    True, False, None, [], [8], {}, {"a": 1},
    Raw("8.0"), Raw("8.5"), Raw("8e0"), Raw("0.8e1"), Raw("80E-1"), Raw("-8"), Raw("-0"), Raw("-0.0"), Raw("0"),
    Raw("1e-400"),
    Raw("8.000000000000000001"), Raw("1e3"), Raw("1e15"), Raw("9007199254740993.0"), Raw("9223372036854775807"),
    Raw("9223372036854775808"),
    Raw("9223372036854775807.0"), Raw("1e19"), Raw("-1e19"), Raw("1e22"), Raw("1e300"), Raw("1e400"), Raw("NaN"),
    Raw("Infinity"), Raw("-Infinity"),
    Raw("1" + "0" * 40), Raw("-1" + "0" * 40), Raw("1" * 4300), Raw("1" * 4301),
]  # fmt: skip
FLOAT_VALUES = [
    "0.5", " 0.5 ", "\n0.5\t", "+0.5", "-0.5", ".5", "5.", "0.5e0", "5E-1", "1_0.5", "1__0", "_5", "5_", "1,5", "",
    " ", "half", "０.５", "٠.٥",
    "0x1p-1", "0x8", "inf", "-inf", "nan", "NaN", "Infinity", "infinity", "1e400", "1e-400", "-0", "-0.0", "1e5",
    "1 0", "True", "0.5f",
    "9" * 400, "0." + "3" * 60,
    True, False, None, [], [0.5], {},
    Raw("0"), Raw("1"), Raw("-1"), Raw("-0"), Raw("-0.0"), Raw("0.50"), Raw("5e-1"), Raw("1e-400"), Raw("5e-324"),
    Raw("2.2250738585072014e-308"),
    Raw("1.7976931348623157e308"), Raw("1e400"), Raw("-1e400"), Raw("NaN"), Raw("Infinity"), Raw("-Infinity"),
    Raw("9007199254740993"), Raw("9223372036854775807"), Raw("18446744073709551616"), Raw("1" + "0" * 308),
    Raw("1" + "0" * 309),
]  # fmt: skip
FLOAT_FORMATS = [
    "1e-6", "0.000001", "0.00001", "0.0001", "0.000123", "1.5e-5", "1.5e-7", "1e-10", "1.25e-300", "0.1",
    "0.30000000000000004", "1.0", "1",
    "123456.789", "1000000", "99999999999999.9", "1e15", "1e16", "1.5e16", "12345678901234567890", "1e17", "1e20",
    "1e21", "1e22", "1.5e22",
    "1e23", "1e100", "1.7976931348623157e308", "4503599627370497.5", "0.1234567890123456789",
]  # fmt: skip
BOOL_VALUES = [
    True, False, 0, 1, 2, -1, Raw("0.0"), Raw("1.0"), Raw("-0.0"), Raw("2.0"), Raw("0.5"), Raw("1e0"), Raw("NaN"),
    Raw("1e400"),
    Raw("1" + "0" * 30),
    "true", "True", "TRUE", "tRuE", "t", "T", "yes", "Yes", "y", "Y", "on", "ON", "1", "1.0", "false", "FALSE", "f",
    "no", "N", "off", "0",
    "2", "", " true", "true ", "null", "wahr", None, [], [True], {},
]  # fmt: skip
DTYPE_VALUES = [
    "bfloat16",
    "float16",
    "Float32",
    "float32 ",
    "",
    "\u0000",
    "ﬂoat32",
    None,
    1,
    True,
    Raw("1.5"),
    ["float32"],
    {},
    Raw('"\\u0066loat32"'),
]


def one_value_at_a_time():
    for label, path, values in (
        ("int", "architecture_config.num_hidden_layers", INT_VALUES),
        ("float", "optimizer_config.lr_scheduler.peak_value", FLOAT_VALUES),
        ("bool", "architecture_config.tie_word_embeddings", BOOL_VALUES),
        ("dtype", "architecture_config.dtype", DTYPE_VALUES),
    ):
        for value in values:
            shown = dumps(value)
            shown = shown if len(shown) <= 40 else f"{shown[:12]}... ({len(shown)} characters)"
            yield f"{label} {shown}", with_changes((path, value))
    for text in FLOAT_FORMATS:
        yield f"a float written {text}", with_changes(("architecture_config.rms_norm_eps", Raw(text)))


def every_field():
    tops = [k for k in SMALL if k not in ("architecture_config", "optimizer_config")] + ["model_seed"]
    paths = ["architecture_config", "optimizer_config", *tops]
    paths += ["architecture_config." + k for k in ARCHITECTURE]
    for path in paths:
        yield f"{path} missing", with_changes((path, MISSING))
        for value in (None, "x", -1, Raw("1.5"), []):
            yield f"{path} = {dumps(value)}", with_changes((path, value))


def bounds():
    for path, values in {
        "train_batch_size": [Raw("2.0"), "2", 4, Raw("1" + "0" * 30), Raw("0.0"), "-1"],
        "val_batch_size": [2, 512, 1024, 3, 513, Raw("1" + "0" * 30), Raw("-0.0")],
        "n_evals": [1, 4, "2", Raw("2.0"), Raw("1" + "0" * 30), Raw("-5")],
        "total_train_tokens": [500_000_000_000, 500_000_000_001, Raw("5e11"), Raw("500000000000.5"), 499999997952,
        1024, "2048", Raw("1" + "0" * 30)],
        "max_runtime_seconds": [Raw("1.0"), Raw("0.9999999999999999"), 43200, Raw("43200.0"),
        Raw("43200.000000000007"), "43200", True, False,
                                Raw("10.5"), Raw("1e3"), "1e3", Raw("1e1000"), Raw("-1e1000"), Raw("NaN"),
                                Raw("1" + "0" * 400)],
        "model_seed": [1, Raw("9223372036854775808"), Raw("1" + "0" * 40), "007", Raw("-0"), Raw("-0.0"), False],
    }.items():  # fmt: skip
        for value in values:
            shown = dumps(value)
            yield f"{path} {shown if len(shown) < 40 else shown[:9] + '...'}", with_changes((path, value))
    yield "n_evals left to its default, steps fit", with_changes(("n_evals", MISSING), ("total_train_tokens", 16384))


def consistency():
    optimizer = "optimizer_config."
    rules = [
        ("tokens and batch", [("total_train_tokens", 2049)]),
        ("evaluations", [("n_evals", 3)]),
        ("validation batch", [("val_batch_size", 3)]),
        *((f"{k} is {v}", arch(**{k: v})) for k in ("head_dim", "hidden_size", "intermediate_size",
        "num_attention_heads", "num_hidden_layers",
                                                     "num_key_value_heads", "vocab_size") for v in (0, -2)),
        ("width", arch(hidden_size=10)),
        ("divisible heads", arch(num_key_value_heads=3)),
        ("grouped heads", arch(num_key_value_heads=1)),
        ("odd head", arch(head_dim=3, hidden_size=6)),
        ("narrow", arch(intermediate_size=7)),
        ("as wide as hidden", arch(intermediate_size=8)),
        ("norm", arch(rms_norm_eps=0)),
        ("norm, minus zero", arch(rms_norm_eps=Raw("-0.0"))),
        ("theta", arch(rope_theta=0)),
        ("theta below", arch(rope_theta=-5)),
        *((f"warm-up {v}", [(optimizer + "lr_scheduler.warmup_frac", Raw(v))]) for v in ("-0.1", "-0.0", "0",
        "0.9999999999999999", "1", "2")),
        *((f"final rate {v}", [(optimizer + "lr_scheduler.final_lr_frac", Raw(v))]) for v in ("-0.1", "-0.0", "0", "1",
        "1.0000000000000002")),
        *((f"initial rate {v}", [(optimizer + "lr_scheduler.init_value", Raw(v))]) for v in ("-1e-9", "-0.0", "1e308")),
        *((f"peak rate {v}", [(optimizer + "lr_scheduler.peak_value", Raw(v))]) for v in ("0", "-1", "5e-324")),
        *((f"clip {v}", [(optimizer + "grad_clip_norm", Raw(v))]) for v in ("0", "-1", "null", "1e-9", '"2"', "true",
        "false")),
        *((f"{k} {v}", [(optimizer + k, Raw(v))]) for k in ADAMW_ONLY for v in ("-1", "-0.0", "0", "1")),
    ]  # fmt: skip
    for name, changes in rules:
        yield f"rule: {name}", with_changes(*changes)
    broken = [changes for name, changes in rules if name in
              ("tokens and batch", "evaluations", "validation batch", "head_dim is -2", "vocab_size is 0", "width",
              "grouped heads", "odd head",
               "narrow", "norm", "theta", "warm-up 1", "final rate -0.1", "initial rate -1e-9", "peak rate 0",
               "clip 0", "weight_decay -1",
               "beta1 1", "beta2 1", "eps 0", "eps_root -1")]  # fmt: skip
    for at in range(len(broken) - 1):  # the earlier of two neighbours is told
        yield f"rules {at} and {at + 1} broken", with_changes(*broken[at + 1], *broken[at])


def optimizers():
    scheduled = {"lr_scheduler": {"peak_value": 0.01}}
    whole_schedule = dict(zip(SCHEDULE, (0.01, 0.2, 0.1, 0.001), strict=True))
    for value in [
        {}, SGD, scheduled, {"lr_scheduler": whole_schedule}, {**SGD, "grad_clip_norm": None}, {**SGD,
        "grad_clip_norm": 2}, {"grad_clip_norm": 1},
        {"grad_clip_norm": None}, *({name: 0.5} for name in ADAMW_ONLY), {**SGD, "beta1": 0.5}, {**scheduled,
        "grad_clip_norm": 1, "eps": 1e-9},
        {**SGD, "grad_clip_norm": "1"}, {"lr_scheduler": {"peak_value": "0.01"}}, {"lr_scheduler": {"peak_value": 1},
        "grad_clip_norm": True},
        {"lr_scheduler": None}, {"lr_scheduler": []}, {"lr_scheduler": "cosine"}, {"lr_scheduler": {"peak": 1}},
        {"lr_scheduler": {"peak_value": None}},
        {"lr_scheduler": {"peak_value": "x", "final_lr_frac": "y"}}, {**SGD, "grad_clip_norm": "x"}, {**SGD,
        "type": "sgd"}, {"type": "adamw"},
        {**SGD, "beta1": "x"}, {"beta1": "x", "extra": 1}, {**SGD, "momentum": 0.9}, {"beta1": None},
        {"weight_decay": True, "eps": "1e-9"},
        {**SGD, "eps": 0}, {"lr_scheduler": {**whole_schedule, "warmup_frac": 1}}, {**SGD, "grad_clip_norm": -1},
        {"lr_scheduler": whole_schedule, "weight_decay": 0, "beta1": 0, "beta2": 0, "eps": 1, "eps_root": 0,
        "grad_clip_norm": 1e9},
        {"grad_clip_norm": Raw("NaN")}, {"lr_scheduler": {"init_value": Raw("NaN")}},
        {"weight_decay": Raw("Infinity")}, {"beta1": Raw("NaN")},
        {"eps": Raw("1e400")}, {"beta2": 1e-300}, {"eps": 10**25}, {"eps": "1e25"},
        [], [SGD], "sgd", "", 1, True, None, Raw("1.5"), Raw("NaN"),
    ]:  # fmt: skip
        yield f"optimizer {dumps(value)}", with_changes(("optimizer_config", value))


def extra_fields():
    for where, path in (
        ("top", ""),
        ("architecture", "architecture_config."),
        ("optimizer", "optimizer_config."),
        ("schedule", "optimizer_config.lr_scheduler."),
    ):
        for key, value in (
            ("use_sliding_window", False),
            ("größe", "αβ\u2028\U0001f600"),
            ("", None),
            ("seq_len", 512),
        ):
            yield (
                f"extra {key!r} at the {where}",
                with_changes((path + key, value)) if key else dumps_with_empty_key(path),
            )
    yield (
        "several extras",
        with_changes(("z", 1), ("a", 2), ("architecture_config.y", [1, {"b": None}]), ("optimizer_config.x", "é")),
    )
    yield (
        "an extra object with numbers",
        with_changes(("o", Raw("[1.0,1e5,1E-7,1e16,-0.0,-0,1e22,123456789012345678901234567890,0.1e1,true]"))),
    )
    yield (
        "an extra text with escapes",
        with_changes(("o", Raw('"\\u0000\\u001f\\u007f\\u2028\\ud83d\\ude00\\/\\b\\f\\n\\r\\t\\"\\\\<>&"'))),
    )
    yield "an extra half of a surrogate pair", with_changes(("o", Raw('"\\ud83d"')))
    yield "an extra key of half a surrogate pair", with_changes().replace("{", '{"\\ud83d":1,', 1)
    yield "an extra key of dots", with_changes().replace("{", '{"a.b[0]":1,', 1)
    yield "an extra key under an object that is left out in part", with_changes(("o", {"_sa_note": 1, "note": 2}))
    yield "an extra with a number that is none", with_changes(("o", Raw("NaN")))
    yield "n_val_tokens is no field", with_changes(("n_val_tokens", 262144))
    yield "names are told apart by case", with_changes(("Model_Seed", 1))


def dumps_with_empty_key(path):
    parts = [p for p in path.split(".") if p]
    body = copy.deepcopy(SMALL)
    inner = body
    for part in parts:
        inner = inner.setdefault(part, {})
    inner[""] = None
    return dumps(body)


def shapes():
    for text in (
        "null",
        "true",
        "1",
        "-0.0",
        '"x"',
        '""',
        "[]",
        "[{}]",
        "{}",
        " {} ",
        "[1,2",
        '{"a":1}',
        "NaN",
        "Infinity",
        "-Infinity",
        "1e400",
    ):
        yield f"body {text}", text
    yield "nothing", ""
    yield "a body in an array", "[" + with_changes() + "]"
    yield "a body as a text", json.dumps(with_changes())
    yield (
        "architecture as a list of pairs",
        with_changes(("architecture_config", [list(p) for p in ARCHITECTURE.items()])),
    )
    yield "architecture as a text", with_changes(("architecture_config", json.dumps(ARCHITECTURE)))
    yield "architecture empty", with_changes(("architecture_config", {}))
    yield (
        "nearly everything missing",
        with_changes(
            ("architecture_config", {"head_dim": "x"}), *((k, MISSING) for k in SMALL if k != "architecture_config")
        ),
    )
    yield "fields in the reverse order", dumps({k: SMALL[k] for k in reversed(SMALL)})
    yield "wrong fields in the reverse order", dumps({k: "x" for k in [*reversed(SMALL), "z", "y"]})
    yield "a key twice, the last counts", with_changes().replace("{", '{"train_batch_size":-7,', 1)
    yield "a key twice, the last is wrong", with_changes()[:-1] + ',"train_batch_size":-7}'
    yield "a key twice, and an echo of both", with_changes(("z", Raw('{"b":1,"a":2,"b":3}')))
    yield "an object twice is not merged", with_changes()[:-1] + ',"architecture_config":{"head_dim":4}}'
    yield "white space of four kinds", with_changes().replace(":", " :\t").replace(",", "\r\n,")
    yield "keys written with escapes", with_changes().replace('"head_dim"', '"\\u0068ead_dim"')
    for depth in (1, 20, 100):
        yield f"an extra {depth} deep", with_changes(("o", Raw("[" * depth + "]" * depth)))
        yield f"an extra object {depth} deep", with_changes(("o", Raw('{"a":' * depth + "0" + "}" * depth)))
    yield "an extra 3000 deep", with_changes(("o", Raw("[" * 3000 + "]" * 3000)))
    yield "20000 deep", "[" * 20000


def broken_json():
    good = with_changes()
    for text in (
        "{", "}", "[", "]", '{"', '{"a', '{"a"', '{"a":', '{"a":1', '{"a":1,', '{"a":1,}', '{"a":1 "b":2}', '{"a" 1}',
        "{a:1}", "{'a':1}", "{1:2}", "[1,]", "[1 2]", "[,1]",
        "[1", "[1,", '"a', '"a\nb"', '"a\tb"', '"\\x"', '"\\u12"', '"\\u12g4"', '"\\', '"\\u', "tru", "True", "nul",
        "nan", "inf", "-", "+1", "01", "-01", ".5", "1.", "1.e5", "1e",
        "1e+", "0x10", "1_000", "--1", "- 1", "1 1", "{} {}", "{}x", "//c\n{}", "/**/{}", "{}\u0000", "\u00a0{}",
        "\u3000{}", "\ufeff{}", "é", "{\"é\":é}", "\"é\" é", "\U0001f600", " ", "\n\n",
        '{"a":1}}', '{"a":[1,2}', '{"a":{"b":1]', "{,}", "{:1}", "[:]", "-Infinit", "Infinityx", "NaNa", "=", "a=b",
        "<xml/>", '"\\ud83d\\u"', '{"a":"b","c"}', '{"a":1;"b":2}', '{"é":1,}',
    ):  # fmt: skip
        yield f"text {text!r}", text
    yield "cut off", good[:-1]
    yield "cut off in a key", good[:40]
    yield "two bodies", good + good
    yield "a comma at the end", good[:-1] + ",}"
    yield "a comment at the end", good + " // done"


def mixtures(count=60, seed=2026):
    """Two to five faults each, drawn from all the values above."""
    rng = random.Random(seed)
    kinds = [
        (p, INT_VALUES) for p in ("train_batch_size", "val_batch_size", "n_evals", "total_train_tokens", "model_seed")
    ]
    kinds += [("max_runtime_seconds", FLOAT_VALUES)]
    for name, value in ARCHITECTURE.items():
        values = (
            BOOL_VALUES
            if isinstance(value, bool)
            else DTYPE_VALUES
            if name == "dtype"
            else FLOAT_VALUES
            if isinstance(value, float)
            else INT_VALUES
        )
        kinds.append(("architecture_config." + name, values))
    kinds += [("optimizer_config." + k, FLOAT_VALUES) for k in (*ADAMW_ONLY, "grad_clip_norm")]
    kinds += [("optimizer_config.lr_scheduler." + k, FLOAT_VALUES) for k in SCHEDULE]
    kinds = [
        (p, [v for v in values if len(dumps(v)) < 80 and "Inf" not in dumps(v) and v not in ("NaN", "1e400", "-1e400")])
        for p, values in kinds
    ]
    for at in range(count):
        drawn = rng.sample(kinds, rng.randint(2, 5))
        changes = [(path, MISSING if rng.random() < 0.1 else rng.choice(values)) for path, values in drawn]
        yield f"mixture {at}", with_changes(*changes)


def all_cases():
    for group in (
        one_value_at_a_time,
        every_field,
        bounds,
        consistency,
        optimizers,
        extra_fields,
        shapes,
        broken_json,
        mixtures,
    ):
        yield from group()
