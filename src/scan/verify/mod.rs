//! Deciding: is it a hit?
//!
//! Each file verifies one kind of event against the whole text around it and the exact indexes.
//! They are all methods of [`Scanner`](super::scanner::Scanner), whose working memory they share.

mod address;
mod digest;
mod ipv6;
mod labels;
mod literal;
mod name;
mod resource;
mod token;
