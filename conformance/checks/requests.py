"""Headers of requests and answers: request ids, content types, connections."""

import http.client
import re

from .bodies import body, error
from .harness import JSON, Mismatch, check

NO_OBJECT = "Input should be a valid dictionary or object to extract fields from"


@check("a GET may have a body, which is ignored")
def _(t):
    t.expect(t.send("GET", "/budget", "{", {**JSON, "X-API-Key": t.key}), 200)


for label, method, path in (
    ("200", "GET", "/docs"),
    ("401", "GET", "/budget"),
    ("404", "GET", "/nope"),
    ("405", "PUT", "/budget"),
    ("307", "GET", "/budget/"),
):

    @check(f"a {label} has a request id of 32 hexadecimal digits, another each time")
    def _(t, method=method, path=path):
        ids = {t.send(method, path).header("x-request-id") for _ in range(3)}
        if len(ids) != 3 or not all(i and re.fullmatch("[0-9a-f]{32}", i) for i in ids):
            raise Mismatch("three different ids", ids)

    @check(f"a {label} echoes the request id it is given")
    def _(t, method=method, path=path):
        for given in ("abc", "my id/1", '{"a":1}', "x" * 200):
            t.equal(t.send(method, path, headers={"X-Request-ID": given}).header("x-request-id"), given)


@check("an empty request id is echoed")
def _(t):
    t.equal(t.send("GET", "/budget", headers={"X-Request-ID": ""}).header("x-request-id"), "")


@check("the first of two request ids is echoed")
def _(t):
    t.equal(
        t.send("GET", "/budget", headers=[("X-Request-ID", "a"), ("X-Request-ID", "b")]).header("x-request-id"), "a"
    )


@check("a 422 and a 204 have request ids too")
def _(t):
    t.equal(t.send("POST", "/submit", "{", {**JSON, "X-Request-ID": "i"}).header("x-request-id"), "i")
    number = t.submitted(body(model_seed=next(t.numbers)))
    headers = {**JSON, "X-Internal-Key": t.internal_key, "X-Request-ID": "j"}
    answer = t.send("POST", f"/internal/worker/{number}/event", '{"log_type":"preempted","run_id":"r"}', headers)
    t.equal((answer.status, answer.header("x-request-id")), (204, "j"))


for kind in (
    "application/json; charset=utf-8",
    "application/json;charset=latin1",
    "APPLICATION/JSON",
    "application/vnd.course+json",
    "application/problem+json ; a=b",
    " application/json",
    "application/x+JSON",
):

    @check(f"a body of type {kind!r} is JSON")
    def _(t, kind=kind):
        expected = {
            "detail": [
                error("missing", [name], "Field required", {})
                for name in (
                    "architecture_config",
                    "optimizer_config",
                    "train_batch_size",
                    "val_batch_size",
                    "total_train_tokens",
                    "max_runtime_seconds",
                )
            ]
        }
        t.expect(t.send("POST", "/submit", "{}", {"X-API-Key": t.key, "Content-Type": kind}), 422, expected)


for kind in (
    None,
    "",
    "text/plain",
    "text/json",
    "application/x-www-form-urlencoded",
    "application/json5",
    "application/jsonx",
    "application/ json",
    "json",
    "application/x-ndjson",
    "application",
    "application/octet-stream",
    "multipart/form-data; boundary=x",
    "application/vnd.json",
):

    @check(f"a body of type {kind!r} is text, not an object")
    def _(t, kind=kind):
        for sent in ("{}", "{", 'ä "x"\n'):
            headers = {"X-API-Key": t.key} | ({} if kind is None else {"Content-Type": kind})
            t.expect(
                t.send("POST", "/submit", sent, headers),
                422,
                {"detail": [error("model_attributes_type", [], NO_OBJECT, sent)]},
            )


@check("an empty body is a missing one, of any type")
def _(t):
    for headers in (JSON, {"Content-Type": "text/plain"}, {}):
        answer = t.send("POST", "/submit", "", {"X-API-Key": t.key, **headers})
        t.expect(answer, 422, {"detail": [error("missing", [], "Field required", None)]})


@check("a body in chunks is read")
def _(t):
    chunks = b"2\r\n{}\r\n0\r\n\r\n"
    plain = http.client.HTTPConnection(t.address.hostname, t.address.port, timeout=60)
    plain.putrequest("POST", "/submit")
    for name, value in {"X-API-Key": t.key, **JSON, "Transfer-Encoding": "chunked"}.items():
        plain.putheader(name, value)
    plain.endheaders()
    plain.send(chunks)
    answer = plain.getresponse()
    t.equal((answer.status, b'"loc":["body","architecture_config"]' in answer.read()), (422, True))
    plain.close()


@check("a connection serves one request after another")
def _(t):
    plain = http.client.HTTPConnection(t.address.hostname, t.address.port, timeout=60)
    for path, status in (("/budget", 200), ("/nope", 404), ("/experiments", 200), ("/budget/", 307), ("/budget", 200)):
        plain.request("GET", path, headers={"X-API-Key": t.key})
        answer = plain.getresponse()
        answer.read()
        t.equal(answer.status, status)
    plain.close()
