//! The training API's books, store and service, from outside.

mod account;
mod books;
mod check;
mod end;
mod fair;
mod finals;
mod frozen;
mod hands;
mod lease;
mod random;
mod rates;
mod service;
mod store;
mod submit;
