"""The shape of what workers report: events and finishes that are refused, and how."""

from .bodies import EVENTS, error
from .harness import check, compact
from .worker import DONE, FAILED

EXTRA, REQUIRED, NO_FLOAT = "Extra inputs are not permitted", "Field required", "Input should be a valid number"
UNPARSED = NO_FLOAT + ", unable to parse string as a number"
NO_OBJECT = "Input should be a valid dictionary or object to extract fields from"
KINDS = "'run_started', 'validation_loss', 'run_heartbeat', 'preempted'"


def refuses(t, what, payload, *errors):
    t.expect(t.work(1, what, payload), 422, {"detail": list(errors)})


for kind, event in EVENTS.items():

    @check(f"the event {kind} misses its fields, and takes no others")
    def _(t, kind=kind, event=event):
        bare = {"log_type": kind, "z": [1]}
        missing = [error("missing", [kind, name], REQUIRED, bare) for name in event if name != "log_type"]
        refuses(t, "event", bare, *missing, error("extra_forbidden", [kind, "z"], EXTRA, [1]))

    @check(f"the run_id of {kind} has to be a text")
    def _(t, kind=kind, event=event):
        for value in (None, 1, [], True):
            refuses(
                t,
                "event",
                {**event, "run_id": value},
                error("string_type", [kind, "run_id"], "Input should be a valid string", value),
            )


@check("an event has to have a known log_type")
def _(t):
    for value in ("queued", "dispatched", "completed", "failed", "x", "", 1, None, 1.5, True):
        whole = {"log_type": value, "run_id": "r"}
        tag = value if isinstance(value, str) else str(value)
        told = f"Input tag '{tag}' found using 'log_type' does not match any of the expected tags: {KINDS}"
        refuses(
            t,
            "event",
            whole,
            error("union_tag_invalid", [], told, whole, discriminator="'log_type'", tag=tag, expected_tags=KINDS),
        )
    refuses(
        t,
        "event",
        {"run_id": "r"},
        error(
            "union_tag_not_found",
            [],
            "Unable to extract tag using discriminator 'log_type'",
            {"run_id": "r"},
            discriminator="'log_type'",
        ),
    )


@check("an event has to be an object")
def _(t):
    for value in ([], "x", 1, True, 0.5):
        refuses(t, "event", compact(value), error("model_attributes_type", [], NO_OBJECT, value))
    refuses(t, "event", "null", error("missing", [], REQUIRED, None))
    refuses(t, "event", "", error("missing", [], REQUIRED, None))


@check("losses have to be numbers in a list")
def _(t):
    event = EVENTS["validation_loss"]
    for value in ("x", 1, None, {}):
        refuses(
            t,
            "event",
            {**event, "val_losses": value},
            error("list_type", ["validation_loss", "val_losses"], "Input should be a valid list", value),
        )
    refuses(
        t,
        "event",
        {**event, "val_losses": [1, "x", {}, "2", []]},
        error("float_parsing", ["validation_loss", "val_losses", 1], UNPARSED, "x"),
        error("float_type", ["validation_loss", "val_losses", 2], NO_FLOAT, {}),
        error("float_type", ["validation_loss", "val_losses", 4], NO_FLOAT, []),
    )


@check("elapsed seconds have to be a number, and a path a text or null")
def _(t):
    refuses(
        t,
        "event",
        {**EVENTS["run_heartbeat"], "elapsed_seconds": "x"},
        error("float_parsing", ["run_heartbeat", "elapsed_seconds"], UNPARSED, "x"),
    )
    refuses(
        t,
        "event",
        {**EVENTS["run_started"], "wandb_path": 1},
        error("string_type", ["run_started", "wandb_path"], "Input should be a valid string", 1),
    )


@check("a finish misses its fields, as either result")
def _(t):
    refuses(
        t,
        "finish",
        {},
        *(
            error("missing", ["CompletedPayload", name], REQUIRED, {})
            for name in ("used_runtime_seconds", "val_losses", "result_type")
        ),
        *(
            error("missing", ["FailedPayload", name], REQUIRED, {})
            for name in ("used_runtime_seconds", "reason", "result_type")
        ),
    )


