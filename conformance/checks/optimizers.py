"""The optimizer has no tag: which of the two it is follows from its fields."""

from .bodies import ADAMW_TEXT, SCHEDULE_TEXT, SGD_TEXT, Raw, body, error, stored
from .harness import check

NO_OBJECT = "Input should be a valid dictionary or object to extract fields from"
EXTRA, REQUIRED = "Extra inputs are not permitted", "Field required"
NO_FLOAT = "Input should be a valid number"
UNPARSED = NO_FLOAT + ", unable to parse string as a number"
ADAMW_ONLY = ("weight_decay", "beta1", "beta2", "eps", "eps_root")


def adamw(**texts):
    return replaced(ADAMW_TEXT, texts)


def sgd(**texts):
    return replaced(SGD_TEXT, texts)


def replaced(text, texts):
    for name, value in texts.items():
        before, after = text.split(f'"{name}":')
        rest = after[min(i for i in (after.find(","), after.find("}")) if i >= 0) :]
        text = f'{before}"{name}":{value}{rest}'
    return text


CHOICES = (
    ("{}", ADAMW_TEXT),
    ('{"lr_scheduler":{}}', SGD_TEXT),
    ('{"lr_scheduler":{"peak_value":0.01}}', sgd(peak_value="0.01")),
    (
        '{"lr_scheduler":{"init_value":1,"warmup_frac":0.5,"final_lr_frac":1,"peak_value":2}}',
        sgd(peak_value="2.0", final_lr_frac="1.0", warmup_frac="0.5", init_value="1.0"),
    ),
    ('{"grad_clip_norm":1}', ADAMW_TEXT),
    ('{"grad_clip_norm":null}', adamw(grad_clip_norm="null")),
    ('{"lr_scheduler":{},"grad_clip_norm":null}', sgd(grad_clip_norm="null")),
    ('{"grad_clip_norm":2,"lr_scheduler":{}}', sgd(grad_clip_norm="2.0")),
    ('{"lr_scheduler":{},"grad_clip_norm":"2"}', sgd(grad_clip_norm="2.0")),
    ('{"lr_scheduler":{"peak_value":"1e-3"}}', sgd(peak_value="0.001")),
    *((f'{{"{name}":0.5}}', adamw(**{name: "0.5"})) for name in ADAMW_ONLY),
    ('{"lr_scheduler":{},"eps":1e-9}', adamw(eps="1e-9")),
    (
        '{"lr_scheduler":{"peak_value":1},"grad_clip_norm":0.5,"beta1":0}',
        adamw(peak_value="1.0", beta1="0.0", grad_clip_norm="0.5"),
    ),
    ('{"weight_decay":true,"eps":"1E-7"}', adamw(weight_decay="1.0", eps="1e-7")),
    (
        '{"eps_root":0,"eps":1,"beta2":0.99,"beta1":0.8,"weight_decay":0,"lr_scheduler":{},"grad_clip_norm":1e9}',
        adamw(weight_decay="0.0", beta1="0.8", beta2="0.99", eps="1.0", eps_root="0.0", grad_clip_norm="1000000000.0"),
    ),
)

for sent, text in CHOICES:

    @check(f"optimizer {sent} is {'AdamW' if 'beta1' in text else 'SGD'}, and stored whole")
    def _(t, sent=sent, text=text):
        seed = next(t.numbers)
        number = t.submitted(body(optimizer_config=Raw(sent), model_seed=seed))
        found = t.get(f"/experiment/{number}").text
        t.equal(
            found[: found.index(',"status":')], f'{{"experiment_id":{number},"training_config":{stored(seed, text)}'
        )


@check("an optimizer that is no object is refused twice")
def _(t):
    for value in (None, [], "sgd", 1, True, 0.5):
        t.refuses(
            body(optimizer_config=value),
            error("model_attributes_type", ["optimizer_config", "SGDConfig"], NO_OBJECT, value),
            error("model_attributes_type", ["optimizer_config", "AdamWConfig"], NO_OBJECT, value),
        )


@check("a type is a field too many of both")
def _(t):
    for kind in ("sgd", "adamw"):
        value = {"type": kind}
        t.refuses(
            body(optimizer_config=value),
            error("missing", ["optimizer_config", "SGDConfig", "lr_scheduler"], REQUIRED, value),
            error("extra_forbidden", ["optimizer_config", "SGDConfig", "type"], EXTRA, kind),
            error("extra_forbidden", ["optimizer_config", "AdamWConfig", "type"], EXTRA, kind),
        )


