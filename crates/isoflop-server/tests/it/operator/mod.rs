//! What operators do to a live server.

mod books;
mod course;
mod exports;
mod roster;
