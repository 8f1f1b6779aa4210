//! Which column is which quantity, and how it was counted.

use isoflop::run::{ComputeRule, LossUnit, ParamsCount, Role};
use isoflop::source::{ColumnChoice, ReadErrorKind, ReadOptions};

use super::{column, read_bytes, read_text, told};

/// Reads one row of these columns, each holding its place from 1.
fn header(names: &str) -> String {
    let row: Vec<String> = (1..=names.split(',').count()).map(|place| place.to_string()).collect();
    format!("{names}\n{}\n", row.join(","))
}

#[test]
fn names_are_found_by_meaning() {
    let cases = [
        ("N_params,D,Loss", Role::Params, "N_params"),
        ("Model Size (params),tokens,loss", Role::Params, "Model Size (params)"),
        ("n_parameters,train_tokens,val_loss", Role::Tokens, "train_tokens"),
        ("model/num_params,dataset_size,eval_loss", Role::Params, "model/num_params"),
        ("active_params,tokens,loss", Role::Params, "active_params"),
        ("n,params,tokens,loss", Role::Params, "params"),
        ("params,params_non_embedding,tokens,loss", Role::Params, "params"),
        ("params,tokens,unique_tokens,loss", Role::Tokens, "tokens"),
        ("params,tokens_per_step,training_tokens,loss", Role::Tokens, "training_tokens"),
        ("params,flops_per_second,mfu,total_flops,loss", Role::Compute, "total_flops"),
        ("params,FLOP/s,Training compute (FLOP),loss", Role::Compute, "Training compute (FLOP)"),
        ("params,C,train_loss,loss", Role::Loss, "loss"),
        ("params,C,train_loss,eval/paloma/macro_loss", Role::Loss, "eval/paloma/macro_loss"),
        ("params,C,train_loss", Role::Loss, "train_loss"),
        ("params,C,smooth loss,loss", Role::Loss, "loss"),
        ("params,C,router_z_loss,lm_loss", Role::Loss, "lm_loss"),
        ("N,D,lr,bs,L,c4_loss", Role::Loss, "c4_loss"),
        ("N,D,eval/c4/loss,eval/c4/macro_loss", Role::Loss, "eval/c4/loss"),
        ("N,D,eval/c4/bpb", Role::Loss, "eval/c4/bpb"),
        ("N,C,d_k,d_model,loss", Role::Tokens, ""),
        ("embedding_params,C,D,loss", Role::Params, ""),
        ("numParams,numTokens,finalLoss", Role::Tokens, "numTokens"),
    ];
    for (names, role, expected) in cases {
        let table = read_text("r.csv", &header(names)).unwrap_or_else(|error| panic!("{names}: {error}"));
        assert_eq!(column(&table, role), expected, "{names}");
    }
}

#[test]
fn units_in_names_are_multiplied_out() {
    let cases = [
        ("params_m,tokens (B),loss", Role::Params, 1e6),
        ("params_m,tokens (B),loss", Role::Tokens, 1e9),
        ("params,total_gflops,loss", Role::Compute, 1e9),
        ("params,throughput/total_tflops,loss", Role::Compute, 1e12),
        ("params,training_flops,loss", Role::Compute, 1.0),
        ("params,pf_days,loss", Role::Compute, 8.64e19),
        ("params,PFdays,loss", Role::Compute, 8.64e19),
        ("params,totalGFLOPs,loss", Role::Compute, 1e9),
        ("params,total_pflops,loss", Role::Compute, 1e15),
        ("params,totaltflops,loss", Role::Compute, 1e12),
        ("params,totalflops,loss", Role::Compute, 1.0),
        ("params,trainingFLOPs,loss", Role::Compute, 1.0),
        ("paramsM,numTokensB,loss", Role::Tokens, 1e9),
        ("N,C,d_k,n_b,loss", Role::Compute, 1.0),
        ("params,petaflop/s-days,loss", Role::Compute, 8.64e19),
    ];
    for (names, role, factor) in cases {
        let table = read_text("r.csv", &header(names)).unwrap_or_else(|error| panic!("{names}: {error}"));
        let used = table.provenance.columns.iter().find(|used| used.role == role);
        assert_eq!(used.map(|used| used.factor), Some(factor), "{names}");
    }
    let table = read_text("r.csv", "params_m,tokens_b,loss\n70,1.4,2\n").unwrap();
    assert_eq!((table.runs()[0].params.0, table.runs()[0].tokens.0), (7e7, 1.4e9));
    assert_eq!(table.runs()[0].compute.0, 6.0 * 7e7 * 1.4e9);
}

#[test]
fn rates_are_not_compute() {
    for name in ["flops_per_second", "flops/s", "mfu", "throughput/gflops", "peak_flops", "tflops_per_gpu"] {
        let told = told(read_text("r.csv", &header(&format!("params,{name},loss"))));
        assert!(told.contains("no column looks like tokens or compute, and one of them is needed"), "{told}");
    }
}

