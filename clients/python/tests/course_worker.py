"""The reports of the course's own worker, unmodified, against `isoflop serve`: its functions, its types, its proxy.

    PYTHON course_worker.py CHECKOUT URL WORKER_KEY EXPERIMENT RUN_ID

CHECKOUT is a checkout of the course's repository, PYTHON one with its dependencies; the experiment runs under RUN_ID.
What trains is left out: it needs a GPU and the course's cloud. The worker speaks through a proxy on port 1080, which is
played here. Exits with 77 where its code cannot be imported or the port is taken.
"""

import http.client
import http.server
import os
import sys
import threading
import urllib.parse


class Proxy(http.server.BaseHTTPRequestHandler):
    """Hands requests on."""

    def do_POST(self):
        target = urllib.parse.urlsplit(self.path)
        body = self.rfile.read(int(self.headers["Content-Length"]))
        server = http.client.HTTPConnection(target.netloc)
        headers = {name: value for name, value in self.headers.items() if not name.lower().startswith("proxy-")}
        server.request("POST", target.path, body, headers)
        answer = server.getresponse()
        self.send_response(answer.status)
        text = answer.read()
        if answer.status != 204:
            self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *words):
        pass


def main(checkout, url, key, experiment, run_id):
    os.environ |= {"INTERNAL_API_KEY": key, "API_BASE_URL": url}
    os.environ.setdefault("JAX_PLATFORMS", "cpu")
    sys.dont_write_bytecode = True
    sys.path.insert(0, checkout)
    try:
        from cs336_scaling.api.internal import CompletedPayload
        from cs336_scaling.internal_client import post_internal_finish, post_internal_worker_event
        from cs336_scaling.schemas.event import RunHeartbeatEvent, RunStartedEvent, ValidationLossEvent

        proxy = http.server.ThreadingHTTPServer(("127.0.0.1", 1080), Proxy)
    except (ImportError, OSError) as error:
        print(f"skipped: {error}")
        return 77
    threading.Thread(target=proxy.serve_forever, daemon=True).start()

    experiment = int(experiment)
    events = [
        RunStartedEvent(run_id=run_id, wandb_path="team/project/run"),
        RunHeartbeatEvent(run_id=run_id, elapsed_seconds=0.5),
        ValidationLossEvent(run_id=run_id, val_losses=[7.5]),
        ValidationLossEvent(run_id=run_id, val_losses=[7.5, 6.25]),
    ]
    for event in events:
        post_internal_worker_event(experiment, event, log_extra={})
    finish = CompletedPayload(result_type="completed", used_runtime_seconds=12.5, val_losses=[7.5, 6.25])
    post_internal_finish(experiment, finish, log_extra={})
    # What it says twice is heard once.
    post_internal_finish(experiment, finish, log_extra={})
    print("the course's worker reported a run to its end")
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
