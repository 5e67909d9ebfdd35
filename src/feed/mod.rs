//! Where indicators come from: one file a format.

mod list;

pub use list::{ListReport, Rejected, load_list};
