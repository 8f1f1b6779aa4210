//! Where runs come from (placeholder until the readers land).
