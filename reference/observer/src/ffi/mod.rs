//! All of the project's `unsafe`: what the observer does behind CPython's back.
//!
//! Nothing unsafe leaves this module. Objects are seen from outside as [`Object`]s, which borrow what keeps them alive; frames
//! as [`Frame`]s, which live as long as the hook that shows them; the hooks themselves call the safe recorder.
#![allow(unsafe_code, reason = "this is the one place for it")]

mod boot;
mod classes;
mod code;
mod compare;
#[cfg(Py_3_13)]
mod counted;
mod descriptors;
mod effect;
mod fork;
mod frame;
mod guarded;
mod hooks;
mod known;
mod layout;
mod memory;
mod object;
mod owners;
pub(crate) mod recorder;
mod run;
mod segment;
#[cfg(any(not(Py_3_12), Py_3_13))]
mod shared_keys;
mod statics;
mod threads;
mod trace;
pub(crate) mod typecache;
#[cfg(Py_3_12)]
pub(crate) mod versions;

#[cfg(test)]
mod layout_test;

pub(crate) use boot::{BootError, boot};
pub(crate) use code::{Code, frozenset_items, items as tuple_items};
pub(crate) use compare::{dict_holds, dict_version, list_holds};
pub(crate) use descriptors::{Standard, give_up, vanish};
pub(crate) use effect::stack_effect;
pub(crate) use fork::{Child, Forked, fork};
pub(crate) use frame::Frame;
pub(crate) use hooks::install as install_hooks;
pub(crate) use known::Known;
pub(crate) use memory::{forget_shortage, keep_all as keep_all_memory, limit as limit_memory, was_short};
pub(crate) use object::Object;
pub(crate) use owners::{Scene, inspect};
pub(crate) use run::{delete_first, evaluate};
#[cfg(any(not(Py_3_12), Py_3_13))]
pub(crate) use shared_keys::NamingClasses;
pub(crate) use statics::Statics;
pub(crate) use threads::others as other_threads;
pub(crate) use trace::Watch;
