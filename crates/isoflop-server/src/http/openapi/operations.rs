//! Every operation that users and workers may know of.

use isoflop_api::{BudgetSummary, Experiment, FinalSubmission, FinalSubmissionRequest, SubmitResponse, TrainingConfig};
use utoipa::ToSchema;
use utoipa::openapi::path::HttpMethod;
use utoipa::openapi::schema::{ArrayBuilder, ObjectBuilder, OneOfBuilder, Type};
use utoipa::openapi::{Components, ComponentsBuilder, Ref, RefOr, Schema};

use super::super::v1;
use super::asked::{Asked, OF_ANALYSIS, OF_PAGES, QUESTION, number, text};
use super::bodies as own;
use super::closed::closed;

/// The groups, in the order of the page.
pub(super) const TAGS: &[(&str, &str)] = &[
    ("course 2026", "The course's protocol of 2026: a configuration is trained, charged by the second."),
    ("course 2024 and 2025", "The course's protocol of 2024 and 2025: a question after a loss, charged by the FLOP."),
    ("your runs", "More about your own runs than the courses' protocols tell. Nobody sees anybody else's."),
    (
        "workers",
        "For machines that train: they ask for work, say how it goes on, and end it. All of it may be said twice.",
    ),
];

/// Whose key opens it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Door {
    User,
    Worker,
    Query,
}

impl Door {
    /// Its name, where the key stands, and what it is.
    pub(super) fn key(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::User => ("user", "X-API-Key", "The key of a user."),
            Self::Worker => ("worker", "X-Internal-Key", "The key of workers."),
            Self::Query => ("query", "api_key", "The key of a user, in the address as the protocol of 2024 has it."),
        }
    }
}

