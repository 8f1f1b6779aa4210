//! Fits.
pub mod cholesky;
pub mod newton;
pub mod objective;
