"""The course's own client, unmodified but for its address, against `isoflop serve`.

    PYTHON course_client.py CHECKOUT URL KEY

CHECKOUT is a checkout of the course's repository, PYTHON one with its dependencies. The key has eight digits, as that
client insists. Exits with 77 where the client cannot be imported.
"""

import os
import sys


def main(checkout, url, key):
    os.environ["A3_API_KEY"] = key
    os.environ.setdefault("JAX_PLATFORMS", "cpu")
    sys.dont_write_bytecode = True
    sys.path.insert(0, checkout)
    try:
        from cs336_scaling import client
    except ImportError as error:
        print(f"skipped: {error}")
        return 77
    client.API_BASE_URL = url

    config = {
        "architecture_config": {
            "attention_bias": False, "head_dim": 64, "hidden_size": 256, "intermediate_size": 768,
            "num_attention_heads": 4, "num_hidden_layers": 4, "num_key_value_heads": 4, "rms_norm_eps": 1e-6,
            "rope_theta": 10000, "tie_word_embeddings": False, "dtype": "bfloat16", "vocab_size": 32000,
        },
        "optimizer_config": {"lr_scheduler": {"peak_value": 0.001}, "weight_decay": 0.1},
        "train_batch_size": 64, "val_batch_size": 64, "total_train_tokens": 52428800,
        "max_runtime_seconds": 600, "model_seed": 5,
    }
    before = client.get_budget()
    submitted = client.submit_experiment(config)
    after = submitted.budget_summary
    assert after.remaining_seconds == before.remaining_seconds - 600, (before, after)
    try:
        client.submit_experiment(config)
        raise AssertionError("a repeat was taken")
    except RuntimeError as refused:
        assert "409" in str(refused) and "already exists" in str(refused), refused

    while True:
        experiment = client.get_experiment(submitted.experiment_id)
        if experiment.status.status_type in ("completed", "failed"):
            break
    assert experiment.status.status_type == "completed", experiment
    assert len(experiment.status.val_losses) == 16, experiment
    assert client.list_experiments() == [experiment]
    assert client.get_budget().used_seconds < 600, client.get_budget()

    assert client.get_final_submission() is None
    saved = client.save_final_submission(config, 3.25)
    assert client.get_final_submission() == saved and saved.predicted_final_loss == 3.25, saved
    again = client.save_final_submission_json({"training_config": config, "predicted_final_loss": 3.5})
    assert client.get_final_submission() == again, again
    try:
        client.submit_experiment({**config, "max_runtime_seconds": 43200})
        raise AssertionError("more than the budget was granted")
    except RuntimeError as refused:
        assert "insufficient budget" in str(refused), refused
    print("the course's client: budget, submit, get, list and final submission work")
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
