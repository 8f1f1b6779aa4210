//! The names that people give to columns, and the options that name one.

use crate::run::Role;

/// Plain names, normalised (lower case, letters and digits), per quantity.
pub(super) const fn plain_names(role: Role) -> &'static [&'static str] {
    match role {
        Role::Params => &PARAMS,
        Role::Tokens => &TOKENS,
        Role::Compute => &COMPUTE,
        Role::Loss => &LOSS,
        Role::UniqueTokens => &UNIQUE_TOKENS,
        Role::Axis => &EXAMPLES,
        // A guess at these would change an answer without a word.
        Role::Weight | Role::Cluster => &[],
    }
}

/// N.
const PARAMS: [&str; 18] = [
    "parameters",
    "params",
    "modelsize",
    "parametercount",
    "paramcount",
    "paramscount",
    "numparams",
    "numparameters",
    "nparams",
    "nparameters",
    "totalparams",
    "totalparameters",
    "modelparams",
    "modelparameters",
    "paramstotal",
    "parameterstotal",
    "numberofparameters",
    "n",
];

/// D.
const TOKENS: [&str; 15] = [
    "tokens",
    "trainingtokens",
    "traintokens",
    "numtokens",
    "ntokens",
    "totaltokens",
    "tokencount",
    "datasetsize",
    "trainingdatasetsize",
    "datasettokens",
    "tokensseen",
    "tokenstotal",
    "datatokens",
    "numberoftokens",
    "d",
];

/// C.
const COMPUTE: [&str; 21] = [
    "compute",
    "computebudget",
    "budget",
    "flops",
    "flop",
    "trainingflops",
    "trainingflop",
    "trainflops",
    "trainflop",
    "totalflops",
    "totalflop",
    "flopsbudget",
    "flopbudget",
    "computeflops",
    "computeflop",
    "trainingcompute",
    "traincompute",
    "totalcompute",
    "budgetflops",
    "numflops",
    "c",
];

/// L.
const LOSS: [&str; 11] = [
    "loss",
    "finalloss",
    "valloss",
    "validationloss",
    "evalloss",
    "testloss",
    "finalvalloss",
    "finalvalidationloss",
    "finalevalloss",
    "finaltestloss",
    "lossfinal",
];

/// U, the distinct tokens.
const UNIQUE_TOKENS: [&str; 14] = [
    "uniquetokens",
    "nuniquetokens",
    "numuniquetokens",
    "uniquetokencount",
    "numberofuniquetokens",
    "uniquetrainingtokens",
    "uniquetraintokens",
    "tokensunique",
    "distincttokens",
    "numdistincttokens",
    "uniquedatatokens",
    "dataunique",
    "uniquedata",
    "u",
];

/// An axis that is none of these: what is a quantity of a run is found by the names of that quantity.
const EXAMPLES: [&str; 19] = [
    "examples",
    "seenexamples",
    "examplesseen",
    "numexamples",
    "nexamples",
    "trainexamples",
    "trainingexamples",
    "samples",
    "seensamples",
    "samplesseen",
    "numsamples",
    "nsamples",
    "trainsamples",
    "trainingsamples",
    "trainsetsize",
    "trainingsetsize",
    "trainsize",
    "trainingsize",
    "datasize",
];

/// Names to recommend for a column.
pub(super) const fn spoken(role: Role) -> &'static [&'static str] {
    match role {
        Role::Params => &["params", "parameters", "N"],
        Role::Tokens => &["tokens", "training_tokens", "D"],
        Role::Compute => &["compute_budget", "flops", "C"],
        Role::Loss => &["final_loss", "val_loss", "loss"],
        Role::UniqueTokens => &["unique_tokens", "U"],
        Role::Axis => &["tokens", "compute", "params", "examples", "steps", "x"],
        Role::Weight => &["weight"],
        Role::Cluster => &["cluster"],
    }
}

/// Names of the column that says what a run is called, best first.
pub(super) const RUN_NAMES: [&str; 6] = ["name", "runname", "run", "displayname", "id", "runid"];

/// Whose names an axis may have, best first.
pub(super) const AXES: [Role; 4] = [Role::Tokens, Role::Compute, Role::Params, Role::Axis];

/// Names of an axis that say less than those of [`plain_names`]: steps count batches of any size, and x is anything.
pub(super) const STEPS: [&str; 10] = [
    "step",
    "steps",
    "trainstep",
    "trainsteps",
    "trainingsteps",
    "numsteps",
    "globalstep",
    "iterations",
    "numiterations",
    "updates",
];

/// The option that says which column is `role`.
pub(super) const fn option(role: Role) -> &'static str {
    match role {
        Role::Params => "--params-column",
        Role::Tokens => "--tokens-column",
        Role::Compute => "--compute-column",
        Role::Loss => "--loss-column",
        Role::UniqueTokens => "--unique-tokens-column",
        Role::Weight => "--weights-column",
        Role::Axis => "--axis",
        Role::Cluster => "--cluster-by",
    }
}
