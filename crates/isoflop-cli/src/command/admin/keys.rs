//! Keys, told once.

use std::io::Write;

use clap::Subcommand;
use isoflop_server::http::operator::{NewKey, ServerKey};
use serde_json::Value;

use super::call::Call;
use crate::exit::Failure;

#[derive(Debug, Subcommand)]
pub enum Key {
    /// Make a new one; the one before it is no key any more
    Rotate {
        /// The new key, if it is not to be made by the server
        #[arg(long, value_name = "KEY")]
        key: Option<String>,
    },
}

pub fn run(call: &Call, whose: &str, Key::Rotate { key }: &Key) -> Result<u8, Failure> {
    let value = call.post(&format!("keys/{whose}"), &ServerKey { key: key.clone() })?;
    told(call, value)
}

/// Tells a key, and what is wrong with it.
pub fn told(call: &Call, value: Value) -> Result<u8, Failure> {
    warn(value["warning"].as_str());
    call.tell(value, |key: NewKey| line(&key))
}

/// A key in a line.
pub fn line(NewKey { name, key, .. }: &NewKey) -> String {
    match key {
        Some(key) => format!("{name}: {key}  (told only now)\n"),
        None => format!("{name}: the key that was given\n"),
    }
}

/// Warnings stand beside answers, so that a program that reads those is not disturbed.
pub fn warn(warning: Option<&str>) {
    if let Some(warning) = warning {
        // Nothing is left to tell a person whose standard error is closed.
        let _ = writeln!(anstream::stderr(), "warning: {warning}");
    }
}