/// What a body holds.
#[derive(Clone, Copy)]
pub(super) enum Body {
    Nothing,
    Text(&'static str),
    Number,
    /// A named schema.
    Of(fn() -> &'static str),
    /// A list of it.
    Many(fn() -> &'static str),
    /// It, or `null`.
    Perhaps(fn() -> &'static str),
    /// Any object.
    Object,
}

impl Body {
    pub(super) fn schema(self) -> RefOr<Schema> {
        let named = |name: fn() -> &'static str| Ref::from_schema_name(name());
        match self {
            Self::Nothing | Self::Text(_) => text(),
            Self::Number => number(),
            Self::Of(name) => named(name).into(),
            Self::Many(name) => ArrayBuilder::new().items(named(name)).into(),
            Self::Perhaps(name) => {
                OneOfBuilder::new().item(ObjectBuilder::new().schema_type(Type::Null)).item(named(name)).into()
            }
            Self::Object => ObjectBuilder::new().into(),
        }
    }
}

/// A status, when it is answered, and with what.
type Told = (u16, &'static str, Body);

/// One thing that can be asked.
pub(super) struct Operation {
    pub method: HttpMethod,
    pub path: &'static str,
    pub id: &'static str,
    pub tag: &'static str,
    pub summary: &'static str,
    pub about: &'static str,
    pub door: Door,
    pub query: &'static [Asked],
    pub body: Option<Body>,
    pub answer: Told,
    /// Refusals beyond those that all have.
    pub refused: &'static [Told],
}

impl Operation {
    /// Every refusal, by status.
    pub(super) fn refusals(&self) -> Vec<Told> {
        let mut all: Vec<Told> = self.refused.to_vec();
        match self.door {
            Door::User => all.push((401, "There is no key, or it is nobody's.", REFUSAL)),
            Door::Worker => all.push((401, "The key is not that of workers.", REFUSAL)),
            Door::Query => {}
        }
        if self.body.is_some() {
            if all.iter().all(|told| told.0 != 400) {
                all.push((400, "The body is no text, or nested too deep.", REFUSAL));
            }
            all.push((413, "The body is too large: 1 MiB for users, 32 MiB for workers.", REFUSAL));
            all.push((422, "The request is not as it should be.", INVALID));
        }
        if all.iter().all(|told| told.0 != 429) {
            all.push((429, "Too much is asked for at once; Retry-After says when to ask again.", REFUSAL));
        }
        if all.iter().all(|told| told.0 != 503) {
            all.push((503, "The server cannot write, or is stopping. Nothing was changed; ask again.", REFUSAL));
        }
        all.sort_by_key(|told| told.0);
        all
    }
}

macro_rules! named {
    ($type:ty) => {
        || {
            static NAME: std::sync::LazyLock<String> = std::sync::LazyLock::new(|| <$type>::name().into_owned());
            &NAME
        }
    };
}

const REFUSAL: Body = Body::Of(named!(own::Refusal));
const INVALID: Body = Body::Of(named!(own::ValidationErrors));
const MESSAGE: Body = Body::Of(named!(own::QueryRefusal));
const NOT_YOURS: Told = (404, "There is none of this number, or it is another user's.", REFUSAL);
const SLOW: Told = (503, "It is still being trained; ask again for the answer, at no cost.", MESSAGE);
const BAD_KEY: Told = (422, "The key is nobody's, something is missing or no number, or the budget is spent.", MESSAGE);
const NOT_THE_WORKERS: Told = (409, "Another attempt has the run now, or it ended in another way.", REFUSAL);

const NOT_YET: Told = (409, "There is no analysis yet; the sentence says why.", REFUSAL);
const UNCHANGED: Told = (304, "It is as If-None-Match says.", Body::Nothing);
const WRONG_QUESTION: Told = (422, "A parameter is not known, or not as it should be.", REFUSAL);

/// Everything that can be asked, in the order of the page.
pub(super) const OPERATIONS: &[Operation] = &[
    Operation {
        method: HttpMethod::Post,
        path: "/submit",
        id: "submit",
        tag: "course 2026",
        summary: "Ask for a run",
        about: "Reserves max_runtime_seconds of the budget. Without any AdamW field beside lr_scheduler and \
                grad_clip_norm a configuration trains with SGD, which the header X-Isoflop-Warning then says.",
        door: Door::User,
        query: &[],
        body: Some(Body::Of(named!(TrainingConfig))),
        answer: (200, "The run's number, and the budget with its reservation.", Body::Of(named!(SubmitResponse))),
        refused: &[
            (400, "More is asked for than is left, or the body is no text.", Body::Of(named!(own::NotSubmitted))),
            (409, "There is an experiment of this configuration.", REFUSAL),
            (429, "Too many of your runs wait, or too much is asked for at once.", REFUSAL),
        ],
    },
    Operation {
        method: HttpMethod::Get,
        path: "/experiments",
        id: "list_experiments",
        tag: "course 2026",
        summary: "Every run of yours",
        about: "Oldest first, all at once. /v1/experiments gives pages.",
        door: Door::User,
        query: &[],
        body: None,
        answer: (200, "The runs.", Body::Many(named!(Experiment))),
        refused: &[],
    },
    Operation {
        method: HttpMethod::Get,
        path: "/experiment/{experiment_id}",
        id: "get_experiment",
        tag: "course 2026",
        summary: "One run of yours",
        about: "A cancelled or lost run has failed, with the reason in words.",
        door: Door::User,
        query: &[],
        body: None,
        answer: (200, "The run.", Body::Of(named!(Experiment))),
        refused: &[NOT_YOURS, (422, "The number is none.", INVALID)],
    },
    Operation {
        method: HttpMethod::Get,
        path: "/budget",
        id: "budget",
        tag: "course 2026",
        summary: "What you may still spend",
        about: "Finished runs count what they used, others what they reserve.",
        door: Door::User,
        query: &[],
        body: None,
        answer: (200, "The budget.", Body::Of(named!(BudgetSummary))),
        refused: &[],
    },
    Operation {
        method: HttpMethod::Get,
        path: "/final_submission",
        id: "final_submission",
        tag: "course 2026",
        summary: "Your last word",
        about: "The configuration for the large run, and where you say its loss will end.",
        door: Door::User,
        query: &[],
        body: None,
        answer: (200, "It, or null if there is none.", Body::Perhaps(named!(FinalSubmission))),
        refused: &[],
    },
    Operation {
        method: HttpMethod::Post,
        path: "/final_submission",
        id: "save_final_submission",
        tag: "course 2026",
        summary: "Say your last word, or another",
        about: "May be said again until submissions close.",
        door: Door::User,
        query: &[],
        body: Some(Body::Of(named!(FinalSubmissionRequest))),
        answer: (200, "As it is kept.", Body::Of(named!(FinalSubmission))),
        refused: &[(403, "Submissions are closed.", REFUSAL)],
    },
    Operation {
        method: HttpMethod::Get,
        path: "/loss",
        id: "loss",
        tag: "course 2024 and 2025",
        summary: "The loss of a run",
        about: "Waits for the run. Asking again is free.",
        door: Door::Query,
        query: QUESTION,
        body: None,
        answer: (200, "The loss.", Body::Of(named!(own::LossAnswer))),
        refused: &[(404, "A number is outside of its range.", MESSAGE), BAD_KEY, SLOW],
    },
    Operation {
        method: HttpMethod::Get,
        path: "/total_flops_used",
        id: "total_flops_used",
        tag: "course 2024 and 2025",
        summary: "What your questions cost so far",
        about: "In FLOPs.",
        door: Door::Query,
        query: &[],
        body: None,
        answer: (200, "A bare number.", Body::Number),
        refused: &[(422, "The key is nobody's, or nothing was asked yet.", MESSAGE)],
    },
    Operation {
        method: HttpMethod::Get,
        path: "/previous_runs",
        id: "previous_runs",
        tag: "course 2024 and 2025",
        summary: "Every question that was answered",
        about: "With its loss.",
        door: Door::Query,
        query: &[],
        body: None,
        answer: (200, "The questions.", Body::Of(named!(own::PreviousRuns))),
        refused: &[(422, "The key is nobody's.", MESSAGE)],
    },
    Operation {
        method: HttpMethod::Get,
        path: "/v1/me",
        id: "me",
        tag: "your runs",
        summary: "Who you are, and what you have",
        about: "Both budgets, how many runs are how far, and where final submissions stand.",
        door: Door::User,
        query: &[],
        body: None,
        answer: (200, "You.", Body::Of(named!(v1::Me))),
        refused: &[],
    },
    Operation {
        method: HttpMethod::Get,
        path: "/v1/experiments",
        id: "experiments_page",
        tag: "your runs",
        summary: "A page of your runs",
        about: "Oldest first, runs of both protocols. The answer has an ETag; If-None-Match makes asking again cheap.",
        door: Door::User,
        query: OF_PAGES,
        body: None,
        answer: (200, "The page.", Body::Of(named!(v1::told::Page))),
        refused: &[UNCHANGED, WRONG_QUESTION],
    },
    Operation {
        method: HttpMethod::Post,
        path: "/v1/experiments/{experiment_id}/cancel",
        id: "cancel",
        tag: "your runs",
        summary: "Stop a run",
        about: "A run that waits costs nothing then, one that goes on the time since it began. Its configuration may be \
                submitted again. Said twice it is done once.",
        door: Door::User,
        query: &[],
        body: None,
        answer: (200, "The run as it is now.", Body::Of(named!(v1::told::Told))),
        refused: &[NOT_YOURS, (409, "It is over.", REFUSAL)],
    },
    Operation {
        method: HttpMethod::Post,
        path: "/v1/estimate",
        id: "estimate",
        tag: "your runs",
        summary: "What a run would cost",
        about: "Checks a configuration as /submit does, spends nothing, and says what is doubtful about it.",
        door: Door::User,
        query: &[],
        body: Some(Body::Of(named!(TrainingConfig))),
        answer: (200, "The costs.", Body::Of(named!(crate::estimate::Estimate))),
        refused: &[],
    },
    Operation {
        method: HttpMethod::Get,
        path: "/v1/events",
        id: "events",
        tag: "your runs",
        summary: "News of your runs as they happen",
        about: "Server-sent events. The present state comes first: a `run` for each run (as in /v1/experiments, without \
                its configuration), then `me` (as /v1/me), whose id, sent back as Last-Event-ID, saves telling it again. \
                Comments show that the stream flows.",
        door: Door::User,
        query: &[],
        body: None,
        answer: (200, "The stream.", Body::Text("text/event-stream")),
        refused: &[(429, "Too many streams are open.", REFUSAL)],
    },
    Operation {
        method: HttpMethod::Get,
        path: "/v1/runs.csv",
        id: "runs_csv",
        tag: "your runs",
        summary: "Your finished runs as a table",
        about: "For `isoflop analyze runs.csv`. The answer has an ETag.",
        door: Door::User,
        query: &[],
        body: None,
        answer: (200, "Comma-separated values with a head.", Body::Text("text/csv")),
        refused: &[UNCHANGED],
    },
    Operation {
        method: HttpMethod::Get,
        path: "/v1/analysis",
        id: "analysis",
        tag: "your runs",
        summary: "The scaling law of your finished runs",
        about: "As `isoflop analyze --json` gives it, schema isoflop.analysis/1, from 1000 resamples. The answer has an ETag.",
        door: Door::User,
        query: OF_ANALYSIS,
        body: None,
        answer: (200, "The analysis.", Body::Object),
        refused: &[UNCHANGED, NOT_YET, WRONG_QUESTION],
    },
    Operation {
        method: HttpMethod::Get,
        path: "/v1/analysis/figures",
        id: "figures",
        tag: "your runs",
        summary: "Figures of that analysis",
        about: "As SVG, for a page that defines the colours as /pages/look.css does.",
        door: Door::User,
        query: OF_ANALYSIS,
        body: None,
        answer: (200, "The figures that the runs can fill.", Body::Of(named!(v1::analysis::Figures))),
        refused: &[UNCHANGED, NOT_YET, WRONG_QUESTION],
    },
    Operation {
        method: HttpMethod::Post,
        path: "/v1/worker/lease",
        id: "lease",
        tag: "workers",
        summary: "Ask for work",
        about: "Runs that the worker holds without knowing are handed to it again.",
        door: Door::Worker,
        query: &[],
        body: Some(Body::Of(named!(own::LeaseRequest))),
        answer: (200, "Runs, none if there are none.", Body::Of(named!(own::Leases))),
        refused: &[],
    },
    Operation {
        method: HttpMethod::Post,
        path: "/v1/worker/{experiment_id}/progress",
        id: "progress",
        tag: "workers",
        summary: "Say how a run goes on",
        about: "Renews the lease. Every validation loss so far is said each time. A heartbeat of no elapsed second says that the run waits for a machine.",
        door: Door::Worker,
        query: &[],
        body: Some(Body::Of(named!(own::Progress))),
        answer: (200, "Whether to go on.", Body::Of(named!(own::GoOn))),
        refused: &[NOT_YOURS],
    },
    Operation {
        method: HttpMethod::Post,
        path: "/v1/worker/{experiment_id}/finish",
        id: "finish",
        tag: "workers",
        summary: "End a run",
        about: "With its losses, or with the reason why there are none.",
        door: Door::Worker,
        query: &[],
        body: Some(Body::Of(named!(own::FinishRequest))),
        answer: (204, "It is written down.", Body::Nothing),
        refused: &[NOT_YOURS, NOT_THE_WORKERS],
    },
    Operation {
        method: HttpMethod::Post,
        path: "/v1/worker/{experiment_id}/lost",
        id: "lost",
        tag: "workers",
        summary: "Say that a run was lost",
        about: "The machine failed, not the run: it waits again, at no cost, unless it was lost too often.",
        door: Door::Worker,
        query: &[],
        body: Some(Body::Of(named!(own::LostRequest))),
        answer: (204, "It is written down.", Body::Nothing),
        refused: &[NOT_YOURS],
    },
    Operation {
        method: HttpMethod::Post,
        path: "/v1/worker/{experiment_id}/give_back",
        id: "give_back",
        tag: "workers",
        summary: "Hand a run back",
        about: "The worker ends, and nothing is wrong with the run: it waits again.",
        door: Door::Worker,
        query: &[],
        body: Some(Body::Of(named!(own::GiveBackRequest))),
        answer: (204, "It is written down.", Body::Nothing),
        refused: &[NOT_YOURS],
    },
];

/// The named schemas, and those that they name.
pub(super) fn schemas() -> Components {
    let mut all = Vec::new();
    for add in [
        with_own::<TrainingConfig>,
        with_own::<Experiment>,
        with_own::<SubmitResponse>,
        with_own::<BudgetSummary>,
        with_own::<FinalSubmission>,
        with_own::<FinalSubmissionRequest>,
        with_own::<own::Refusal>,
        with_own::<own::ValidationErrors>,
        with_own::<own::NotSubmitted>,
        with_own::<own::QueryRefusal>,
        with_own::<own::LossAnswer>,
        with_own::<own::PreviousRuns>,
        with_own::<own::LeaseRequest>,
        with_own::<own::Leases>,
        with_own::<own::FinishRequest>,
        with_own::<own::LostRequest>,
        with_own::<own::GiveBackRequest>,
        with_own::<own::GoOn>,
        with_own::<own::Progress>,
        with_own::<v1::Me>,
        with_own::<v1::told::Page>,
        with_own::<v1::told::Told>,
        with_own::<v1::analysis::Figures>,
        with_own::<crate::estimate::Estimate>,
    ] {
        add(&mut all);
    }
    ComponentsBuilder::new().schemas_from_iter(all.into_iter().map(closed)).build()
}

fn with_own<T: ToSchema>(all: &mut Vec<(String, RefOr<Schema>)>) {
    all.push((T::name().into_owned(), T::schema()));
    T::schemas(all);
}
