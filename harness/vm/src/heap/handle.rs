//! Owned and borrowed references.

use std::num::NonZeroU32;

/// A borrowed reference: a plain handle that owns nothing. It is good only as long as some owner holds on to the object.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub(crate) struct Ref(NonZeroU32);

impl Ref {
    /// The handle of the slot at `index`; index 0 is no slot.
    pub(crate) const fn at(index: u32) -> Self {
        match NonZeroU32::new(index) {
            Some(index) => Self(index),
            None => panic!("slot 0 holds no object"),
        }
    }

    /// The index of its slot.
    pub(crate) const fn index(self) -> usize {
        self.0.get() as usize
    }
}

/// An owned reference: one of those that the object's count counts.
///
/// It can't be copied. It must be given somewhere: moved into a frame, a container or a field (a *transfer*: nothing is
/// counted), or given back through `Vm::release`. One that is dropped instead is a leak in the VM itself: a panic in debug builds.
#[derive(PartialEq, Eq, Debug)]
#[must_use = "an owned reference must be given somewhere or released"]
pub(crate) struct Owned(Ref);

impl Owned {
    /// Takes charge of a reference that the count already counts.
    pub(crate) fn adopt(reference: Ref) -> Self {
        Self(reference)
    }

    /// Borrows from it.
    #[inline]
    pub(crate) fn borrow(&self) -> Ref {
        self.0
    }

    /// Gives up charge without giving back: the caller now answers for the count.
    #[inline]
    pub(crate) fn into_ref(self) -> Ref {
        let reference = self.0;
        std::mem::forget(self);
        reference
    }
}

#[cfg(debug_assertions)]
mod drop_check {
    use super::Owned;
    use std::cell::Cell;

    thread_local! {
        static ABANDONED: Cell<bool> = const { Cell::new(false) };
        /// The VM is broken on purpose.
        #[cfg(feature = "faults")]
        static BROKEN: Cell<bool> = const { Cell::new(false) };
    }

    #[cfg(feature = "faults")]
    fn broken() -> bool {
        BROKEN.get()
    }

    #[cfg(not(feature = "faults"))]
    fn broken() -> bool {
        false
    }

    impl Drop for Owned {
        fn drop(&mut self) {
            assert!(
                ABANDONED.get() || broken() || std::thread::panicking(),
                "the VM dropped an owned reference ({:?}) that it should have given somewhere",
                self.0
            );
        }
    }

    pub(crate) fn set(abandoned: bool) {
        ABANDONED.set(abandoned);
    }

    #[cfg(feature = "faults")]
    pub(crate) fn set_broken(is: bool) {
        BROKEN.set(is);
    }
}

/// From now on (or not any more) owned references of this thread may be dropped: a run that was broken off leaves its heap
/// as it is, and the heap is thrown away as a whole.
pub(crate) fn set_abandoned(abandoned: bool) {
    #[cfg(debug_assertions)]
    drop_check::set(abandoned);
    #[cfg(not(debug_assertions))]
    let _ = abandoned;
}

/// The runs of this thread are broken on purpose (or not any more): references may get lost.
#[cfg(feature = "faults")]
pub(crate) fn set_broken(broken: bool) {
    #[cfg(debug_assertions)]
    drop_check::set_broken(broken);
    #[cfg(not(debug_assertions))]
    let _ = broken;
}
