//! Whether the server is ready for a course, and what a course would do to it.

use axum::extract::{Request, State};

use super::super::answer::{self, Reply};
use super::super::{App, proxy};
use super::asked::{Nothing, asked, note, unprocessable};
use super::audit::reading;
use crate::preflight::{self, Found, Preflight};
use crate::rehearsal::{self, Plan};
use crate::store::Reader;

/// `POST /v1/operator/preflight`
pub(super) async fn preflight(State(app): State<App>, request: Request) -> Reply {
    let through_tls = proxy::is_secure(request.headers());
    let (operator, Nothing {}) = asked(&app, request).await?;
    let written = note(&app, operator.deed("preflight", "", "")).await;
    let file = reading(&app, Reader::check).await;
    let mut found: Vec<Found> = vec![
        preflight::of_writing(written.is_ok()),
        preflight::of_file(file.ok().as_deref()),
        preflight::of_address(app.house.address, through_tls),
    ];
    found.extend(preflight::of_books(&app.service.ledger()));
    let (last, house) = (app.service.ledger().now(), app.house.clone());
    let rest = tokio::task::spawn_blocking(move || preflight::of_machine(&house, last));
    found.extend(rest.await.expect("looking does not panic"));
    Ok(answer::ok(&Preflight::of(found)))
}

/// `POST /v1/operator/rehearsal`, of a [`Plan`]; nothing of it reaches the books
pub(super) async fn rehearsal(State(app): State<App>, request: Request) -> Reply {
    let (_, plan): (_, Plan) = asked(&app, request).await?;
    if let Some(why) = plan.unfit() {
        return Err(unprocessable(why));
    }
    let (house, terms) = (app.house.clone(), app.service.terms().clone());
    let made = tokio::task::spawn_blocking(move || rehearsal::rehearse(&plan, &terms, &house));
    Ok(answer::ok(&made.await.expect("a rehearsal does not panic")))
}
