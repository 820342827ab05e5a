//! `EncodingMap` (`Objects/unicodeobject.c`): what the single-byte codecs of the library look characters up in. Encoding by one is
//! *unsupported*: nothing but its being there shows.

use crate::api::Missing;
use crate::modules::only;
use crate::object::args::Args;
use crate::object::class::{Flags, NativeType, Slots};
use crate::object::value::Value;
use crate::types;
use crate::vm::{PyResult, Vm};

/// No byte stands for a character where the table has this one.
const UNMAPPED: char = '\u{fffe}';

/// The most blocks of one level of the lookup, which numbers them by bytes.
const MOST_BLOCKS: usize = 0xff;

/// The type of a lookup.
pub(crate) static ENCODING_MAP: NativeType = NativeType {
    name: "EncodingMap",
    slots: Slots { new: None, ..Slots::NONE },
    methods: &[crate::object::missing::unsupported_method!("EncodingMap", "size")],
    flags: Flags(Flags::NO_NEW),
    ..NativeType::PLAIN
};

/// `_codecs.charmap_build(table)`: a lookup for the first 256 characters, or a dict where they do not fit into one
/// (`PyUnicode_BuildEncodingMap`).
pub(super) fn build(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let table = only(args);
    let Some(text) = vm.text(table) else {
        let message = format!("charmap_build() argument must be str, not {}", vm.type_name(table));
        return Err(vm.type_error(message));
    };
    let characters: Vec<char> = text.chars().take(256).collect();
    if characters.is_empty() {
        return Err(vm.unsupported(Missing::Name, "codecs.charmap_build of an empty string"));
    }
    if fits(&characters) {
        return Ok(vm.make(types::ENCODING_MAP, Value::Plain));
    }
    let dict = vm.new_dict();
    for (byte, character) in (0..).zip(characters) {
        let (key, value) = (vm.int(i64::from(u32::from(character))), vm.int(byte));
        let set = vm.dict_set(dict.borrow(), key.borrow(), value.borrow());
        vm.release_all(vec![key, value]);
        if let Err(stop) = set {
            vm.release(dict);
            return Err(stop);
        }
    }
    Ok(dict)
}

/// Whether a lookup has room for these characters: NUL is byte 0 and no other, none is too large, and they are not too far apart.
fn fits(characters: &[char]) -> bool {
    let (first, rest) = characters.split_at(1);
    let blocks = |shift: u32| {
        let mut blocks: Vec<u32> = rest.iter().filter(|&&c| c != UNMAPPED).map(|&c| u32::from(c) >> shift).collect();
        blocks.sort_unstable();
        blocks.dedup();
        blocks.len()
    };
    first == ['\0']
        && rest.iter().all(|&c| (1..=0xffff).contains(&u32::from(c)))
        && blocks(11) < MOST_BLOCKS
        && blocks(7) < MOST_BLOCKS
}
