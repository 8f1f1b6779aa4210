"""Bodies that are no JSON, and numbers in paths that are none."""

import urllib.parse

from .bodies import body, error
from .harness import JSON, check

NAME = "Expecting property name enclosed in double quotes"
VALUE, COLON, COMMA, EXTRA = "Expecting value", "Expecting ':' delimiter", "Expecting ',' delimiter", "Extra data"
ESCAPE, UNICODE, OPEN, CONTROL = (
    "Invalid \\escape",
    "Invalid \\uXXXX escape",
    "Unterminated string starting at",
    "Invalid control character at",
)

for text, at, message in (
    ("{", 1, NAME),
    ("}", 0, VALUE),
    ("[", 1, VALUE),
    ("]", 0, VALUE),
    (" ", 1, VALUE),
    ("\n\n", 2, VALUE),
    ("x", 0, VALUE),
    ("tru", 0, VALUE),
    ("nan", 0, VALUE),
    ("-", 0, VALUE),
    ("+1", 0, VALUE),
    (".5", 0, VALUE),
    ("<a/>", 0, VALUE),
    ("'a'", 0, VALUE),
    ("//c", 0, VALUE),
    ("é", 0, VALUE),
    ("\ufeffé", 0, VALUE),
    ("{a:1}", 1, NAME),
    ("{'a':1}", 1, NAME),
    ("{1:2}", 1, NAME),
    ("{,}", 1, NAME),
    ('{"a":1,}', 7, NAME),
    ('{"a":1,', 7, NAME),
    ('{ "a":1 , }', 10, NAME),
    ('{"é":1,}', 7, NAME),
    ('{"a"', 4, COLON),
    ('{"a" 1}', 5, COLON),
    ('{"a":"b","c"}', 12, COLON),
    ('{"a":', 5, VALUE),
    ('{"a":}', 5, VALUE),
    ('{"a": ,', 6, VALUE),
    ('{"a":1', 6, COMMA),
    ('{"a":1 "b":2}', 7, COMMA),
    ('{"a":1]', 6, COMMA),
    ("[1 2]", 3, COMMA),
    ("[1", 2, COMMA),
    ('{"a":[1,2}', 9, COMMA),
    ('{"a":1;"b":2}', 6, COMMA),
    ("[1,", 3, VALUE),
    ("[1,]", 3, VALUE),
    ("[,1]", 1, VALUE),
    ("[01]", 2, COMMA),
    ("[1.]", 2, COMMA),
    ("[1_0]", 2, COMMA),
    ("[0x1]", 2, COMMA),
    ('{"a":1.e5}', 6, COMMA),
    ("{}x", 2, EXTRA),
    ("{} {}", 3, EXTRA),
    ("01", 1, EXTRA),
    ("1.", 1, EXTRA),
    ("1e", 1, EXTRA),
    ("1 1", 2, EXTRA),
    ('"é" é', 4, EXTRA),
    ('"😀" x', 4, EXTRA),
    ("{}\u0000", 2, EXTRA),
    ('{"', 1, OPEN),
    ('"a', 0, OPEN),
    ('{"a":"b', 5, OPEN),
    ('{"a', 1, OPEN),
    ('"\\', 0, OPEN),
    ('"a\nb"', 2, CONTROL),
    ('"a\tb"', 2, CONTROL),
    ('"\u0000"', 1, CONTROL),
    ('"\\x"', 1, ESCAPE),
    ('{"a":"\\q"}', 6, ESCAPE),
    ('"\\u12"', 2, UNICODE),
    ('"\\u12g4"', 2, UNICODE),
    ('"\\u', 2, UNICODE),
    ('"\\ud83d\\u"', 8, UNICODE),
):

    @check(f"{text!r} is broken at {at}: {message}")
    def _(t, text=text, at=at, message=message):
        expected = error("json_invalid", [at], "JSON decode error", {}, error=message)
        t.refuses(text, expected)
        t.refuses(text, expected, path="/final_submission")


@check("a body that is cut off anywhere is refused")
def _(t):
    whole = body()
    for at in range(1, len(whole), 7):
        answer = t.expect(t.post("/submit", whole[:at]), 422)
        t.equal(answer.json["detail"][0]["type"], "json_invalid")


@check("a body in UTF-8 with a byte order mark is read")
def _(t):
    t.expect(
        t.post("/submit", b"\xef\xbb\xbf[]"),
        422,
        {
            "detail": [
                error(
                    "model_attributes_type",
                    [],
                    "Input should be a valid dictionary or object to extract fields from",
                    [],
                )
            ]
        },
    )


for coding in ("utf-16-le", "utf-16-be", "utf-16", "utf-32-le", "utf-32"):

    @check(f"a body in {coding} is read")
    def _(t, coding=coding):
        answer = t.post("/submit", '{"é":1}'.encode(coding))
        t.equal((answer.status, answer.json["detail"][-1]["loc"]), (422, ["body", "é"]))


for label, raw in (
    ("half a character", b'{"a":"\xc3"}'),
    ("Latin-1", '{"é":1}'.encode("latin-1")),
    ("a lone byte", b"\xff"),
):

    @check(f"{label} is no UTF-8, and the body no body")
    def _(t, raw=raw):
        answer = t.post("/submit", raw)
        t.one_of(answer, (400,), lambda a: a.text == '{"detail":"There was an error parsing the body"}')


@check("a body that no parser takes is 400 before the key is looked at")
def _(t):
    t.one_of(
        t.send("POST", "/submit", "[" * 50000, JSON),
        (400,),
        lambda a: a.text == '{"detail":"There was an error parsing the body"}',
    )


UNPARSED = "Input should be a valid integer, unable to parse string as an integer"

for text in ("0", "-1", "-0", "+1", "007", "999999999", "1.0", "1.000", "1_0", " 1", "1 ", "9223372036854775807"):

    @check(f"/experiment/{text!r} is a number, of no experiment")
    def _(t, text=text):
        t.expect(t.get("/experiment/" + urllib.parse.quote(text), t.other_key), 404, '{"detail":"not found"}')


for text in (
    "x",
    "1.5",
    "1e0",
    "0x1",
    "1.",
    ".0",
    "1__0",
    "_1",
    "1_",
    "true",
    "None",
    "--1",
    "٣",
    "1,0",
    "é",
    "%",
    "1;2",
    " ",
    "inf",
    '"1"',
    "1\x00",
):

    @check(f"/experiment/{text!r} is no number")
    def _(t, text=text):
        expected = {
            "detail": [{"type": "int_parsing", "loc": ["path", "experiment_id"], "msg": UNPARSED, "input": text}]
        }
        t.expect(t.get("/experiment/" + urllib.parse.quote(text)), 422, expected)


@check("/experiment/1.0 and such are the experiment 1")
def _(t):
    number = t.submitted(body(model_seed=next(t.numbers)))
    whole = t.get(f"/experiment/{number}").text
    for text in (f"{number}.0", f"%20{number}", f"{number}%20", f"0{number}", f"%2B{number}", f"+{number}"):
        t.expect(t.get("/experiment/" + text), 200, whole)
