//! The server, from its options to its end.

use std::future::Future;
use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use axum::http::HeaderValue;
use tokio::net::TcpListener;

use crate::auth::{KeyHasher, id_of, new_key};
use crate::backend::TrainingBackend;
use crate::hands::Hands;
use crate::house::House;
use crate::http::connection::Bounds;
use crate::http::{self, App, Limits};
use crate::ledger::{Command, Owner, Terms};
use crate::service::{Problem, Service};
use crate::store::{Guard, Store, StoreError};

/// How a server is to be.
pub struct Options {
    /// Where the books are kept.
    pub database: PathBuf,
    /// Where to listen.
    pub listen: SocketAddr,
    /// What everyone is granted.
    pub terms: Terms,
    /// What trains here, and how many runs at once; nothing if all runs go to workers elsewhere.
    pub backend: Option<(Arc<dyn TrainingBackend>, usize)>,
    /// The key of workers, if it is not to be made here.
    pub worker_key: Option<String>,
    /// Requests of one key in a second, if they are limited.
    pub rate_limit: Option<NonZeroU32>,
    /// Connections at once; more wait.
    pub max_connections: usize,
    /// Whether every request comes through a proxy, which says for whom it asks.
    pub behind_proxy: bool,
}

/// Why a server did not start, or ended.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// Its database.
    #[error("{}: {source}", path.display())]
    Store {
        /// Where.
        path: PathBuf,
        /// Why.
        source: StoreError,
    },
    /// Its address.
    #[error("cannot listen on {address}: {source}")]
    Listen {
        /// Where.
        address: SocketAddr,
        /// Why.
        source: std::io::Error,
    },
    /// Its first events.
    #[error(transparent)]
    Problem(#[from] Problem),
    /// The machine.
    #[error(transparent)]
    Io(#[from] std::io::Error),
}

/// What is told once, when the server has started. Keys are there if they were made just now: they cannot be had again.
#[derive(Debug)]
pub struct Started {
    /// Where it listens.
    pub address: SocketAddr,
    /// The key of the first user, `student`.
    pub user_key: Option<String>,
    /// The key of operators.
    pub operator_key: Option<String>,
    /// The key of workers.
    pub worker_key: Option<String>,
}

/// Between times at which what was counted of those who have gone is forgotten.
const TIDY: Duration = Duration::from_mins(1);
/// Between looks for leases that have run out.
const TICK: Duration = Duration::from_secs(1);
/// Who the first user is.
const FIRST_USER: &str = "student";

/// Serves until `stop` is ready. `started` hears where, and the keys.
///
/// # Errors
/// If it cannot start.
pub async fn serve(
    options: Options,
    started: impl FnOnce(&Started),
    stop: impl Future<Output = ()> + Send + 'static,
) -> Result<(), ServeError> {
    let (path, database) = (options.database.clone(), options.database.clone());
    let in_store = |source| ServeError::Store { path: path.clone(), source };
    let _guard = Guard::of(&options.database).map_err(in_store)?;
    let store = Store::open(&options.database).map_err(in_store)?;
    let salt = store.word("salt", new_key).map_err(in_store)?;
    let service = Service::start(store, options.terms).map_err(in_store)?;
    service.ask(Command::Restart).await?;
    let address = options.listen;
    let listener = TcpListener::bind(address).await.map_err(|source| ServeError::Listen { address, source })?;
    let (backend, places) = options.backend.clone().unzip();
    let house = House {
        database: Some(options.database),
        address: Some(listener.local_addr()?),
        backend,
        places: places.unwrap_or_default(),
    };
    let app = App {
        service: service.clone(),
        id: HeaderValue::from_str(&id_of(&salt)).expect("digits are a header's value"),
        keys: Arc::new(KeyHasher::new(salt)),
        kept: Arc::default(),
        house: Arc::new(house),
        limits: Arc::new(Limits::new(options.rate_limit)),
        lists: Arc::default(),
        behind_proxy: options.behind_proxy,
    };
    started(&first_keys(&app, options.worker_key.as_deref(), listener.local_addr()?).await?);
    if let Some((backend, places)) = options.backend {
        tokio::spawn(Hands::new(service.clone(), backend, places).run());
    }
    let ticking = tokio::spawn(tick(service.clone()));
    let limits = Arc::clone(&app.limits);
    tokio::spawn(async move {
        let mut interval = tokio::time::interval(TIDY);
        loop {
            interval.tick().await;
            limits.tidy();
        }
    });
    let kept = Arc::clone(&app.kept);
    let condition = service.condition_shared();
    let stop = async move {
        // A server whose books cannot go on ends, so that whoever watches it starts it again.
        tokio::select! {
            () = stop => {}
            _ = ticking => {}
        }
        kept.stop();
        service.condition().stops();
    };
    http::connection::serve(listener, http::app(app), Bounds::of(options.max_connections), stop).await;
    // The one file is then whole; where that fails, the log beside it has the rest, and the next start reads it.
    if let Err(error) = tokio::task::spawn_blocking(move || Store::gather(&database)).await.expect("no panic") {
        tracing::warn!(%error, "keep the -wal file with the database");
    }
    if condition.is_broken() { Err(Problem::Broken.into()) } else { Ok(()) }
}

/// Ends if nothing can be asked of the books any more.
async fn tick(service: Service) {
    let mut interval = tokio::time::interval(TICK);
    loop {
        interval.tick().await;
        if let Err(Problem::Stopping | Problem::Broken) = service.ask(Command::Expire).await {
            return;
        }
    }
}

/// Makes the keys that a new database lacks.
async fn first_keys(app: &App, worker_key: Option<&str>, address: SocketAddr) -> Result<Started, Problem> {
    let (has_users, has_operator, has_worker) = {
        let ledger = app.service.ledger();
        (ledger.users().next().is_some(), ledger.has_key(Owner::Operator), ledger.has_key(Owner::Worker))
    };
    let mut started = Started { address, user_key: None, operator_key: None, worker_key: None };
    if !has_users {
        let key = new_key();
        let command = Command::AddUser { name: FIRST_USER.to_owned(), key: app.keys.digest_of(&key).await };
        app.service.ask(command).await?;
        started.user_key = Some(key);
    }
    if !has_operator {
        let key = new_key();
        set_key(app, Owner::Operator, &key).await?;
        started.operator_key = Some(key);
    }
    match worker_key {
        Some(key) => set_key(app, Owner::Worker, key).await?,
        None if !has_worker => {
            let key = new_key();
            set_key(app, Owner::Worker, &key).await?;
            started.worker_key = Some(key);
        }
        None => {}
    }
    Ok(started)
}

async fn set_key(app: &App, owner: Owner, key: &str) -> Result<(), Problem> {
    let key = app.keys.digest_of(key).await;
    app.service.ask(Command::SetKey { owner, key }).await.map(drop)
}
