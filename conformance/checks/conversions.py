"""What is converted to the type of a field, and how numbers are written when it is shown."""

from .bodies import (
    ADAMW_TEXT,
    ARCHITECTURE,
    ARCHITECTURE_TEXT,
    BASE,
    MISSING,
    Raw,
    body,
    queued,
    stored,
    text_of,
)
from .harness import check, masked

CONVERTED = (
    (
        "num_hidden_layers",
        (
            ("7", "7"),
            (" 8 ", "8"),
            ("+9", "9"),
            ("0010", "10"),
            ("11.0", "11"),
            ("1_2", "12"),
            (Raw("13.0"), "13"),
            (Raw("1.4e1"), "14"),
            (True, "1"),
            ("\u00a015\n", "15"),
        ),
    ),
    (
        "attention_bias",
        (
            (1, "true"),
            (0, "false"),
            (1.0, "true"),
            ("true", "true"),
            ("YES", "true"),
            ("y", "true"),
            ("oN", "true"),
            ("t", "true"),
            ("1", "true"),
            ("False", "false"),
            ("no", "false"),
            ("N", "false"),
            ("off", "false"),
            ("f", "false"),
            ("0", "false"),
        ),
    ),
    (
        "rms_norm_eps",
        (
            (1, "1.0"),
            ("1e-5", "0.00001"),
            (" 0.5 ", "0.5"),
            (".5", "0.5"),
            ("5.", "5.0"),
            ("1_0", "10.0"),
            (True, "1.0"),
            (Raw("1e-6"), "1e-6"),
            (Raw("0.00001"), "0.00001"),
            (Raw("0.0001"), "0.0001"),
            (Raw("1.5e-7"), "1.5e-7"),
            (Raw("1e15"), "1000000000000000.0"),
            (Raw("1e16"), "1e16"),
            (Raw("1.5e30"), "1.5e30"),
            (Raw("123456.789"), "123456.789"),
            (Raw("0.30000000000000004"), "0.30000000000000004"),
            (Raw("9007199254740993"), "9007199254740992.0"),
            (Raw("5e-324"), "5e-324"),
        ),
    ),
    ("dtype", (("bfloat16", '"bfloat16"'),)),
    ("rope_theta", (("500000.0", "500000"), (Raw("5e5"), "500000"))),
    ("vocab_size", (("32000", "32000"),)),
)

for name, values in CONVERTED:
    for value, text in values:

        @check(f"{name} {text_of(value)} is stored as {text}")
        def _(t, name=name, value=value, text=text):
            seed = next(t.numbers)
            architecture = ARCHITECTURE_TEXT.replace(
                f'"{name}":' + ARCHITECTURE_TEXT.split(f'"{name}":')[1].split(",")[0].split("}")[0], f'"{name}":{text}'
            )
            number = t.submitted(body(("architecture_config." + name, value), model_seed=seed))
            expected = queued(number, stored(seed, ADAMW_TEXT, architecture))
            t.equal(masked(t.get(f"/experiment/{number}").text), expected)


for value, text in (
    (True, "1.0"),
    ("2", "2.0"),
    (Raw("2.5"), "2.5"),
    (" 1e1 ", "10.0"),
    (Raw("1.0000000000000002"), "1.0000000000000002"),
):

    @check(f"max_runtime_seconds {text_of(value)} is stored as {text}")
    def _(t, value=value, text=text):
        seed = next(t.numbers)
        number = t.submitted(body(max_runtime_seconds=value, model_seed=seed))
        found = t.get(f"/experiment/{number}").text
        t.equal(
            masked(found),
            queued(number, stored(seed, runtime=text)),
        )


@check("n_evals is 16 and model_seed 0 unless told")
def _(t):
    answer = t.post(
        "/final_submission",
        '{"training_config":'
        + body(("n_evals", MISSING), ("total_train_tokens", 16384))
        + ',"predicted_final_loss":1}',
    )
    t.equal(
        '"n_evals":16,"total_train_tokens":16384,"max_runtime_seconds":1.0,"model_seed":0}'
        in t.expect(answer, 200).text,
        True,
    )


@check("the order of the fields in a body does not matter")
def _(t):
    seed = next(t.numbers)
    backwards = {
        k: ({a: ARCHITECTURE[a] for a in reversed(ARCHITECTURE)} if k == "architecture_config" else v)
        for k, v in reversed({**BASE, "model_seed": seed}.items())
    }
    number = t.submitted(text_of(backwards))
    t.equal(stored(seed) in t.get(f"/experiment/{number}").text, True)
