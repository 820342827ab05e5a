//! Every rendering as it looks. A change is looked at, then taken over with `INSTA_UPDATE=always cargo test -p refdrift-reports`.

mod coverage;
mod explanation;
mod fixture;
mod tables;
