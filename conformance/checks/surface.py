"""Paths, methods, redirects, headers that every answer has, and content types."""

import http.client
import re

from .bodies import body, error
from .harness import JSON, Fallen, Mismatch, check

NOT_FOUND = '{"detail":"Not Found"}'
NOT_ALLOWED = '{"detail":"Method Not Allowed"}'
NO_OBJECT = "Input should be a valid dictionary or object to extract fields from"

for path in ("/", "/nope", "/nope/", "/experiment", "/experiment/", "//budget", "/Budget", "/api/budget", "/experiment/1/2", "/experiment/a%2Fb",
             "/internal", "/internal/worker/1", "/internal/worker/1/", "/internal/worker/1/nope", "/final_submissions", "/submit/1"):  # fmt: skip

    @check(f"{path} is no path")
    def _(t, path=path):
        t.equal(t.expect(t.get(path), 404, NOT_FOUND).header("content-type"), "application/json")


for path, allowed in (("/submit", "POST"), ("/experiments", "GET"), ("/experiment/1", "GET"), ("/budget", "GET"), ("/final_submission", "GET"),
                      ("/internal/worker/1/event", "POST"), ("/internal/worker/1/finish", "POST")):  # fmt: skip
    for method in ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"):
        if method == allowed or (path, method) == ("/final_submission", "POST"):
            continue

        @check(f"{method} {path} is 405 and Allow says {allowed}")
        def _(t, path=path, method=method, allowed=allowed):
            answer = t.expect(t.send(method, path), 405, "" if method == "HEAD" else None)
            t.equal(answer.header("allow"), allowed)
            t.equal(answer.header("content-type"), "application/json")
            if method != "HEAD":
                t.expect(answer, 405, NOT_ALLOWED)


for path in ("/budget", "/experiments", "/experiment/1", "/final_submission", "/submit", "/internal/worker/1/event", "/internal/worker/1/finish",
             "/docs", "/redoc", "/openapi.json", "/dashboard"):  # fmt: skip

    @check(f"{path}/ leads to {path}")
    def _(t, path=path):
        for method in ("GET", "POST"):
            answer = t.expect(t.send(method, path + "/"), 307, "")
            t.equal(answer.header("location"), t.url + path)
            t.equal(answer.header("content-length"), "0")


@check("a redirect keeps the query")
def _(t):
    t.equal(t.expect(t.send("GET", "/budget/?a=1&b=%20c"), 307, "").header("location"), t.url + "/budget?a=1&b=%20c")


@check("a redirect leads to the host that was asked for")
def _(t):
    plain = http.client.HTTPConnection(t.address.hostname, t.address.port, timeout=60)
    plain.request("GET", "/budget/", headers={"Host": "course.example:99"})
    answer = plain.getresponse()
    answer.read()
    plain.close()
    t.equal((answer.status, answer.getheader("location")), (307, "http://course.example:99/budget"))


@check("a path may be written with escapes")
def _(t):
    t.expect(t.get("/bud%67et"), 200)


@check("queries are ignored")
def _(t):
    t.equal(t.get("/budget?total_budget_seconds=1").text, t.get("/budget").text)
    t.equal(t.get("/experiments?limit=0&status=none&since=9").text, t.get("/experiments").text)


@check("a GET may have a body, which is ignored")
def _(t):
    t.expect(t.send("GET", "/budget", "{", {**JSON, "X-API-Key": t.key}), 200)


for label, method, path in (("200", "GET", "/docs"), ("401", "GET", "/budget"), ("404", "GET", "/nope"), ("405", "PUT", "/budget"), ("307", "GET", "/budget/")):

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
    t.equal(t.send("GET", "/budget", headers=[("X-Request-ID", "a"), ("X-Request-ID", "b")]).header("x-request-id"), "a")


@check("a 422 and a 204 have request ids too")
def _(t):
    t.equal(t.send("POST", "/submit", "{", {**JSON, "X-Request-ID": "i"}).header("x-request-id"), "i")
    number = t.submitted(body(model_seed=next(t.numbers)))
    headers = {**JSON, "X-Internal-Key": t.internal_key, "X-Request-ID": "j"}
    answer = t.send("POST", f"/internal/worker/{number}/event", '{"log_type":"preempted","run_id":"r"}', headers)
    t.equal((answer.status, answer.header("x-request-id")), (204, "j"))


