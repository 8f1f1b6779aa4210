"""What the reference gets wrong: here its answer is taken too, and told; with --strict only a better one is."""

import random

from .bodies import Raw, body
from .harness import JSON, Mismatch, check

REFUSED = (400, 422)
NUMBERS_THAT_ARE_NONE = ("NaN", "Infinity", "-Infinity", "1e400", "-1e400")
PLACES = (
    "architecture_config.head_dim",
    "architecture_config.rms_norm_eps",
    "optimizer_config.eps",
    "optimizer_config.grad_clip_norm",
    "optimizer_config.lr_scheduler.peak_value",
    "total_train_tokens",
    "max_runtime_seconds",
    "model_seed",
    "extra",
)


def losses(count):
    drawn = random.Random(count)
    return [drawn.uniform(1, 10) for _ in range(count)]


def running(t, evaluations=16):
    number = t.submitted(body(model_seed=next(t.numbers), n_evals=evaluations, total_train_tokens=1024 * evaluations))
    t.dispatch(number, "r")
    return number


def failed(text):
    return {"result_type": "failed", "used_runtime_seconds": 1, "reason": {"reason": "unexpected", "failure": text}}


for literal in NUMBERS_THAT_ARE_NONE:
    for place in PLACES:

        @check(f"improved: {place} of {literal} is refused")
        def _(t, place=place, literal=literal):
            t.one_of(t.post("/submit", body((place, Raw(literal)), model_seed=next(t.numbers))), REFUSED)

    @check(f"improved: a loss of {literal} from a worker is taken or refused, and the experiment stays readable")
    def _(t, literal=literal):
        number = running(t)
        for what, text in (
            ("event", f'{{"log_type":"validation_loss","run_id":"r","val_losses":[2.5,{literal}]}}'),
            ("finish", f'{{"result_type":"completed","used_runtime_seconds":1,"val_losses":[2.5,{literal}]}}'),
        ):
            answer = t.work(number, what, text)
            t.equal(None in t.status(number).get("val_losses", []), False)
            t.one_of(answer, (204, 422))

    @check(f"improved: a runtime of {literal} is taken or refused, and the budget stays a number")
    def _(t, literal=literal):
        answer = t.work(
            running(t), "finish", f'{{"result_type":"completed","used_runtime_seconds":{literal},"val_losses":[1]}}'
        )
        t.equal(type(t.budget()["used_seconds"]), float)
        t.one_of(answer, (204, 422))

    @check(f"improved: a predicted loss of {literal} is refused")
    def _(t, literal=literal):
        text = f'{{"training_config":{body()},"predicted_final_loss":{literal}}}'
        t.one_of(t.post("/final_submission", text), REFUSED, reference=(0, 200, 500))


for text in ("nan", "inf", "-inf", "infinity", "NaN", "1e400"):

    @check(f"improved: a rate of {text!r} is refused")
    def _(t, text=text):
        t.one_of(
            t.post("/submit", body(("optimizer_config.lr_scheduler.peak_value", text), model_seed=next(t.numbers))),
            REFUSED,
        )


for count in (230, 512, 4096):

    @check(f"improved: {count} losses are kept")
    def _(t, count=count):
        number, given = running(t, count), losses(count)
        answer = t.work(number, "event", {"log_type": "validation_loss", "run_id": "r", "val_losses": given})
        t.one_of(answer, (204,), lambda _: t.status(number)["val_losses"] == given)
        t.expect(
            t.work(number, "finish", {"result_type": "completed", "used_runtime_seconds": 1, "val_losses": given}), 204
        )
        t.equal(t.status(number)["val_losses"], given)


@check("improved: a long text of a failure is kept, as much as its beginning")
def _(t):
    number = running(t)
    text = "".join(random.Random(1).choices("abcdefghijklmnopqrstuvwxyz \n", k=20000))
    t.one_of(
        t.work(number, "finish", failed(text)),
        (204,),
        lambda _: t.status(number)["reason"]["failure"].startswith(text[:1000]),
    )


@check("improved: a NUL in the text of a failure does not lose the failure")
def _(t):
    number = running(t)
    t.one_of(t.work(number, "finish", failed("a\0b")), (204,), lambda _: t.status(number)["status_type"] == "failed")


