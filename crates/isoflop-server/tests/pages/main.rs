//! What users ask beyond the courses' protocols, and the pages that ask it, against a server on a port.

mod browser;
mod course;
mod dashboard;
mod documents;
mod operator;
mod own;
mod served;