#[test]
fn doubt_is_an_error_that_lists_the_choices() {
    let error = read_text("r.csv", &header("N,C,val_loss,test_loss")).unwrap_err();
    assert_eq!(error.to_string(), "r.csv: 2 columns could be the loss: val_loss, test_loss");
    assert_eq!(error.hint.as_deref(), Some("choose one with --loss-column val_loss"));
    let error = read_text("r.csv", &header("N,C,eval/my data/loss,eval/c4/loss")).unwrap_err();
    assert_eq!(error.hint.as_deref(), Some("choose one with --loss-column 'eval/my data/loss'"));
    assert_eq!(error.kind, ReadErrorKind::Columns);
}

#[test]
fn a_missing_quantity_names_its_option_and_the_nearest_column() {
    let cases = [
        ("N,C,lss", "no column looks like the loss; there are N, C, lss", "add --loss-column lss"),
        ("N,C,ppl", "no column looks like the loss; there are N, C, ppl", "--loss-column NAME"),
        (
            "parms,loss",
            "no column looks like params, tokens or compute, and two of them are needed",
            "--params-column parms",
        ),
        ("N,loss,tokns", "no column looks like tokens or compute, and one of them is needed", "--tokens-column tokns"),
    ];
    for (names, sentence, hint) in cases {
        let told = told(read_text("r.csv", &header(names)));
        assert!(told.contains(sentence) && told.contains(hint), "{told}");
    }
}

#[test]
fn columns_can_be_chosen() {
    let text = header("N,size,D,Val_Loss,test_loss,tag");
    let read =
        |columns: ColumnChoice| read_bytes("r.csv", text.as_str(), &ReadOptions { columns, ..ReadOptions::default() });
    let choice = |params: &str, loss: &str| ColumnChoice {
        params: Some(params.to_string()),
        loss: Some(loss.to_string()),
        name: Some("tag".to_string()),
        ..ColumnChoice::default()
    };
    let table = read(choice("size", "val_loss")).unwrap();
    let run = &table.runs()[0];
    assert_eq!((run.params.0, run.tokens.0, run.loss.0, run.name.as_deref()), (2.0, 3.0, 4.0, Some("6")));
    let error = read(choice("sise", "val_loss")).unwrap_err();
    assert_eq!(error.to_string(), "r.csv: no column is named \"sise\"; there are N, size, D, Val_Loss, test_loss, tag");
    assert_eq!(error.hint.as_deref(), Some("did you mean --params-column size"));
}

#[test]
fn a_label_is_a_candidate_only_when_nothing_else_is() {
    let table = read_text("r.csv", "param_count,n,tokens,loss\nkaplan,1e6,1e9,3\n").unwrap();
    assert_eq!(column(&table, Role::Params), "n");
    assert!(told(read_text("r.csv", "model_size,tokens,loss\n70B,1e9,3\n")).contains("hint: write 7e10"));
}

#[test]
fn a_key_that_only_late_records_have_is_found() {
    let early = "{\"N\":1,\"D\":2,\"loss\":3}\n".repeat(1000);
    let text = format!("{early}{{\"N\":1,\"D\":2,\"loss\":4,\"rerun\":true}}");
    let options = ReadOptions { condition: Some("rerun".to_string()), ..ReadOptions::default() };
    assert_eq!(read_bytes("r.jsonl", text, &options).unwrap().used().count(), 1);
}

#[test]
fn conventions_follow_names_numbers_and_options() {
    let table = read_text("r.csv", "total_params,D,C,macro_bpb\n1,2,12.5,3\n").unwrap();
    let counted = table.conventions;
    assert_eq!(
        (counted.params, counted.compute, counted.loss),
        (ParamsCount::Total, ComputeRule::Measured, LossUnit::BitsPerByte)
    );
    let table = read_text("r.csv", "N,D,C,loss\n1,2,12.000001,3\n").unwrap();
    assert_eq!(table.conventions.compute, ComputeRule::SixNd);
    assert_eq!((table.conventions.params, table.provenance.derived), (ParamsCount::Unstated, None));
    assert_eq!(table.runs()[0].compute.0, 12.000001, "C is the file's own");
    let options = ReadOptions {
        params_count: Some(ParamsCount::NonEmbedding),
        loss_unit: Some(LossUnit::NatsPerToken),
        ..ReadOptions::default()
    };
    let counted = read_bytes("r.csv", "N,D,bpb\n1,2,3\n", &options).unwrap().conventions;
    assert_eq!((counted.params, counted.loss), (ParamsCount::NonEmbedding, LossUnit::NatsPerToken));
}
