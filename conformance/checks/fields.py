"""Every field of a configuration: its type, its bounds, and what is converted to it."""

from .bodies import ARCHITECTURE, BASE, MISSING, Raw, body, error, refusal
from .harness import check

NO_INT, NO_FLOAT, NO_BOOL = (
    "Input should be a valid integer",
    "Input should be a valid number",
    "Input should be a valid boolean",
)
NO_OBJECT = "Input should be a valid dictionary or object to extract fields from"
INTS = [k for k, v in ARCHITECTURE.items() if type(v) is int]
BOOLS = [k for k, v in ARCHITECTURE.items() if type(v) is bool]
TOP_INTS = ("train_batch_size", "val_batch_size", "n_evals", "total_train_tokens", "model_seed")


def where(name):
    """The place of a field in a body, as a path and as the elements of a loc."""
    return ("architecture_config." + name, ["architecture_config", name]) if name in ARCHITECTURE else (name, [name])


for name in (*INTS, *TOP_INTS):
    path, loc = where(name)

    @check(f"{name} has to be an integer")
    def _(t, path=path, loc=loc):
        for value in (None, [], [1], {}, {"a": None}):
            t.refuses(body((path, value)), error("int_type", loc, NO_INT, value))
        for value in (
            "x",
            "",
            " ",
            "1.5",
            "1e3",
            "0x10",
            "1__0",
            "_1",
            "1_",
            "٨",
            "+-1",
            "1.",
            ".0",
            "true",
            "nan",
            "1 0",
        ):
            t.refuses(
                body((path, value)), error("int_parsing", loc, NO_INT + ", unable to parse string as an integer", value)
            )
        for value in (1.5, -0.5, 1e-9):
            t.refuses(
                body((path, value)),
                error("int_from_float", loc, NO_INT + ", got a number with a fractional part", value),
            )
        for value in (1e19, -1e300):
            t.refuses(
                body((path, value)),
                error(
                    "int_parsing_size", loc, "Unable to parse input string as an integer, exceeded maximum size", value
                ),
            )


for name in BOOLS:
    path, loc = where(name)

    @check(f"{name} has to be true or false")
    def _(t, path=path, loc=loc):
        for value in (None, [], {}, 0.5):
            t.refuses(body((path, value)), error("bool_type", loc, NO_BOOL, value))
        for value in (2, -1, 2.0, "", " true", "ja", "1.0", "null"):
            t.refuses(body((path, value)), error("bool_parsing", loc, NO_BOOL + ", unable to interpret input", value))


for name in ("rms_norm_eps", "max_runtime_seconds"):
    path, loc = where(name)

    @check(f"{name} has to be a number")
    def _(t, path=path, loc=loc):
        for value in (None, [], [0.5], {}):
            t.refuses(body((path, value)), error("float_type", loc, NO_FLOAT, value))
        for value in ("", " ", "x", "1,5", "0x1", "1__0", "_1", "٠.٥", "1 0", "True", "1.5f"):
            t.refuses(
                body((path, value)),
                error("float_parsing", loc, NO_FLOAT + ", unable to parse string as a number", value),
            )


@check("dtype has to be one of two words")
def _(t):
    for value in ("float16", "Float32", "float32 ", "", None, 1, True, 1.5, ["float32"], {}):
        t.refuses(
            body(("architecture_config.dtype", value)),
            error(
                "literal_error",
                ["architecture_config", "dtype"],
                "Input should be 'float32' or 'bfloat16'",
                value,
                expected="'float32' or 'bfloat16'",
            ),
        )


for name in (*ARCHITECTURE, *(k for k in BASE if k != "n_evals")):
    path, loc = where(name)

    @check(f"{name} is required")
    def _(t, path=path, loc=loc):
        whole = ARCHITECTURE if len(loc) == 2 else BASE
        t.refuses(
            body((path, MISSING)),
            error("missing", loc, "Field required", {k: v for k, v in whole.items() if k != loc[-1]}),
        )


for name, bound, values in (
    ("train_batch_size", "gt", (0, -1, "0", 0.0, False, Raw("-0"))),
    ("val_batch_size", "gt", (0, -5, "-3", -2.0, False)),
    ("n_evals", "gt", (0, -1, "-0", -1.0)),
    ("total_train_tokens", "gt", (0, -512, "0", False)),
    ("model_seed", "ge", (-1, "-1", -3.0)),
    ("max_runtime_seconds", "ge", (0, 0.9999999999999999, -1, "0.5", False, Raw("-0.0"))),
):
    at_least = {"gt": ("greater_than", "greater than 0"), "ge": ("greater_than_equal", "greater than or equal to 0")}[
        bound
    ]
    if name == "max_runtime_seconds":
        at_least = ("greater_than_equal", "greater than or equal to 1")

    @check(f"{name} has to be {at_least[1]}")
    def _(t, name=name, bound=bound, values=values, at_least=at_least):
        limit = 1.0 if name == "max_runtime_seconds" else 0
        for value in values:
            shown = {"-0": 0, "-0.0": -0.0}[value] if isinstance(value, Raw) else value
            t.refuses(
                body(**{name: value}),
                error(at_least[0], [name], f"Input should be {at_least[1]}", shown, **{bound: limit}),
            )


