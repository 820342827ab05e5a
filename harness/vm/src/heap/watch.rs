//! What the recorder knows of objects: their numbers, and what it last said of their counts.

use refdrift_trace::{Count, ObjectId};

use super::Ref;

/// The known objects, by number.
#[derive(Default)]
pub(crate) struct Watch {
    /// Where each object is; `None` once it was freed.
    pub(crate) objects: Vec<Option<Ref>>,
    /// What the recorder last said of its count.
    pub(crate) counts: Vec<Count>,
    /// What to subtract from the heap's count to get the trajectory's (static objects are told relative to their first sight).
    pub(crate) bases: Vec<Count>,
    /// Known objects freed since the last boundary, in order.
    pub(crate) freed: Vec<ObjectId>,
    /// How many known objects were freed so far: a frame that has seen the same number need not doubt its slots.
    pub(crate) epoch: u64,
}
