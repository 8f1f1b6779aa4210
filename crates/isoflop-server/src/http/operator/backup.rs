//! A copy of the database, taken while the server goes on, and sent.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use axum::extract::State;
use axum::http::HeaderMap;

use super::super::App;
use super::super::answer::Reply;
use super::asked::{note, operator, unavailable};
use super::audit::reading;
use super::rows::{Broken, streamed};
use crate::auth::hex;

/// Bytes that are sent at once.
const PIECE: usize = 256 << 10;

/// A file that is gone when nobody needs it.
struct Copy(PathBuf);

impl Drop for Copy {
    fn drop(&mut self) {
        // Whoever cleans up finds it by its name.
        let _ = std::fs::remove_file(&self.0);
    }
}

/// `GET /v1/operator/backup`
pub(super) async fn backup(State(app): State<App>, headers: HeaderMap) -> Reply {
    let operator = operator(&app, &headers).await?;
    let database = app.house.database.clone().ok_or_else(|| unavailable("these books are kept in memory only"))?;
    // First, so that the copy tells of itself.
    note(&app, operator.deed("backup", "", "")).await?;
    let copy = Copy(beside(&database));
    let copy = reading(&app, move |reader| reader.copy_into(&copy.0).map(|()| copy)).await?;
    Ok(streamed("application/vnd.sqlite3", "isoflop-backup.db", move |pieces| {
        let broken = |error: std::io::Error| Broken(error.to_string());
        let mut file = File::open(&copy.0).map_err(broken)?;
        loop {
            let mut piece = Vec::with_capacity(PIECE);
            Read::by_ref(&mut file).take(PIECE as u64).read_to_end(&mut piece).map_err(broken)?;
            if piece.is_empty() {
                return Ok(());
            }
            pieces.send(piece)?;
        }
    }))
}

/// Where there is room for another such file, most likely.
fn beside(database: &Path) -> PathBuf {
    let mut bytes = [0_u8; 8];
    getrandom::fill(&mut bytes).expect("the machine gives random bytes");
    let mut name = database.as_os_str().to_owned();
    name.push(format!(".backup-{}", hex(&bytes)));
    name.into()
}
