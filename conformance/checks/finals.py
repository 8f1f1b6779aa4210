"""The final submission: one of each student, replaced as often as they like."""

from .bodies import BASE, SGD_TEXT, Raw, body, broken_rule, error, stored
from .harness import check, compact, masked

NO_FLOAT = "Input should be a valid number"
SEED = 7


def final(loss="2.5", config=None, more=""):
    return f'{{"training_config":{config or body(model_seed=SEED)},"predicted_final_loss":{loss}{more}}}'


def refuses(t, text, *errors):
    t.refuses(text, *errors, path="/final_submission")


@check("without a final submission the answer is null")
def _(t):
    t.equal(t.expect(t.get("/final_submission", t.other_key), 200, "null").header("content-type"), "application/json")


@check("a final submission, to the byte, and read back the same")
def _(t):
    answer = t.expect(t.post("/final_submission", final()), 200)
    t.equal(masked(answer.text), f'{{"training_config":{stored(SEED)},"predicted_final_loss":2.5,"submitted_at":T}}')
    t.equal(answer.header("content-type"), "application/json")
    t.expect(t.get("/final_submission"), 200, answer.text)


@check("a later final submission replaces the earlier one")
def _(t):
    first = t.post("/final_submission", final("3")).json
    answer = t.expect(
        t.post("/final_submission", final("1e-7", body(model_seed=SEED, optimizer_config={"lr_scheduler": {}}))), 200
    )
    t.equal(
        masked(answer.text),
        f'{{"training_config":{stored(SEED, SGD_TEXT)},"predicted_final_loss":1e-7,"submitted_at":T}}',
    )
    t.expect(t.get("/final_submission"), 200, answer.text)
    t.equal(first["submitted_at"] < answer.json["submitted_at"], True)


@check("an equal final submission may come again, with a new time")
def _(t):
    first, second = (t.expect(t.post("/final_submission", final()), 200) for _ in range(2))
    t.equal((masked(first.text), first.text == second.text), (masked(second.text), False))


@check("a final submission costs nothing, and is no experiment")
def _(t):
    before = t.get("/budget").text, t.get("/experiments").text
    t.expect(t.post("/final_submission", final(config=body(max_runtime_seconds=43200))), 200)
    t.equal((t.get("/budget").text, t.get("/experiments").text), before)


@check("a final submission is seen by its student alone")
def _(t):
    t.expect(t.post("/final_submission", final()), 200)
    t.expect(t.get("/final_submission", t.other_key), 200, "null")


for loss, text in (
    ("2", "2.0"),
    ('"2.5"', "2.5"),
    ("true", "1.0"),
    ("1e16", "1e16"),
    ("3.0000000000000004", "3.0000000000000004"),
    ("5e-324", "5e-324"),
    ("1e30", "1e30"),
    ('" 1e1 "', "10.0"),
):

    @check(f"a predicted loss {loss} is stored as {text}")
    def _(t, loss=loss, text=text):
        answer = t.expect(t.post("/final_submission", final(loss)), 200)
        t.equal(f'"predicted_final_loss":{text},"submitted_at"' in answer.text, True)
        t.expect(t.get("/final_submission"), 200, answer.text)


@check("a predicted loss has to be positive")
def _(t):
    for loss, value in (
        ("0", 0),
        ("-1", -1),
        ("0.0", 0.0),
        ("-0.0", -0.0),
        ('"0"', "0"),
        ("false", False),
        ("1e-400", 0.0),
        ("-1e300", -1e300),
    ):
        refuses(
            t,
            final(loss),
            error("greater_than", ["predicted_final_loss"], "Input should be greater than 0", value, gt=0.0),
        )


@check("a predicted loss has to be a number")
def _(t):
    for value in (None, [], {}):
        refuses(t, final(compact(value)), error("float_type", ["predicted_final_loss"], NO_FLOAT, value))
    for value in ("x", "", "2,5"):
        refuses(
            t,
            final(compact(value)),
            error("float_parsing", ["predicted_final_loss"], NO_FLOAT + ", unable to parse string as a number", value),
        )


@check("both parts of a final submission are required")
def _(t):
    refuses(
        t,
        "{}",
        *(error("missing", [name], "Field required", {}) for name in ("training_config", "predicted_final_loss")),
    )
    refuses(
        t,
        '{"predicted_final_loss":1}',
        error("missing", ["training_config"], "Field required", {"predicted_final_loss": 1}),
    )


@check("a final submission takes no other field")
def _(t):
    refuses(
        t,
        final(more=',"submitted_at":"now"'),
        error("extra_forbidden", ["submitted_at"], "Extra inputs are not permitted", "now"),
    )


@check("errors of a final submission come in the order of its fields")
def _(t):
    refuses(
        t,
        '{"z":1,"predicted_final_loss":-1,"training_config":'
        + body(("z", 2), optimizer_config={"lr_scheduler": {}, "beta1": "x"}, val_batch_size=0)
        + "}",
        error(
            "extra_forbidden",
            ["training_config", "optimizer_config", "SGDConfig", "beta1"],
            "Extra inputs are not permitted",
            "x",
        ),
        error(
            "float_parsing",
            ["training_config", "optimizer_config", "AdamWConfig", "beta1"],
            NO_FLOAT + ", unable to parse string as a number",
            "x",
        ),
        error("greater_than", ["training_config", "val_batch_size"], "Input should be greater than 0", 0, gt=0),
        error("extra_forbidden", ["training_config", "z"], "Extra inputs are not permitted", 2),
        error("greater_than", ["predicted_final_loss"], "Input should be greater than 0", -1, gt=0.0),
        error("extra_forbidden", ["z"], "Extra inputs are not permitted", 1),
    )


@check("a rule of the configuration is told beside errors of the final submission")
def _(t):
    text = body(n_evals=3)
    answer = t.post("/final_submission", f'{{"training_config":{text},"predicted_final_loss":0}}')
    rule = broken_rule("total optimizer steps must be divisible by n_evals", text, ["training_config"])
    other = compact(error("greater_than", ["predicted_final_loss"], "Input should be greater than 0", 0, gt=0.0))
    t.expect(answer, 422, rule.removesuffix("]}") + f",{other}]}}")


@check("a training_config has to be an object")
def _(t):
    for value in (None, [], "x", 1):
        refuses(
            t,
            final(config=Raw(compact(value))),
            error(
                "model_attributes_type",
                ["training_config"],
                "Input should be a valid dictionary or object to extract fields from",
                value,
            ),
        )
    refuses(
        t,
        final(config="{}"),
        *(error("missing", ["training_config", name], "Field required", {}) for name in BASE if name != "n_evals"),
    )


@check("a refused final submission leaves the last one")
def _(t):
    before = t.expect(t.post("/final_submission", final()), 200).text
    t.expect(t.post("/final_submission", final("0")), 422)
    t.expect(t.get("/final_submission"), 200, before)
