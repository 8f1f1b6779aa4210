"""How the course's server reads and writes single numbers and texts, asked of Pydantic and of Python's own JSON.

Run from the root of the repository with Pydantic 2.12.5 and Python 3.12: python oracle/scalars.py
It writes crates/isoflop-api/tests/it/golden/scalars.json. All that is drawn is drawn from one fixed seed.
"""

import json
import math
import random
import struct

from pydantic import TypeAdapter, ValidationError

OUTPUT = "crates/isoflop-api/tests/it/golden/scalars.json"
RNG = random.Random(336)
INT, FLOAT, BOOL = TypeAdapter(int), TypeAdapter(float), TypeAdapter(bool)


def taken(adapter, value):
    """The text of what a value is converted to, or the type of the error."""
    try:
        made = adapter.validate_python(value)
    except ValidationError as error:
        return {"error": error.errors()[0]["type"]}
    if isinstance(made, float) and not math.isfinite(made):
        return str(made)
    return adapter.dump_json(made).decode()


def drawn(alphabet, count, most):
    """Texts of letters of an alphabet, each once, short ones first."""
    texts = {"".join(RNG.choices(alphabet, k=RNG.randint(1, most))) for _ in range(count)}
    return sorted(texts, key=lambda text: (len(text), text))


def doubles():
    """Literals of doubles: edges of the two notations, powers of ten, and any bits at all."""
    literals = [
        f"{sign}{digits}e{power}"
        for power in range(-9, 24)
        for digits in ("1", "1.5", "9.999999999999999", "1.2345678901234567")
        for sign in ("", "-")
    ]
    literals += [
        "0.0",
        "-0.0",
        "5e-324",
        "2.2250738585072014e-308",
        "1.7976931348623157e308",
        "1e-307",
        "1e100",
        "1e99",
        "1e-99",
        "1e-100",
        "123456789012345678",
    ]
    while len(literals) < 500:
        value = struct.unpack("<d", RNG.randbytes(8))[0]
        if math.isfinite(value):
            literals.append(repr(value))
    return [[text, json.dumps(float(text)), FLOAT.dump_json(float(text)).decode()] for text in literals]


def read(text):
    """What Python's JSON makes of a text: [text, null, written anew], or [text, position, message]."""
    try:
        return [text, None, json.dumps(json.loads(text), ensure_ascii=False, separators=(",", ":"))]
    except json.JSONDecodeError as error:
        return [text, error.pos, error.msg]


def documents(count=1500):
    """Small documents with one to three letters taken out, put in, doubled or cut off."""
    seeds = [
        '{"a":1,"b":[true,null,-2.5e-3]}',
        '[{"é":"\\u00e9\\n"},"x",0.1]',
        '{"a":{"b":{}},"c":[]} ',
        '["\\ud83d\\ude00","😀",1E5,-0,-0.0]',
        '"\\"\\\\\\/"',
        "-12.50e+10",
        "[false , 10 ]",
    ]
    letters = "{}[]:,\"\\'0123-+.eEtrufalsn \n\té/u"
    texts = set()
    while len(texts) < count:
        text = RNG.choice(seeds)
        for _ in range(RNG.randint(1, 3)):
            at = RNG.randint(0, len(text))
            text = RNG.choice(
                (
                    text[:at] + text[at + 1 :],
                    text[:at] + RNG.choice(letters) + text[at:],
                    text[:at] + text[at : at + 2] + text[at:],
                    text[:at],
                )
            )
        texts.add(text)
    return [
        read(text)
        for text in sorted(texts)
        if text and not any("\ud800" <= c <= "\udfff" for c in (read(text)[2] if read(text)[1] is None else ""))
    ]


def main():
    ints = drawn("01289+-_.e \u00a0", 700, 6) + [
        "9223372036854775807",
        "9223372036854775808",
        "-9223372036854775809",
        "9" * 60,
        "9" * 60 + ".0",
        "\u200812",
        "12\u3000",
        "\x1c7",
        "7\x1f",
        "\ufeff7",
        "7\x00",
        "\u200b7",
    ]
    floats = drawn("01289+-_.eE \t", 700, 7) + ["inf", "-inf", "+inf", "INF", "iNf", "infinity", "-Infinity",
    "infinit", "nan", "-nan", "+NaN", "nan(1)", "1e308", "1e309", "-1e309", "1e-324",
        "\u00a01.5", "1.5\u3000", "\x1c1.5", "1.5\x00", "0x1", "1.5f", "1,5", "٣", "1e1_0", "1_0e1", "1e", "e1", ".",
        "+.5", "-5.", "1e+", "0" * 400 + "1", "1" * 400, "0." + "0" * 400 + "1"]  # fmt: skip
    bools = [cased for word in ("true", "false", "t", "f", "yes", "no", "y", "n", "on", "off", "1", "0", "00", "01",
        "1.0", "", " 1", "1 ", "ye", "tr", "o", "null", "enable")
             for cased in {word: 0, word.upper(): 0, word.title(): 0, word.swapcase()[:1] + word[1:]: 0}]  # fmt: skip
    golden = {
        "doubles": doubles(),
        "integers of texts": [[text, taken(INT, text)] for text in ints],
        "integers of doubles": [[text, taken(INT, float(text))] for text in ("0.0", "-0.0", "1.0", "1.5", "-7.0",
        "1e15", "9007199254740993.0", "9.2e18", "9223372036854774784.0", "9223372036854775808.0",
                                "-9223372036854775808.0", "-9223372036854777856.0", "1e19", "1e300", "5e-324",
                                "0.9999999999999999")],
        "floats of texts": [[text, taken(FLOAT, text)] for text in floats],
        "booleans of texts": [[text, taken(BOOL, text)] for text in bools],
        "documents": documents(),
    }  # fmt: skip
    parts = [f"{json.dumps(name)}: [\n" + ",\n".join(map(json.dumps, rows)) + "\n]" for name, rows in golden.items()]
    with open(OUTPUT, "w", encoding="utf-8") as out:
        out.write("{\n" + ",\n".join(parts) + "\n}\n")
    print({name: len(rows) for name, rows in golden.items()})


if __name__ == "__main__":
    main()
