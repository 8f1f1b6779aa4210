//! Numbers and conventions in the words of a person, for every output that a person reads.
//!
//! The terminal answer and the report say the same thing in the same digits
//! because both ask here. Digits are earned: three as a rule, more where the
//! interval is narrow enough to show them.

mod data;
mod digits;
mod fitted;
mod said;
mod scale;

pub use data::{budgets, columns, compute_rule, conventions, loss_unit, params_count};
pub use digits::significant;
pub use fitted::fitted;
pub use said::{Said, coefficient, count, exponent, loss};
pub use scale::{level, percent, ratio, reach, refits, severity};

pub(crate) use scale::{tick_count, tick_flops};
