//! Who says what the reference does.

use std::sync::Arc;
use std::time::Duration;

use refdrift_trace::{Request, Response};

use crate::golden::Golden;
use crate::observer::{Observer, ObserverError};

/// CPython in an observer, or what it said before: both are asked the same, and answer alike.
#[derive(Debug)]
pub(crate) enum Witness {
    /// A running CPython.
    Observer(Observer),
    /// A record of one.
    Golden(Arc<Golden>),
}

impl Witness {
    /// Asks, and waits for the answer. After an error an observer is of no more use.
    pub(crate) fn ask(&mut self, request: &Request, patience: Duration) -> Result<Response, ObserverError> {
        match self {
            Self::Observer(observer) => observer.ask(request, patience),
            Self::Golden(golden) => golden.ask(request),
        }
    }
}
