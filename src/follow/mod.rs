//! `--follow-answers`: from the names that were asked for to the addresses that were given.
//!
//! An adversary moves a name to another address faster than anybody publishes it. But the answer to
//! the question for a listed name stands in the same logs, and the connection that follows goes to
//! that address. So the addresses of answers become indicators of their own, and the inputs are
//! searched once more for them: [`Answers`] gathers them from the hits of the first search,
//! [`Answers::set`] makes the indicators, and [`Followed`] leaves out of the second search's hits
//! what says the same again.
//!
//! They are marked: class `derived`, confidence medium at most, the answer as their source, and its
//! time as their window.

mod answers;
mod follow_up;
mod followed;

pub use answers::{Answers, Gather};
pub use follow_up::{Derived, FollowUp, Trouble};
pub use followed::Followed;

#[cfg(test)]
mod tests;