@check("total_train_tokens has a greatest value")
def _(t):
    message = "Input should be less than or equal to 500000000000"
    for value in (500000000001, "500000000001", 500000000512.0, 10**30):
        t.refuses(
            body(total_train_tokens=value),
            error("less_than_equal", ["total_train_tokens"], message, value, le=500000000000),
        )


@check("max_runtime_seconds has a greatest value")
def _(t):
    message = "Input should be less than or equal to 43200"
    for value in (43200.00000000001, 43201, "43201", 1e300, "1e5", 10**20):
        t.refuses(
            body(max_runtime_seconds=value),
            error("less_than_equal", ["max_runtime_seconds"], message, value, le=43200.0),
        )


@check("architecture_config has to be an object")
def _(t):
    for value in (None, [], "x", 1, True, 1.5, [ARCHITECTURE]):
        t.refuses(
            body(architecture_config=value), error("model_attributes_type", ["architecture_config"], NO_OBJECT, value)
        )


@check("a body has to be an object")
def _(t):
    for text, value in (
        ("[]", []),
        ("[{}]", [{}]),
        ("1", 1),
        ("1.0", 1.0),
        ("true", True),
        ('"x"', "x"),
        ('""', ""),
        ("1E5", 1e5),
        ("0", 0),
        ("false", False),
    ):
        t.refuses(text, error("model_attributes_type", [], NO_OBJECT, value))


@check("null is a missing body")
def _(t):
    t.refuses("null", error("missing", [], "Field required", None))


@check("an empty object misses six fields")
def _(t):
    t.refuses("{}", *(error("missing", [name], "Field required", {}) for name in BASE if name != "n_evals"))


@check("an empty architecture misses twelve fields")
def _(t):
    t.refuses(
        body(architecture_config={}),
        *(error("missing", ["architecture_config", name], "Field required", {}) for name in ARCHITECTURE),
    )


for place, path, loc in (("the top", "", []), ("the architecture", "architecture_config.", ["architecture_config"])):

    @check(f"a field too many at {place} is refused")
    def _(t, path=path, loc=loc):
        for key, value in (
            ("seq_len", 512),
            ("use_sliding_window", False),
            ("größe", "αβ😀"),
            ("Head_dim", None),
            ("a b", [1, {"c": None}]),
            ("n_val_tokens", 262144),
            ("<&>", "</\u2028\x7f"),
        ):
            t.refuses(
                body((path + key, value)),
                error("extra_forbidden", [*loc, key], "Extra inputs are not permitted", value),
            )


@check("errors come in the order of the fields, those of fields too many after them")
def _(t):
    t.refuses(
        body(
            ("z", 1),
            ("max_runtime_seconds", 0),
            ("architecture_config.y", 2),
            ("architecture_config.vocab_size", "v"),
            ("architecture_config.head_dim", 0.5),
            ("a", 3),
            ("train_batch_size", MISSING),
            ("model_seed", -1),
        ),
        error(
            "int_from_float", ["architecture_config", "head_dim"], NO_INT + ", got a number with a fractional part", 0.5
        ),
        error(
            "int_parsing", ["architecture_config", "vocab_size"], NO_INT + ", unable to parse string as an integer", "v"
        ),
        error("extra_forbidden", ["architecture_config", "y"], "Extra inputs are not permitted", 2),
        error(
            "missing",
            ["train_batch_size"],
            "Field required",
            {
                **{k: v for k, v in BASE.items() if k != "train_batch_size"},
                "max_runtime_seconds": 0,
                "architecture_config": {**ARCHITECTURE, "head_dim": 0.5, "vocab_size": "v", "y": 2},
                "z": 1,
                "a": 3,
                "model_seed": -1,
            },
        ),
        error("greater_than_equal", ["max_runtime_seconds"], "Input should be greater than or equal to 1", 0, ge=1.0),
        error("greater_than_equal", ["model_seed"], "Input should be greater than or equal to 0", -1, ge=0),
        error("extra_forbidden", ["z"], "Extra inputs are not permitted", 1),
        error("extra_forbidden", ["a"], "Extra inputs are not permitted", 3),
    )


@check("what is echoed is written anew: numbers, escapes, spaces, keys that came twice")
def _(t):
    numbers = "[1.0,1e5,1E-7,0.00001,1e16,1e15,-0.0,-0,1e22,123456789012345678901234567890]"
    shown = "[1.0,100000.0,1e-07,1e-05,1e+16,1000000000000000.0,-0.0,0,1e+22,123456789012345678901234567890]"
    for sent, written in (
        (numbers, shown),
        ('"\\u00e9\\/\\u0001\\ud83d\\ude00"', '"é/\\u0001😀"'),
        ('[ {"b":1,"a":2,"b":3} , null]', '[{"b":3,"a":2},null]'),
    ):
        answer = t.post("/submit", body(("o", Raw(sent))))
        t.expect(answer, 422, refusal("extra_forbidden", ["o"], "Extra inputs are not permitted", written))


@check("the last of two equal fields counts")
def _(t):
    answer = t.post("/submit", body()[:-1] + ',"val_batch_size":-7}')
    t.expect(
        answer, 422, {"detail": [error("greater_than", ["val_batch_size"], "Input should be greater than 0", -7, gt=0)]}
    )
