#![doc = include_str!("lib.md")]

pub mod feed;
mod index;
pub mod input;
pub mod indicator;
pub mod scan;
pub mod sink;
