//! Bodies that are taken, for those who would rather change one than write one.

use serde_json::{Value, json};

/// A body for the operation of this name, if it takes one.
pub(super) fn of(id: &str) -> Option<Value> {
    Some(match id {
        "submit" | "estimate" => training_config(),
        "save_final_submission" => json!({ "training_config": training_config(), "predicted_final_loss": 3.21 }),
        "lease" => json!({ "worker": "gpu-1", "places": 2, "holding": [] }),
        "progress" => json!({ "log_type": "validation_loss", "run_id": "gpu-1-7", "val_losses": [5.1, 4.6] }),
        "finish" => json!({
            "run_id": "gpu-1-7",
            "finish": { "result_type": "completed", "used_runtime_seconds": 61.5, "val_losses": [5.1, 4.6, 4.4, 4.3] },
        }),
        "lost" => json!({ "run_id": "gpu-1-7", "why": "the machine was taken away" }),
        "give_back" => json!({ "run_id": "gpu-1-7" }),
        _ => return None,
    })
}

/// Small, and soon done.
fn training_config() -> Value {
    json!({
        "architecture_config": {
            "attention_bias": false,
            "head_dim": 64,
            "hidden_size": 256,
            "intermediate_size": 1024,
            "num_attention_heads": 4,
            "num_hidden_layers": 4,
            "num_key_value_heads": 4,
            "rms_norm_eps": 1e-6,
            "rope_theta": 10000,
            "tie_word_embeddings": true,
            "dtype": "bfloat16",
            "vocab_size": 32000,
        },
        "optimizer_config": { "lr_scheduler": { "peak_value": 1e-3 }, "weight_decay": 0.1 },
        "train_batch_size": 64,
        "val_batch_size": 64,
        "n_evals": 4,
        "total_train_tokens": 13_107_200,
        "max_runtime_seconds": 60,
    })
}

#[cfg(test)]
mod tests {
    use isoflop_api::{FinalSubmissionRequest, Finish, Request, TrainingConfig, WorkerEvent, read_body, read_request};

    use super::super::operations::OPERATIONS;
    use super::*;

    fn is_taken<T: Request>(example: &Value) -> bool {
        let json = read_body(Some("application/json"), example.to_string().as_bytes()).expect("JSON");
        read_request::<T>(&json).is_ok()
    }

    #[test]
    fn every_body_has_an_example_that_is_taken() {
        for operation in OPERATIONS {
            let example = of(operation.id);
            assert_eq!(example.is_some(), operation.body.is_some(), "{}", operation.id);
            let Some(example) = example else { continue };
            let good = match operation.id {
                "submit" | "estimate" => is_taken::<TrainingConfig>(&example),
                "save_final_submission" => is_taken::<FinalSubmissionRequest>(&example),
                "progress" => is_taken::<WorkerEvent>(&example),
                "finish" => is_taken::<Finish>(&example["finish"]),
                _ => example.is_object(),
            };
            assert!(good, "{}", operation.id);
        }
    }
}
