//! refdrift's subject: a Python VM in safe Rust that counts references as CPython does.
//!
//! It runs the code objects that the real CPython's compiler made ([`refdrift_trace::CodeUnit`]) and says at each boundary what
//! the observer says of CPython: a [`refdrift_trace::Trajectory`]. Ownership is in the types: an owned reference can't be
//! copied and must be given somewhere, a borrowed one is a plain handle; see `heap`.
//!
//! What the VM does not have ends the run with [`End::Unsupported`]: never something else instead.
//!
//! | module | what |
//! | --- | --- |
//! | `heap` | the arena, owned and borrowed references, counting, freeing |
//! | `gc` | the cyclic collector |
//! | `object` | classes and slots, attributes, calls, protocols |
//! | `types` | the builtin types, one a file |
//! | `builtins`, `modules` | builtin functions, builtin modules |
//! | `eval` | frames and the eval loop, by families of instructions; inline caches |
//! | `library` | imports: modules written in C, in Python, and beside the snippet; code compiled at run time |
//! | `record`, `inspect` | the trajectory; who owns what |
//! | `fault` | deliberate mistakes, with the feature `faults` |
//! | `boot`, `run` | making the VM; running a unit |
#![forbid(unsafe_code)]

mod api;
mod attributes;
mod boot;
mod builtins;
mod eval;
mod fault;
mod gc;
mod hash;
mod heap;
mod inspect;
mod library;
mod lookup;
mod modules;
mod naming;
mod object;
mod record;
mod run;
mod stack;
mod types;
mod vm;

pub use api::{AddressUse, End, Host, Imbalance, Missing, Options, Run, Unsupported, VersionUnsupported};
pub use fault::{Fault, FaultReport, Mode, Operation, Reached, Site};
pub use library::{Convention, NativeModule};
pub use vm::Vm;
