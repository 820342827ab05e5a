//! Classes made at run time, and what of them can be exchanged later.

mod assignment;
mod attributes;
mod bases;
mod creation;
mod layout;
mod order;

pub(crate) use assignment::{set_class, set_own_dict};
pub(crate) use bases::set_bases;
pub(crate) use creation::new;
