//! The `flaxscan` program.
fn main() {}