for kind in ("application/json; charset=utf-8", "application/json;charset=latin1", "APPLICATION/JSON", "application/vnd.course+json", "application/problem+json ; a=b",
             " application/json", "application/x+JSON"):  # fmt: skip

    @check(f"a body of type {kind!r} is JSON")
    def _(t, kind=kind):
        expected = {"detail": [error("missing", [name], "Field required", {}) for name in
                               ("architecture_config", "optimizer_config", "train_batch_size", "val_batch_size", "total_train_tokens", "max_runtime_seconds")]}  # fmt: skip
        t.expect(t.send("POST", "/submit", "{}", {"X-API-Key": t.key, "Content-Type": kind}), 422, expected)


for kind in (None, "", "text/plain", "text/json", "application/x-www-form-urlencoded", "application/json5", "application/jsonx", "application/ json", "json",
             "application/x-ndjson", "application", "application/octet-stream", "multipart/form-data; boundary=x", "application/vnd.json"):  # fmt: skip

    @check(f"a body of type {kind!r} is text, not an object")
    def _(t, kind=kind):
        for sent in ("{}", "{", 'ä "x"\n'):
            headers = {"X-API-Key": t.key} | ({} if kind is None else {"Content-Type": kind})
            t.expect(t.send("POST", "/submit", sent, headers), 422, {"detail": [error("model_attributes_type", [], NO_OBJECT, sent)]})


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


@check("several slashes at the end are one")
def _(t):
    t.equal(t.expect(t.get("/budget///"), 307, "").header("location"), t.url + "/budget")


@check("a redirect writes the path with escapes")
def _(t):
    for sent, location in (("/experiment/a%20b/", "/experiment/a%20b"), ("/experiment/%C3%A9/", "/experiment/%C3%A9"), ("/experiment/1+1/", "/experiment/1+1")):
        t.equal(t.expect(t.get(sent), 307, "").header("location"), t.url + location)


@check("HEAD of no path is 404, and of a slash too many 307, without a body")
def _(t):
    t.expect(t.send("HEAD", "/nope"), 404, "")
    t.expect(t.send("HEAD", "/budget/"), 307, "")


for path in ("/docs", "/redoc"):

    @check(f"{path} is a page, for GET and HEAD alone")
    def _(t, path=path):
        for method in ("GET", "HEAD"):
            t.equal(t.expect(t.send(method, path), 200).header("content-type"), "text/html; charset=utf-8")
        answer = t.expect(t.send("POST", path), 405, NOT_ALLOWED)
        t.equal(sorted(answer.header("allow").split(", ")), ["GET", "HEAD"])

    @check(f"improved: {path} loads nothing from elsewhere")
    def _(t, path=path):
        found = re.findall(r'(?:src|href)="(?:https?:)?//[^"]*"', t.send("GET", path).text)
        if found and t.strict:
            raise Mismatch("no address of another host", found)
        if found:
            raise Fallen(", ".join(found))


@check("/dashboard is a page, for GET alone")
def _(t):
    answer = t.expect(t.send("GET", "/dashboard"), 200)
    t.equal((answer.header("content-type"), b"<html" in answer.body), ("text/html; charset=utf-8", True))
    t.equal(t.expect(t.send("HEAD", "/dashboard"), 405, "").header("allow"), "GET")


@check("/openapi.json tells the five public paths, and no internal one")
def _(t):
    answer = t.expect(t.send("GET", "/openapi.json"), 200)
    t.equal((answer.header("content-type"), t.send("HEAD", "/openapi.json").status), ("application/json", 200))
    told = answer.json["paths"]
    public = {"/submit": {"post"}, "/experiments": {"get"}, "/experiment/{experiment_id}": {"get"}, "/budget": {"get"}, "/final_submission": {"get", "post"}}
    for path, methods in public.items():
        t.equal((path in told, methods <= set(told.get(path, ()))), (True, True))
    t.equal([path for path in told if path.startswith("/internal") or path in ("/docs", "/dashboard")], [])
