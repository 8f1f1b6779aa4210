"""The client against a server: ISOFLOP_URL, ISOFLOP_API_KEY and a server with --world quiet. A cargo test starts one."""

import http.server
import os
import pathlib
import sys
import tempfile
import threading
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))

from isoflop_client import Client, Refused, Unreachable  # noqa: E402


def config(seed, **more):
    return {
        "architecture_config": {
            "attention_bias": False, "head_dim": 64, "hidden_size": 256, "intermediate_size": 768,
            "num_attention_heads": 4, "num_hidden_layers": 4, "num_key_value_heads": 4, "rms_norm_eps": 1e-6,
            "rope_theta": 10000, "tie_word_embeddings": False, "dtype": "bfloat16", "vocab_size": 32000,
        },
        "optimizer_config": {"lr_scheduler": {"peak_value": 0.001}, "weight_decay": 0.1},
        "train_batch_size": 64, "val_batch_size": 64, "total_train_tokens": 52428800,
        "max_runtime_seconds": 600, "model_seed": seed, **more,
    }


QUERY = dict(d_model=128, num_layers=4, num_heads=2, batch_size=128, learning_rate=1e-3, train_flops=1e15)


class Flaky(http.server.BaseHTTPRequestHandler):
    """Cuts the first connection off, is too busy at the second, and answers the third."""

    seen = 0

    def do_GET(self):
        type(self).seen += 1
        if self.seen == 1:
            self.connection.close()
        elif self.seen == 2:
            self.send_response(503)
            self.send_header("Retry-After", "1")
            self.end_headers()
        else:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b'{"remaining_seconds": 1.0}')

    def log_message(self, *_):
        pass


class Away(unittest.TestCase):
    def test_is_tried_again(self):
        server = http.server.HTTPServer(("127.0.0.1", 0), Flaky)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            client = Client(f"http://127.0.0.1:{server.server_port}", "x", cache=None)
            self.assertEqual(client.budget(), {"remaining_seconds": 1.0})
            self.assertEqual(Flaky.seen, 3)
        finally:
            server.shutdown()
            server.server_close()

    def test_is_told(self):
        with self.assertRaisesRegex(Unreachable, "http://127.0.0.1:9/budget cannot be reached"):
            Client("http://127.0.0.1:9", "x", cache=None, tries=2).budget()


@unittest.skipUnless(os.environ.get("ISOFLOP_URL"), "needs a server at ISOFLOP_URL")
class Served(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.cache = os.path.join(folder.name, "cache.jsonl")
        self.client = Client(cache=self.cache)

    def test_trains_and_resumes(self):
        looks = []
        runs = self.client.train([config(0), config(1)], progress=lambda *look: looks.append(look))
        self.assertEqual([run["status"]["status_type"] for run in runs], ["completed"] * 2)
        self.assertEqual(looks[-1], (2, 0, 0))
        numbers = [run["experiment_id"] for run in runs]
        # Without what is known here it is found on the server, and with it nobody is asked.
        self.assertEqual(Client(cache=None).submit(config(1)), numbers[1])
        away = Client(cache=self.cache)
        away._call = None
        self.assertEqual(away.wait([away.submit(config(0)), away.submit(config(1))]), runs)
        self.assertGreater(self.client.budget()["used_seconds"], 0)

    def test_refusals_have_words(self):
        with self.assertRaisesRegex(Refused, "architecture_config.head_dim: Field required"):
            broken = config(2)
            del broken["architecture_config"]["head_dim"]
            self.client.submit(broken)
        self.client.submit(config(8))
        with self.assertRaisesRegex(Refused, "insufficient budget: .* s are left"):
            self.client.submit(config(3, max_runtime_seconds=43200))
        with self.assertRaisesRegex(Refused, "invalid API key") as refused:
            Client(key="nobody", cache=None).budget()
        self.assertEqual(refused.exception.status, 401)

    def test_final_submission(self):
        self.client.save_final_submission(config(9), 3.25)
        self.assertEqual(self.client.final_submission()["predicted_final_loss"], 3.25)

    def test_losses(self):
        loss = self.client.loss(**QUERY)
        self.assertEqual(self.client.total_flops_used(), 1e15)
        self.assertEqual(self.client.previous_runs()[0]["loss"], loss)
        away = Client(cache=self.cache)
        away._call = None
        self.assertEqual(away.loss(**QUERY), loss)
        with self.assertRaisesRegex(Refused, "d_model must be in range"):
            self.client.loss(**{**QUERY, "d_model": 9999})


if __name__ == "__main__":
    unittest.main()
