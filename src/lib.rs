#![doc = include_str!("lib.md")]

pub mod assess;
pub mod feed;
pub mod follow;
pub mod form;
mod index;
pub mod indicator;
pub mod input;
pub mod page;
pub mod record;
pub mod scan;
pub mod sink;
pub mod stored;
pub mod tally;
pub mod words;
