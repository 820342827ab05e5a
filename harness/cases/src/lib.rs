//! Case files: from YAML (or Python) to typed [`Case`]s, and whether what a case states holds.
//!
//! A *case* is one snippet that both engines run. It needs nothing but its source: every count and every free is compared
//! with CPython anyway. What a case states beside that is what its author wants to be sure of.
//!
//! # Where cases come from
//!
//! [`load`] takes paths: a case file (`.yaml`, `.yml`), a Python file (`.py`: one case, its suite the folder's name, its name
//! the file's), or a folder of them, all levels deep, sorted; hidden ones and empty Python files are left out. Where Python files
//! would have one name, more of their folders' names make the suite. `PATH::NAME` is one case of a path.
//!
//! # The format
//!
//! ```yaml
//! suite: tuples               # optional: the file's name without its extension
//! why: What the file is about # optional, for its reader
//! cases:
//!   - name: tuple-owns-its-items       # unique in the suite; no `/`, no `::`
//!     why: >-                          # optional: what the case is for
//!       What BUILD_TUPLE takes from the stack is counted no second time.
//!     python: ">=3.11"                 # optional: `>=3.12`, `<=3.12`, `3.12` or `[3.11, 3.13]`
//!     source: |                        # as a literal block, so that its lines are the file's lines
//!       a = []
//!       foo = (a, a)
//!       del foo
//!     expect:                          # optional, as is all in it
//!       verdict: agreed                # agreed, diverged, unsupported, incomparable or engine_failed
//!       counts:
//!         - {line: 2, name: a, count: 1}
//!         - {line: 2, before: BUILD_TUPLE, name: a, count: 3}
//!         - {line: 2, before: STORE_NAME, name: <top>, count: 1}
//!       frees: [{name: foo, at: 3}, {name: a, at: teardown}]
//! ```
//!
//! An unknown key, a key or a name that stands twice, an empty source and a line that the source does not have are errors
//! that point at file and line ([`CaseError`]).
//!
//! ## `native`
//!
//! A case, or a file for all of its cases that have none of their own, may bring an extension module in C. CPython runs the C
//! code; the VM runs its **contract**, and the C code is measured by it: a divergence is told of the native code
//! (`missing_reference`: it counts fewer references than its contract).
//!
//! ```yaml
//! native:
//!   module: first                  # what the snippet imports it as
//!   source: |                      # C; or `file: first.c`, beside the case file
//!     #include <Python.h>
//!     ...
//!   functions:                     # what each function does with references
//!     get_first_item:
//!       call: one                  # as in the method table: none, one, fast, or tuple (METH_VARARGS), if it is not stated
//!       parameters: [list]         # NAME or `borrows NAME`; `keeps NAME`; `steals NAME`
//!       result: item 0 of list     # none; argument NAME; item INDEX of NAME; new object; new list of NAME, NAME (or tuple, dict, set)
//!       raises:                    # the first condition that holds
//!         - {when: "type(list) is not type([])", error: TypeError, message: a list is needed}
//!   twin: |                        # Python, for what these words cannot say
//!     def pop_first(list):
//!         item = list[0]
//!         del list[0]
//!         return item
//! ```
//!
//! What a function *borrows* has the same count after the call as before it. What it *keeps* has one more, until a function that
//! *steals* gives it back. The result is always a reference of the caller's own. What an operation of the contract itself
//! raises (`IndexError` of `item 0 of list`) need not be stated.
//!
//! The **twin** is a module whose public functions and classes stand for those written in C: semantically the same, and with the
//! same references. It is not seen: its functions are builtin functions and method descriptors, its frames are in no traceback,
//! its parameters are borrowed (they cannot be bound anew), its strings and numbers are made anew each time, as C makes them,
//! and what its classes' instances hold is let go after they are gone. `functions` states the `call` of a function that is in the twin
//! (`Class.method` of a method). A `NULL` in C is no `None` in the twin: up to 3.11 that would be a reference. A name that the
//! module has and neither contract nor twin knows is *unsupported*.
//!
//! ## `expect.verdict` and `expect.divergence`
//!
//! Without a verdict a case is expected to agree. One that is expected to diverge says how:
//! `divergence: {kind: extra_reference, instruction: BUILD_TUPLE, type: list, line: 2}`. The kind must be there; `instruction` (by
//! CPython's name) and `line` are about the instruction that caused the first divergence, `type` is the name of the
//! object's type. A case that gets just what it expects counts as *expected*; one that gets anything else fails the run.
//!
//! A case in the folder `known` does not only stand for itself: it must have a `why`, and findings of generated programs that are of
//! its kind count as known ([`Known`]).
//!
//! ## `expect.counts`
//!
//! The count that the object bound to a variable has in CPython right before the first instruction of that line is executed
//! for the first time; with `before`, right before the first one of that name. It is the count itself (`ob_refcnt`), which the
//! observer does not add to, or `immortal`.
//!
//! The variable is looked up in the frame that executes the line: a local, else what `STORE_NAME` or `STORE_GLOBAL` bound there
//! or in the module; a variable that functions share (a cell) is what `STORE_DEREF` bound last to one of that name. `<top>` is the
//! object on top of the frame's stack. Objects that existed before the snippet (builtins, types) cannot be named: other code
//! holds them, too.
//!
//! ## `expect.frees`
//!
//! The order in which objects are freed. An object goes by every variable (or argument) that it was ever bound to; one that was never bound to
//! any is called by its type, `<tuple>`. The objects that go by one of the names in the list must be freed
//! in just that order, no more of them and no fewer; all others are left aside. `at` says when: on a line of the source
//! (that of the instruction that freed it), in the `teardown` (when the module has ended and its globals are dropped, in the order in
//! which they were bound), or by the `collection` that closes the run.
#![forbid(unsafe_code)]

mod bless;
mod case;
mod error;
mod expect;
mod format;
mod history;
mod known;
mod load;
mod locate;
mod native;
mod read;
#[cfg(test)]
mod tests;
mod write;

pub use bless::{Blessed, Repair, bless};
pub use case::{Case, VersionSelection};
pub use error::CaseError;
pub use expect::{Expect, ExpectedCount, ExpectedDivergence, ExpectedFree, Failure, FreeAt};
pub use known::Known;
pub use load::{Selection, load};
pub use native::{Container, Contract, Convention, Error, Mode, Native, Parameter, ResultKind, Twin, contracts};
pub use write::{NewCase, case_file};
