"""Paths, methods, redirects, headers that every answer has, and content types."""

import http.client
import re

from .harness import JSON, Fallen, Mismatch, check

NOT_FOUND = '{"detail":"Not Found"}'
NOT_ALLOWED = '{"detail":"Method Not Allowed"}'
NO_OBJECT = "Input should be a valid dictionary or object to extract fields from"

for path in (
    "/",
    "/nope",
    "/nope/",
    "/experiment",
    "/experiment/",
    "//budget",
    "/Budget",
    "/api/budget",
    "/experiment/1/2",
    "/experiment/a%2Fb",
    "/internal",
    "/internal/worker/1",
    "/internal/worker/1/",
    "/internal/worker/1/nope",
    "/final_submissions",
    "/submit/1",
):

    @check(f"{path} is no path")
    def _(t, path=path):
        t.equal(t.expect(t.get(path), 404, NOT_FOUND).header("content-type"), "application/json")


for path, allowed in (
    ("/submit", "POST"),
    ("/experiments", "GET"),
    ("/experiment/1", "GET"),
    ("/budget", "GET"),
    ("/final_submission", "GET"),
    ("/internal/worker/1/event", "POST"),
    ("/internal/worker/1/finish", "POST"),
):
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


for path in (
    "/budget",
    "/experiments",
    "/experiment/1",
    "/final_submission",
    "/submit",
    "/internal/worker/1/event",
    "/internal/worker/1/finish",
    "/docs",
    "/redoc",
    "/openapi.json",
    "/dashboard",
):

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


@check("several slashes at the end are one")
def _(t):
    t.equal(t.expect(t.get("/budget///"), 307, "").header("location"), t.url + "/budget")


@check("a redirect writes the path with escapes")
def _(t):
    for sent, location in (
        ("/experiment/a%20b/", "/experiment/a%20b"),
        ("/experiment/%C3%A9/", "/experiment/%C3%A9"),
        ("/experiment/1+1/", "/experiment/1+1"),
    ):
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
    public = {
        "/submit": {"post"},
        "/experiments": {"get"},
        "/experiment/{experiment_id}": {"get"},
        "/budget": {"get"},
        "/final_submission": {"get", "post"},
    }
    for path, methods in public.items():
        t.equal((path in told, methods <= set(told.get(path, ()))), (True, True))
    t.equal([path for path in told if path.startswith("/internal") or path in ("/docs", "/dashboard")], [])


@check("a method that is not so common is 405 too, and a body does not matter")
def _(t):
    t.equal(t.expect(t.send("PROPFIND", "/budget"), 405, NOT_ALLOWED).header("allow"), "GET")
    t.expect(t.send("POST", "/budget", "{", JSON), 405, NOT_ALLOWED)


@check("OPTIONS of no path, with an origin but no method asked for, is 404")
def _(t):
    t.expect(t.send("OPTIONS", "/nope", headers={"Origin": "http://localhost:8000"}), 404, NOT_FOUND)
