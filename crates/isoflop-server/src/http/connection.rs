//! Connections: how many, and how long each may dawdle.

use std::convert::Infallible;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::extract::Request;
use axum::response::Response;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tower::Service;

use super::asker::Peer;

/// How many connections, and how long each may dawdle.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// At once; others wait until one ends, in the system's queue, where they cost nothing.
    pub connections: usize,
    /// A request's head comes within this, and so does the next request on a connection that is kept.
    pub head: Duration,
    /// What those have that are still being answered at the end.
    pub farewell: Duration,
}

impl Bounds {
    /// For this many connections.
    pub fn of(connections: usize) -> Self {
        Self { connections, head: Duration::from_secs(30), farewell: Duration::from_secs(5) }
    }
}

/// Nobody who asked is silent for so long while their answer waits to be sent.
const WRITE: Duration = Duration::from_mins(1);
/// Between tries when the machine has no more sockets.
const RETRY: Duration = Duration::from_millis(100);

/// Answers whoever connects until `stop` is ready; then no more, and those that are being answered have their farewell.
pub async fn serve<S>(listener: TcpListener, served: S, bounds: Bounds, stop: impl Future<Output = ()>)
where
    S: Service<Request, Response = Response, Error = Infallible, Future: Send> + Clone + Send + 'static,
{
    let places = Arc::new(Semaphore::new(bounds.connections));
    let (graceful, mut stop) = (GracefulShutdown::new(), pin!(stop));
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
            .header_read_timeout(bounds.head)
            .serve_connection(TokioIo::new(Box::pin(stream)), service);
        let watched = graceful.watch(connection);
        tokio::spawn(async move {
            // How a connection ends is its client's affair.
            let _ = watched.await;
            drop(place);
        });
    }
    drop(listener);
    let _ = tokio::time::timeout(bounds.farewell, graceful.shutdown()).await;
}

#[cfg(test)]
mod tests {
    use std::io::{ErrorKind, Read, Write};
    use std::net::{SocketAddr, TcpStream};
    use std::thread;
    use std::time::Instant;

    use super::*;

    const REQUEST: &[u8] = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n";

    /// A server that answers everything with nothing, for as long as the test goes on.
    fn serving(bounds: Bounds) -> SocketAddr {
        let (tell, told) = std::sync::mpsc::channel();
        thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
            runtime.block_on(async {
                let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
                tell.send(listener.local_addr().expect("an address")).expect("the test listens");
                let served = tower::service_fn(|_: Request| async { Ok(Response::new(Body::empty())) });
                serve(listener, served, bounds, std::future::pending()).await;
            });
        });
        told.recv().expect("it serves")
    }

    fn connect(address: SocketAddr) -> TcpStream {
        let stream = TcpStream::connect(address).expect("a connection");
        stream.set_read_timeout(Some(Duration::from_secs(20))).expect("a timeout");
        stream
    }

    /// Asks on a connection that stays, and waits for the answer.
    fn ask(stream: &mut TcpStream) {
        stream.write_all(REQUEST).expect("sent");
        let mut answer = [0; 512];
        let count = stream.read(&mut answer).expect("answered");
        assert!(answer[..count].starts_with(b"HTTP/1.1 200"), "{:?}", String::from_utf8_lossy(&answer[..count]));
    }

    #[test]
    fn beyond_the_limit_others_wait_until_one_ends() {
        let address = serving(Bounds::of(2));
        let (mut first, mut second) = (connect(address), connect(address));
        ask(&mut first);
        ask(&mut second);
        let mut third = connect(address);
        third.write_all(REQUEST).expect("sent");
        third.set_read_timeout(Some(Duration::from_millis(300))).expect("a timeout");
        let waits = third.read(&mut [0; 512]).expect_err("no answer yet");
        assert!(matches!(waits.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut), "{waits}");
        ask(&mut first);
        drop(second);
        third.set_read_timeout(Some(Duration::from_secs(20))).expect("a timeout");
        let mut answer = [0; 512];
        let count = third.read(&mut answer).expect("answered");
        assert!(answer[..count].starts_with(b"HTTP/1.1 200"));
    }

    #[test]
    fn who_dawdles_over_a_head_is_let_go() {
        let head = Duration::from_millis(300);
        let address = serving(Bounds { head, ..Bounds::of(1) });
        let (mut slow, began) = (connect(address), Instant::now());
        slow.write_all(b"GET / HTTP/1.1\r\nHost:").expect("sent");
        // Its one place is free again for others.
        let mut next = connect(address);
        ask(&mut next);
        assert!(began.elapsed() >= head);
        let mut rest = Vec::new();
        let _ = slow.read_to_end(&mut rest);
        assert!(!rest.starts_with(b"HTTP/1.1 200"), "{rest:?}");
    }
}
