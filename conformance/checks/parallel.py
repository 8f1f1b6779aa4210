"""Many submissions at once: no budget is overspent, and no configuration is taken twice."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor

from .bodies import body
from .harness import check


def at_once(tasks):
    with ThreadPoolExecutor(len(tasks)) as pool:
        return list(pool.map(lambda task: task(), tasks))


@check("of 40 submissions at once as many are taken as the budget pays for, and the others refused")
def _(t):
    t.can_dispatch()
    left = t.budget(t.other_key)["remaining_seconds"]
    each = left // 10
    texts = [body(max_runtime_seconds=each, model_seed=next(t.numbers)) for _ in range(40)]
    answers = at_once([lambda text=text: t.post("/submit", text, t.other_key) for text in texts])
    taken = [a.json["experiment_id"] for a in answers if a.status == 200]
    after = t.budget(t.other_key)
    at_once([lambda n=n: t.finish(n) for n in taken] or [lambda: None])
    t.equal(dict(Counter(a.status for a in answers)), dict(Counter({200: 10, 400: 30})))
    t.equal((after["remaining_seconds"], len(set(taken))), (left - 10 * each, 10))
    t.equal(t.budget(t.other_key)["remaining_seconds"], left - 10)
    said = sorted(a.json["budget_summary"]["remaining_seconds"] for a in answers if a.status == 200)
    t.equal(said, sorted(left - k * each for k in range(1, 11)))


@check("of 24 equal submissions at once one is taken and 23 are duplicates")
def _(t):
    text = body(model_seed=next(t.numbers))
    before = t.budget()["used_seconds"]
    statuses = [a.status for a in at_once([lambda: t.post("/submit", text)] * 24)]
    t.equal(sorted(statuses), [200] + [409] * 23)
    t.equal(t.budget()["used_seconds"], before + 1)


@check("of 16 equal finishes at once one counts")
def _(t):
    t.can_dispatch()
    before = t.budget()["used_seconds"]
    number = t.submitted(body(max_runtime_seconds=8, model_seed=next(t.numbers)))
    t.dispatch(number, "r")
    payloads = [{"result_type": "completed", "used_runtime_seconds": k + 1, "val_losses": [k]} for k in range(4)] * 4
    answers = at_once([lambda p=p: t.work(number, "finish", p) for p in payloads])
    t.equal(204 in [a.status for a in answers], True)
    status = t.status(number)
    t.equal(status["used_runtime_seconds"], status["val_losses"][0] + 1)
    t.equal(t.budget()["used_seconds"], before + status["used_runtime_seconds"])


@check("readers at once see whole answers")
def _(t):
    tasks = [lambda path=path: t.get(path) for path in ("/budget", "/experiments", "/final_submission", "/nope") * 10]
    answers = at_once(tasks)
    t.equal(sorted({a.status for a in answers}), [200, 404])
    t.equal(len({a.header("x-request-id") for a in answers}), 40)
