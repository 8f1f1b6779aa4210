"""Submissions, and how experiments are shown in every state."""

from .bodies import ADAMW_TEXT, SGD_TEXT, Raw, body, stored
from .harness import check, compact, masked

DUPLICATE = '{"detail":"experiment already exists for this training config"}'
NOT_FOUND = '{"detail":"not found"}'


def shown(number, seed, status, **config):
    return f'{{"experiment_id":{number},"training_config":{stored(seed, **config)},"status":{status}}}'


@check("a submission answers with its number and the budget that is left")
def _(t):
    before = t.budget()
    answer = t.post("/submit", body(max_runtime_seconds=2.5, model_seed=next(t.numbers)))
    number = answer.json["experiment_id"]
    used, left = before["used_seconds"] + 2.5, before["remaining_seconds"] - 2.5
    t.expect(
        answer,
        200,
        f'{{"experiment_id":{number},"budget_summary":{{"used_seconds":{used!r},"remaining_seconds":{left!r},"total_budget_seconds":43200.0}}}}',
    )
    t.equal(answer.header("content-type"), "application/json")
    t.equal((type(number), number > 0), (int, True))


@check("numbers of experiments grow")
def _(t):
    numbers = [t.submitted(body(model_seed=next(t.numbers))) for _ in range(4)]
    t.equal(numbers, sorted(set(numbers)))


@check("a queued experiment, to the byte")
def _(t):
    seed = next(t.numbers)
    number = t.submitted(body(model_seed=seed))
    answer = t.expect(t.get(f"/experiment/{number}"), 200)
    t.equal(masked(answer.text), shown(number, seed, '{"queued_at":T,"status_type":"queued"}'))
    t.equal(answer.header("content-type"), "application/json")


@check("a running experiment, to the byte")
def _(t):
    seed = next(t.numbers)
    number = t.submitted(body(model_seed=seed, optimizer_config={"lr_scheduler": {}}))
    queued = t.status(number)["queued_at"]
    t.dispatch(number, "run-ä/1")
    answer = t.get(f"/experiment/{number}")
    expected = '{"queued_at":T,"dispatched_at":T,"run_id":"run-ä/1","val_losses":[],"status_type":"running"}'
    t.equal(masked(answer.text), shown(number, seed, expected, optimizer=SGD_TEXT))
    status = answer.json["status"]
    t.equal((status["queued_at"], status["dispatched_at"] > queued), (queued, True))


@check("a completed experiment, to the byte")
def _(t):
    seed = next(t.numbers)
    number = t.submitted(body(model_seed=seed))
    t.finish(number, "r", 0.75, (3, 2.5, 1e-7))
    expected = (
        '{"queued_at":T,"dispatched_at":T,"run_id":"r","used_runtime_seconds":0.75,"val_losses":[3.0,2.5,1e-7],"completed_at":T,'
        '"status_type":"completed"}'
    )
    answer = t.get(f"/experiment/{number}")
    t.equal(masked(answer.text), shown(number, seed, expected))
    status = answer.json["status"]
    t.equal(status["queued_at"] < status["dispatched_at"] < status["completed_at"], True)


@check("an experiment that ran out of time, to the byte")
def _(t):
    seed = next(t.numbers)
    number = t.submitted(body(model_seed=seed))
    t.dispatch(number, "r")
    t.work(number, "event", {"log_type": "validation_loss", "run_id": "r", "val_losses": [9]})
    reason = {"reason": "timeout", "partial_val_losses": [4, 3.5]}
    t.expect(t.work(number, "finish", {"reason": reason, "used_runtime_seconds": 2, "result_type": "failed"}), 204, "")
    expected = (
        '{"queued_at":T,"dispatched_at":T,"run_id":"r","used_runtime_seconds":2.0,"reason":{"partial_val_losses":[4.0,3.5],"reason":"timeout"},'
        '"failed_at":T,"status_type":"failed"}'
    )
    t.equal(masked(t.get(f"/experiment/{number}").text), shown(number, seed, expected))


@check("an experiment that failed, to the byte")
def _(t):
    seed = next(t.numbers)
    number = t.submitted(body(model_seed=seed))
    t.dispatch(number, "r")
    text = 'Traceback:\n  "x" \\ é 😀 \u2028 </b>\t\x1f'
    t.expect(
        t.work(
            number,
            "finish",
            {"result_type": "failed", "used_runtime_seconds": 0, "reason": {"failure": text, "reason": "unexpected"}},
        ),
        204,
        "",
    )
    quoted = compact(text)
    expected = (
        f'{{"queued_at":T,"dispatched_at":T,"run_id":"r","used_runtime_seconds":0.0,"reason":{{"failure":{quoted},"reason":"unexpected"}},'
        '"failed_at":T,"status_type":"failed"}'
    )
    t.equal(masked(t.get(f"/experiment/{number}").text), shown(number, seed, expected))


