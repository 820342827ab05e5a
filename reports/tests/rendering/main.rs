//! Every rendering as it looks. A change is looked at, then taken over with `INSTA_UPDATE=always cargo test -p refdrift-reports`.

mod coverage;
mod explanation;
#[path = "../findings/mod.rs"]
mod findings;
mod fixture;
mod records;
mod tables;
