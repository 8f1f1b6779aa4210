//! Connections: how many, and how long each may dawdle.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::extract::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tower::Service;

use super::asker::Peer;
use super::shell::Served;

/// A request's head comes within this, and so does the next request on a connection that is kept.
const HEAD: Duration = Duration::from_secs(30);
/// Nobody who asked is silent for so long while their answer waits to be sent.
const WRITE: Duration = Duration::from_mins(1);
/// Between tries when the machine has no more sockets.
const RETRY: Duration = Duration::from_millis(100);

/// Answers whoever connects until `stop` is ready; then no more, and those that are being answered have `farewell`.
///
/// Beyond `limit` connections others wait until one ends: in the system's queue, where they cost nothing.
pub async fn serve(
    listener: TcpListener,
    served: Served,
    limit: usize,
    stop: impl Future<Output = ()>,
    farewell: Duration,
) {
    let (graceful, places, mut stop) = (GracefulShutdown::new(), Arc::new(Semaphore::new(limit)), pin!(stop));
    loop {
        let accepting = async {
            let place = Arc::clone(&places).acquire_owned().await.expect("nobody closes it");
            (place, listener.accept().await)
        };
        let (place, accepted) = tokio::select! {
            accepted = accepting => accepted,
            () = &mut stop => break,
        };
        let (stream, peer) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(RETRY).await;
                continue;
            }
        };
        // Answers are written at once, so there is nothing to wait for; who is gone already is noticed later.
        let _ = stream.set_nodelay(true);
        let served = served.clone();
        let service = service_fn(move |request: hyper::Request<Incoming>| {
            let mut request: Request = request.map(Body::new);
            request.extensions_mut().insert(Peer(peer.ip().to_canonical()));
            served.clone().call(request)
        });
        let mut stream = tokio_io_timeout::TimeoutStream::new(stream);
        stream.set_write_timeout(Some(WRITE));
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(HEAD)
            .serve_connection(TokioIo::new(Box::pin(stream)), service);
        let watched = graceful.watch(connection);
        tokio::spawn(async move {
            // How a connection ends is its client's affair.
            let _ = watched.await;
            drop(place);
        });
    }
    drop(listener);
    let _ = tokio::time::timeout(farewell, graceful.shutdown()).await;
}
