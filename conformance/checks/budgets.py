"""What experiments cost: all they may use while they wait and run, what they used at the end."""

from .bodies import body
from .harness import check, compact


def summary(used):
    return f'{{"used_seconds":{used!r},"remaining_seconds":{43200.0 - used!r},"total_budget_seconds":43200.0}}'


def refused(used):
    return f'{{"detail":{{"message":"insufficient budget","budget_summary":{summary(used)}}}}}'


@check("a budget, to the byte")
def _(t):
    answer = t.expect(t.get("/budget"), 200)
    t.equal(answer.text, summary(answer.json["used_seconds"]))
    t.equal((answer.header("content-type"), type(answer.json["used_seconds"])), ("application/json", float))


@check("a queued and a running experiment cost all they may use")
def _(t):
    before = t.budget()["used_seconds"]
    number = t.submitted(body(max_runtime_seconds=8.5, model_seed=next(t.numbers)))
    t.equal(t.get("/budget").text, summary(before + 8.5))
    t.dispatch(number, "r")
    t.work(number, "event", {"log_type": "run_heartbeat", "run_id": "r", "elapsed_seconds": 3})
    t.equal(t.get("/budget").text, summary(before + 8.5))


REASONS = {
    "timeout": {"reason": "timeout", "partial_val_losses": []},
    "unexpected": {"reason": "unexpected", "failure": "f"},
}

for used, cost in ((0, 1.0), (0.25, 1.0), (1, 1.0), (1.5, 1.5), (4.75, 4.75), (8, 8.0), (8.0000001, 8.0), (1e9, 8.0)):
    for result in ("completed", "timeout", "unexpected"):

        @check(f"8 seconds reserved, {used} used, {result}: {cost} charged")
        def _(t, used=used, cost=cost, result=result):
            before = t.budget()["used_seconds"]
            number = t.submitted(body(max_runtime_seconds=8, model_seed=next(t.numbers)))
            t.dispatch(number, "r")
            told = (
                {"result_type": "completed", "val_losses": []}
                if result == "completed"
                else {"result_type": "failed", "reason": REASONS[result]}
            )
            t.expect(t.work(number, "finish", {"used_runtime_seconds": used, **told}), 204, "")
            t.equal(t.get("/budget").text, summary(before + cost))
            t.equal(
                f'"used_runtime_seconds":{ {1e9: "1000000000.0"}.get(used, repr(float(used))) }'
                in t.get(f"/experiment/{number}").text,
                True,
            )


@check("more than the remainder is refused with the budget as it was, exactly the remainder is not")
def _(t):
    t.can_dispatch()
    small = body(model_seed=next(t.numbers))
    t.submitted(small)
    left = t.budget()["remaining_seconds"]
    answer = t.post("/submit", body(max_runtime_seconds=min(43200, left + 0.5), model_seed=next(t.numbers)))
    t.expect(answer, 400, refused(43200 - left))
    t.equal(answer.header("content-type"), "application/json")
    t.equal(t.get("/budget").text, summary(43200 - left))
    whole = t.post("/submit", body(max_runtime_seconds=left, model_seed=next(t.numbers)))
    number = t.expect(whole, 200).json["experiment_id"]
    try:
        t.expect(whole, 200, f'{{"experiment_id":{number},"budget_summary":{summary(43200.0)}}}')
        t.equal(
            t.get("/budget").text, '{"used_seconds":43200.0,"remaining_seconds":0.0,"total_budget_seconds":43200.0}'
        )
        t.expect(t.post("/submit", body(model_seed=next(t.numbers))), 400, refused(43200.0))
        t.expect(t.post("/submit", small), 400, refused(43200.0))  # looked at before the duplicate
        t.expect(t.post("/submit", body(max_runtime_seconds=0.5)), 422)  # but after the fields
        t.expect(t.post("/submit", body(total_train_tokens=2049)), 422)  # and the rules
        t.equal(number in [e["experiment_id"] for e in t.get("/experiments").json], True)
    finally:
        t.finish(number)
    t.equal(t.get("/budget").text, summary(43200 - left + 1))
    t.expect(t.post("/submit", small), 409)


@check("a refused submission leaves no experiment behind")
def _(t):
    t.submitted(body(model_seed=next(t.numbers)))
    before = t.get("/experiments").text
    t.expect(t.post("/submit", body(max_runtime_seconds=43200, model_seed=next(t.numbers))), 400)
    t.equal(t.get("/experiments").text, before)


@check("the budget is the sum of what the list shows")
def _(t):
    def cost(experiment):
        status, most = experiment["status"], experiment["training_config"]["max_runtime_seconds"]
        return min(max(1.0, status["used_runtime_seconds"]), most) if "used_runtime_seconds" in status else most

    total = sum(cost(e) for e in t.get("/experiments").json)
    if abs(t.budget()["used_seconds"] - total) > 1e-6:
        t.equal(compact(t.budget()), summary(total))
