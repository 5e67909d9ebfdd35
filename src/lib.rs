#![doc = include_str!("lib.md")]

pub mod feed;
pub mod indicator;
pub mod scan;
pub mod sink;