@check("the list has every experiment as it is shown alone, the oldest first")
def _(t):
    made = [t.submitted(body(model_seed=next(t.numbers))) for _ in range(3)]
    t.finish(made[0])
    answer = t.expect(t.get("/experiments"), 200)
    numbers = [e["experiment_id"] for e in answer.json]
    t.equal(numbers[-3:], made)
    queued = [e["status"]["queued_at"] for e in answer.json]
    t.equal(queued, sorted(queued))
    t.equal(answer.text.endswith(",".join(t.get(f"/experiment/{n}").text for n in made) + "]"), True)
    t.equal(
        (answer.text[0], answer.header("content-type"), answer.header("content-length")),
        ("[", "application/json", str(len(answer.body))),
    )


@check("another student's experiment is not found, and not listed")
def _(t):
    number = t.submitted(body(model_seed=next(t.numbers)))
    t.expect(t.get(f"/experiment/{number}", t.other_key), 404, NOT_FOUND)
    t.equal(number in [e["experiment_id"] for e in t.get("/experiments", t.other_key).json], False)


@check("another student's experiments do not count in a budget")
def _(t):
    before = t.get("/budget", t.other_key).text
    t.submitted(body(model_seed=next(t.numbers)))
    t.equal(t.get("/budget", t.other_key).text, before)


@check("a second equal submission is 409, in all states of the first")
def _(t):
    text = body(model_seed=next(t.numbers))
    number = t.submitted(text)
    t.equal(t.expect(t.post("/submit", text), 409, DUPLICATE).header("content-type"), "application/json")
    t.dispatch(number, "r")
    t.expect(t.post("/submit", text), 409, DUPLICATE)
    t.work(number, "finish", {"result_type": "completed", "used_runtime_seconds": 1, "val_losses": []})
    t.expect(t.post("/submit", text), 409, DUPLICATE)


@check("a failed experiment blocks its configuration")
def _(t):
    text = body(model_seed=next(t.numbers))
    number = t.submitted(text)
    t.dispatch(number, "r")
    t.expect(
        t.work(
            number,
            "finish",
            {"result_type": "failed", "used_runtime_seconds": 1, "reason": {"failure": "x", "reason": "unexpected"}},
        ),
        204,
    )
    t.expect(t.post("/submit", text), 409, DUPLICATE)


@check("a second equal submission reserves nothing")
def _(t):
    text = body(model_seed=next(t.numbers))
    t.submitted(text)
    before = t.get("/budget").text
    t.expect(t.post("/submit", text), 409)
    t.equal(t.get("/budget").text, before)


@check("another student may submit the same configuration")
def _(t):
    text = body(model_seed=next(t.numbers))
    t.submitted(text)
    t.submitted(text, t.other_key)


@check("equal after conversion and defaults is equal")
def _(t):
    seed = next(t.numbers)
    t.submitted(body(model_seed=seed))
    for same in (
        body(model_seed=str(seed)),
        body(model_seed=seed, train_batch_size="2", max_runtime_seconds=True),
        body(
            ("architecture_config.attention_bias", "off"),
            ("architecture_config.rms_norm_eps", "0.000001"),
            model_seed=float(seed),
        ),
        body(("optimizer_config", Raw(ADAMW_TEXT)), model_seed=seed),
        " " + body(model_seed=seed).replace(",", " ,\n"),
    ):
        t.expect(t.post("/submit", same), 409, DUPLICATE)


for path, value in (
    ("max_runtime_seconds", 1.5),
    ("n_evals", 1),
    ("val_batch_size", 2),
    ("train_batch_size", 1),
    ("total_train_tokens", 4096),
    ("architecture_config.dtype", "bfloat16"),
    ("architecture_config.attention_bias", True),
    ("architecture_config.tie_word_embeddings", True),
    ("architecture_config.rope_theta", 10001),
    ("architecture_config.rms_norm_eps", 1.0000000000000002e-6),
    ("architecture_config.vocab_size", 101),
    ("optimizer_config.eps", 1.0000000000000002e-8),
    ("optimizer_config.grad_clip_norm", None),
    ("optimizer_config.lr_scheduler", {}),
):

    @check(f"another {path} is another configuration")
    def _(t, path=path, value=value):
        seed = next(t.numbers)
        t.submitted(body(model_seed=seed))
        t.submitted(body((path, value), model_seed=seed))


@check("an unknown experiment is not found")
def _(t):
    t.expect(t.get("/experiment/999999999"), 404, NOT_FOUND)