for name in ADAMW_ONLY:

    @check(f"{name} of a wrong type is an error of both optimizers")
    def _(t, name=name):
        for value, kind, message in (
            (None, "float_type", NO_FLOAT),
            ([], "float_type", NO_FLOAT),
            ("x", "float_parsing", UNPARSED),
            ("", "float_parsing", UNPARSED),
        ):
            whole = {"lr_scheduler": {}, name: value}
            t.refuses(
                body(optimizer_config=whole),
                error("extra_forbidden", ["optimizer_config", "SGDConfig", name], EXTRA, value),
                error(kind, ["optimizer_config", "AdamWConfig", name], message, value),
            )


@check("grad_clip_norm may be null, and nothing else that is no number")
def _(t):
    for value, kind, message in (
        ("x", "float_parsing", UNPARSED),
        ([], "float_type", NO_FLOAT),
        ({}, "float_type", NO_FLOAT),
    ):
        t.refuses(
            body(optimizer_config={"lr_scheduler": {}, "grad_clip_norm": value}),
            *(
                error(kind, ["optimizer_config", which, "grad_clip_norm"], message, value)
                for which in ("SGDConfig", "AdamWConfig")
            ),
        )


@check("lr_scheduler has to be an object")
def _(t):
    for value in (None, [], "cosine", 1, False):
        t.refuses(
            body(optimizer_config={"lr_scheduler": value}),
            *(
                error("model_attributes_type", ["optimizer_config", which, "lr_scheduler"], NO_OBJECT, value)
                for which in ("SGDConfig", "AdamWConfig")
            ),
        )


for name in ("peak_value", "final_lr_frac", "warmup_frac", "init_value"):

    @check(f"{name} has to be a number, for both optimizers")
    def _(t, name=name):
        for value, kind, message in (
            (None, "float_type", NO_FLOAT),
            ("1,5", "float_parsing", UNPARSED),
            ({}, "float_type", NO_FLOAT),
        ):
            t.refuses(
                body(optimizer_config={"lr_scheduler": {name: value}}),
                *(
                    error(kind, ["optimizer_config", which, "lr_scheduler", name], message, value)
                    for which in ("SGDConfig", "AdamWConfig")
                ),
            )


@check("fields too many of the schedule and of the optimizer are told for both")
def _(t):
    schedule = {"peak": 1}
    t.refuses(
        body(optimizer_config={"momentum": 0.9, "lr_scheduler": schedule}),
        *(
            e
            for which in ("SGDConfig", "AdamWConfig")
            for e in (
                error("extra_forbidden", ["optimizer_config", which, "lr_scheduler", "peak"], EXTRA, 1),
                error("extra_forbidden", ["optimizer_config", which, "momentum"], EXTRA, 0.9),
            )
        ),
    )


@check("all errors of SGD stand before those of AdamW")
def _(t):
    whole = {"eps": "x", "beta1": None, "zeta": 0}
    t.refuses(
        body(optimizer_config=whole),
        error("missing", ["optimizer_config", "SGDConfig", "lr_scheduler"], REQUIRED, whole),
        error("extra_forbidden", ["optimizer_config", "SGDConfig", "eps"], EXTRA, "x"),
        error("extra_forbidden", ["optimizer_config", "SGDConfig", "beta1"], EXTRA, None),
        error("extra_forbidden", ["optimizer_config", "SGDConfig", "zeta"], EXTRA, 0),
        error("float_type", ["optimizer_config", "AdamWConfig", "beta1"], NO_FLOAT, None),
        error("float_parsing", ["optimizer_config", "AdamWConfig", "eps"], UNPARSED, "x"),
        error("extra_forbidden", ["optimizer_config", "AdamWConfig", "zeta"], EXTRA, 0),
    )


@check("equal optimizers written differently are one configuration")
def _(t):
    seed = next(t.numbers)
    t.submitted(body(model_seed=seed))
    for same in (
        {},
        {"grad_clip_norm": 1.0},
        {"beta1": 0.9},
        Raw('{"lr_scheduler":' + SCHEDULE_TEXT + ',"eps":"1e-8"}'),
    ):
        t.expect(t.post("/submit", body(optimizer_config=same, model_seed=seed)), 409)


@check("SGD and AdamW with equal schedules are two configurations")
def _(t):
    seed = next(t.numbers)
    t.submitted(body(optimizer_config={"lr_scheduler": {}}, model_seed=seed))
    t.submitted(body(optimizer_config={"lr_scheduler": {}, "beta1": 0.9}, model_seed=seed))
    t.expect(t.post("/submit", body(optimizer_config={"lr_scheduler": {}, "grad_clip_norm": 1}, model_seed=seed)), 409)