@check("improved: half a surrogate pair in the text of a failure does no harm")
def _(t):
    number = running(t)
    answer = t.work(
        number,
        "finish",
        '{"result_type":"failed","used_runtime_seconds":1,"reason":{"reason":"unexpected","failure":"a\\ud83d"}}',
    )
    t.experiment(number)
    t.one_of(answer, (204, *REFUSED))


@check("improved: a NUL in the run_id of an event does no harm")
def _(t):
    t.one_of(t.work(running(t), "event", {"log_type": "preempted", "run_id": "a\0"}), (204, 422))


@check("improved: a negative runtime is refused or charged as the least")
def _(t):
    before, number = t.budget()["used_seconds"], running(t)
    answer = t.work(number, "finish", {"result_type": "completed", "used_runtime_seconds": -5, "val_losses": [1]})
    t.equal(t.budget()["used_seconds"], before + 1)
    t.one_of(answer, (204, 422))


for text in ("9223372036854775808", "-9223372036854775809", "99999999999999999999", "1" * 4000, "1" * 5000):

    @check(f"improved: an experiment number of {len(text)} digits from {text[:3]} is none")
    def _(t, text=text):
        t.one_of(t.get("/experiment/" + text), (404, 422))
        t.one_of(t.work(text, "event", {"log_type": "preempted", "run_id": "r"}), (404, 422))


@check("improved: an integer of 5000 digits is refused")
def _(t):
    t.one_of(t.post("/submit", body(model_seed=Raw("1" * 5000))), REFUSED)


for label, change in (
    ("a seed of 4000 digits", ("model_seed", 10**3999)),
    ("10^12 layers", ("architecture_config.num_hidden_layers", 10**12)),
    ("a rate of 1e308", ("optimizer_config.lr_scheduler.peak_value", 1e308)),
    ("a vocabulary of 10^30", ("architecture_config.vocab_size", 10**30)),
):

    @check(f"improved: {label} is refused, or accepted as the reference does")
    def _(t, change=change):
        path, value = change
        seed = {} if path == "model_seed" else {"model_seed": next(t.numbers)}
        answer = t.post("/submit", body((path, value), **seed))
        if answer.status not in (200, 409, 400, 422):
            raise Mismatch("200, 400 or 422", answer)


@check("improved: zero with a sign is zero without one, for duplicates")
def _(t):
    seed = next(t.numbers)
    t.submitted(body(("optimizer_config.weight_decay", 0.0), model_seed=seed))
    t.one_of(
        t.post("/submit", body(("optimizer_config.weight_decay", -0.0), model_seed=seed)), (409,), reference=(200,)
    )


@check("improved: half a surrogate pair is refused")
def _(t):
    for sent in ('"\\ud83d"', '{"\\udc00":1}'):
        t.one_of(t.post("/submit", sent), REFUSED)


@check("improved: encoded surrogates are refused")
def _(t):
    t.one_of(t.post("/submit", b'"\xed\xa0\xbd"'), REFUSED)


@check("improved: bytes of another type that are no text are refused")
def _(t):
    t.one_of(
        t.send("POST", "/submit", b"\xff\xfe\x00", {"X-API-Key": t.key, "Content-Type": "application/octet-stream"}),
        (400, 415, 422),
    )


for depth in (300, 900, 3000):

    @check(f"improved: arrays {depth} deep are refused")
    def _(t, depth=depth):
        t.one_of(t.post("/submit", body(("o", Raw("[" * depth + "]" * depth)))), REFUSED)
        t.one_of(t.post("/submit", body(("o", Raw('{"a":' * depth + "1" + "}" * depth)))), REFUSED)


@check("improved: a body of 12 MB is refused, and not echoed")
def _(t):
    answer = t.post("/submit", '{"z":"' + "a" * 12_000_000 + '"}')
    t.one_of(answer, (413, *REFUSED), lambda a: len(a.body) < 1_000_000, reference=(422,))


@check("improved: a loss of null is refused, or taken as one that is no number")
def _(t):
    number = running(t)
    answer = t.work(
        number, "finish", {"result_type": "completed", "used_runtime_seconds": 1, "val_losses": [2.5, None]}
    )
    if answer.status not in (204, 422):
        raise Mismatch("204 or 422", answer)
    t.equal(None in t.status(number).get("val_losses", []), False)


@check("improved: the server still answers after all this")
def _(t):
    t.expect(t.get("/budget"), 200)
    t.expect(t.send("POST", "/submit", "{", JSON), 422)
