//! `memoryview` (`Objects/memoryobject.c`): the type is there, so that it can be registered and asked for; making one is unsupported.

use crate::api::Missing;
use crate::object::class::{Flags, NativeType, Slots};

pub(crate) static TYPE: NativeType = NativeType {
    name: "memoryview",
    slots: Slots { new: Some(|vm, _, _| Err(vm.unsupported(Missing::Type, "memoryview"))), ..Slots::NONE },
    flags: Flags(Flags::GC | Flags::SEQUENCE | Flags::WEAK),
    ..NativeType::PLAIN
};