@check("a finish of an unknown result is refused as either")
def _(t):
    whole = {**DONE, "result_type": "x"}
    refuses(
        t,
        "finish",
        whole,
        error(
            "literal_error",
            ["CompletedPayload", "result_type"],
            "Input should be 'completed'",
            "x",
            expected="'completed'",
        ),
        error("missing", ["FailedPayload", "reason"], REQUIRED, whole),
        error("literal_error", ["FailedPayload", "result_type"], "Input should be 'failed'", "x", expected="'failed'"),
        error("extra_forbidden", ["FailedPayload", "val_losses"], EXTRA, [2]),
    )


@check("a finish has to be an object")
def _(t):
    for value in ([], "x", 1):
        refuses(
            t,
            "finish",
            compact(value),
            *(
                error("model_attributes_type", [which], NO_OBJECT, value)
                for which in ("CompletedPayload", "FailedPayload")
            ),
        )


def refused_failure(t, reason, *errors):
    whole = {**FAILED, "reason": reason}
    refuses(
        t,
        "finish",
        whole,
        error("missing", ["CompletedPayload", "val_losses"], REQUIRED, whole),
        error(
            "literal_error",
            ["CompletedPayload", "result_type"],
            "Input should be 'completed'",
            "failed",
            expected="'completed'",
        ),
        error("extra_forbidden", ["CompletedPayload", "reason"], EXTRA, reason),
        *errors,
    )


@check("a failure has to have a known reason")
def _(t):
    at, tags = ["FailedPayload", "reason"], "'timeout', 'unexpected'"
    refused_failure(
        t,
        {},
        error(
            "union_tag_not_found",
            at,
            "Unable to extract tag using discriminator 'reason'",
            {},
            discriminator="'reason'",
        ),
    )
    told = f"Input tag 'x' found using 'reason' does not match any of the expected tags: {tags}"
    refused_failure(
        t,
        {"reason": "x"},
        error("union_tag_invalid", at, told, {"reason": "x"}, discriminator="'reason'", tag="x", expected_tags=tags),
    )
    refused_failure(t, "timeout", error("model_attributes_type", at, NO_OBJECT, "timeout"))


@check("a reason misses its field, and takes no other")
def _(t):
    for kind, name in (("timeout", "partial_val_losses"), ("unexpected", "failure")):
        reason = {"reason": kind, "z": 1}
        at = ["FailedPayload", "reason", kind]
        refused_failure(
            t, reason, error("missing", [*at, name], REQUIRED, reason), error("extra_forbidden", [*at, "z"], EXTRA, 1)
        )


for label, status_of in (("event", EVENTS["preempted"]), ("finish", DONE)):

    @check(f"the number of a worker's {label} has to be positive")
    def _(t, label=label, payload=status_of):
        for text in ("0", "-1", "-0", "0.0"):
            told = {
                "type": "greater_than",
                "loc": ["path", "experiment_id"],
                "msg": "Input should be greater than 0",
                "input": text,
                "ctx": {"gt": 0},
            }
            t.expect(t.work(text, label, payload), 422, {"detail": [told]})

    @check(f"the number of a worker's {label} has to be a number")
    def _(t, label=label, payload=status_of):
        for text in ("x", "1.5", "1e3"):
            told = {
                "type": "int_parsing",
                "loc": ["path", "experiment_id"],
                "msg": "Input should be a valid integer, unable to parse string as an integer",
                "input": text,
            }
            t.expect(t.work(text, label, payload), 422, {"detail": [told]})

    @check(f"errors of the number of a worker's {label} stand before those of the body")
    def _(t, label=label):
        told = t.expect(t.work("0", label, {"z": 1}), 422).json["detail"]
        t.equal([e["loc"][0] for e in told], ["path"] + ["body"] * (len(told) - 1))
        t.equal(len(told) > 1, True)
