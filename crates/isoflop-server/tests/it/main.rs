//! The training API, its books, store and service, from outside.

mod account;
mod books;
mod check;
mod end;
mod fair;
mod finals;
mod frozen;
mod hands;
mod lease;
mod operator;
mod random;
mod rates;
mod running;
mod secrets;
mod service;
mod store;
mod submit;
