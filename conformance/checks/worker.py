"""What workers report, and how little of it changes an experiment."""

from .bodies import EVENTS, body
from .harness import check, compact

UNKNOWN = '{"detail":"experiment not found"}'
DONE = {"used_runtime_seconds": 1, "val_losses": [2], "result_type": "completed"}
FAILED = {"used_runtime_seconds": 1, "reason": {"failure": "f", "reason": "unexpected"}, "result_type": "failed"}


def queued(t):
    return t.submitted(body(model_seed=next(t.numbers)))


def running(t, run_id="r"):
    number = queued(t)
    t.dispatch(number, run_id)
    return number


for kind, event in EVENTS.items():

    @check(f"the event {kind} is 204 without a body, whatever the state of the experiment")
    def _(t, event=event):
        number = queued(t)
        before = t.get(f"/experiment/{number}").text
        answer = t.expect(t.work(number, "event", event), 204, "")
        t.equal(answer.header("content-length"), None)
        t.equal(t.get(f"/experiment/{number}").text, before)
        t.finish(number)
        before = t.get(f"/experiment/{number}").text
        t.expect(t.work(number, "event", event), 204, "")
        t.equal(t.get(f"/experiment/{number}").text, before)

    @check(f"the event {kind} of an unknown experiment is 404")
    def _(t, event=event):
        t.expect(t.work(999999999, "event", event), 404, UNKNOWN)


@check("events that do not report losses leave a running experiment as it is")
def _(t):
    number = running(t)
    before = t.get(f"/experiment/{number}").text
    for kind in ("run_started", "run_heartbeat", "preempted"):
        t.expect(t.work(number, "event", EVENTS[kind]), 204, "")
    t.expect(t.work(number, "event", {**EVENTS["run_started"], "wandb_path": "a/b/c"}), 204, "")
    t.equal(t.get(f"/experiment/{number}").text, before)


@check("reported losses replace those before")
def _(t):
    number = running(t)
    for losses, text in (
        ([3], "[3.0]"),
        ([3, 2.5, 2], "[3.0,2.5,2.0]"),
        ([1e-7, 1e22, "4", True, -0.5], "[1e-7,1e22,4.0,1.0,-0.5]"),
        ([], "[]"),
        ([0.1] * 100, compact([0.1] * 100)),
    ):
        t.expect(t.work(number, "event", {**EVENTS["validation_loss"], "val_losses": losses}), 204, "")
        t.equal(
            f'"run_id":"r","val_losses":{text},"status_type":"running"}}}}' in t.get(f"/experiment/{number}").text, True
        )


@check("losses of another run count for nothing")
def _(t):
    number = running(t, "mine")
    for run_id in ("other", "", "Mine", "mine "):
        t.expect(t.work(number, "event", {"log_type": "validation_loss", "run_id": run_id, "val_losses": [7]}), 204, "")
    t.equal(t.status(number)["val_losses"], [])


@check("the losses of the finish count, not those reported before")
def _(t):
    number = running(t)
    t.work(number, "event", EVENTS["validation_loss"])
    t.work(number, "finish", {**DONE, "val_losses": [9, 8]})
    t.equal(t.status(number)["val_losses"], [9.0, 8.0])


@check("a finish of an unknown experiment is 404")
def _(t):
    t.expect(t.work(999999999, "finish", DONE), 404, UNKNOWN)
    t.expect(t.work(999999999, "finish", FAILED), 404, UNKNOWN)


@check("a finish may give numbers as texts, and fields in any order")
def _(t):
    number = running(t)
    t.expect(
        t.work(number, "finish", '{"result_type":"completed","val_losses":["1",true],"used_runtime_seconds":" 1e0 "}'),
        204,
        "",
    )
    status = t.status(number)
    t.equal((status["used_runtime_seconds"], status["val_losses"]), (1.0, [1.0, 1.0]))


@check("a finish of a queued experiment changes nothing")
def _(t):
    number = queued(t)
    before = t.get(f"/experiment/{number}").text
    answer = t.work(number, "finish", DONE)
    t.equal(t.get(f"/experiment/{number}").text, before)
    t.one_of(answer, (409,))


@check("a finish of another result than the first changes nothing")
def _(t):
    number = running(t)
    t.expect(t.work(number, "finish", DONE), 204, "")
    before = t.get(f"/experiment/{number}").text
    answers = [
        t.work(number, "finish", other)
        for other in (FAILED, {**DONE, "val_losses": [1]}, {**DONE, "used_runtime_seconds": 2})
    ]
    t.equal(t.get(f"/experiment/{number}").text, before)
    for answer in answers:
        t.one_of(answer, (409,))


@check("a finish that is said twice is taken once, and well")
def _(t):
    number = running(t)
    t.expect(t.work(number, "finish", DONE), 204, "")
    before = t.get(f"/experiment/{number}").text
    again = t.work(number, "finish", DONE)
    t.equal(t.get(f"/experiment/{number}").text, before)
    t.one_of(again, (204,))
