//! Line ends: the decoder that notes and translates them, and the search for them (`Modules/_io/textio.c`).

use super::MAKING;
use crate::heap::{Owned, Ref};
use crate::modules::method;
use crate::object::args::Args;
use crate::object::class::{Arity, Flags, GetSet, NativeType, Slots};
use crate::object::keywords::Signature;
use crate::object::missing::unsupported_method;
use crate::object::value::Value;
use crate::types;
use crate::types::iterators::holds;
use crate::vm::{PyResult, Vm};

/// What line ends were seen.
const CR: u8 = 1;
const LF: u8 = 2;
const CRLF: u8 = 4;

/// `nldecoder_object`
#[derive(Default)]
struct NewlineDecoder {
    decoder: Option<Owned>,
    errors: Option<Owned>,
    pending: bool,
    translate: bool,
    seen: u8,
}
holds!(NewlineDecoder { decoder: "decoder", errors: "errors" });

pub(crate) static INCREMENTAL_NEWLINE_DECODER: NativeType = NativeType {
    name: "IncrementalNewlineDecoder",
    module: "_io",
    slots: Slots {
        new: Some(|vm, class, _| Ok(vm.alloc_instance(class, Value::Native(Box::<NewlineDecoder>::default())))),
        init: Some(init),
        ..Slots::NONE
    },
    methods: &[
        method("decode", Arity::Raw, decode_method),
        unsupported_method!("IncrementalNewlineDecoder", "getstate"),
        unsupported_method!("IncrementalNewlineDecoder", "setstate"),
        method("reset", Arity::None, reset),
    ],
    getsets: &[GetSet { name: "newlines", get: seen_newlines, set: None, member: false }],
    flags: Flags(Flags::BASE | Flags::GC),
    making: MAKING,
    ..NativeType::PLAIN
};

fn init(vm: &mut Vm, this: Ref, args: &Args<'_>) -> PyResult<()> {
    const SIGNATURE: Signature = Signature {
        function: "IncrementalNewlineDecoder",
        positional_only: 0,
        names: &["decoder", "translate", "errors"],
        required: 2,
        positional: 3,
    };
    let [decoder, translate, errors] = SIGNATURE.bind(vm, args)?;
    let translate = vm.truth(translate.unwrap_or(types::NONE))?;
    let errors = match errors {
        Some(errors) => vm.retain(errors),
        None => vm.intern("strict"),
    };
    vm.put::<NewlineDecoder>(this, |state| &mut state.errors, Some(errors));
    let decoder = vm.retain(decoder.unwrap_or(types::NONE));
    vm.put::<NewlineDecoder>(this, |state| &mut state.decoder, Some(decoder));
    if let Some(state) = vm.payload_mut::<NewlineDecoder>(this) {
        (state.translate, state.seen, state.pending) = (translate, 0, false);
    }
    Ok(())
}

/// A decoder of text (`PyObject_CallFunctionObjArgs(PyIncrementalNewlineDecoder_Type, Py_None, translate)`).
pub(super) fn new_decoder(vm: &mut Vm, translate: bool) -> PyResult {
    let translate = if translate { types::TRUE } else { types::FALSE };
    vm.call_pos(types::INCREMENTAL_NEWLINE_DECODER, &[types::NONE, translate])
}

fn decode_method(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    const SIGNATURE: Signature =
        Signature { function: "decode", positional_only: 0, names: &["input", "final"], required: 1, positional: 2 };
    let [input, last] = SIGNATURE.bind(vm, &args.rest())?;
    let last = match last {
        Some(last) => vm.truth(last)?,
        None => false,
    };
    decode(vm, args.this(), input.unwrap_or(types::NONE), last)
}

/// `_PyIncrementalNewlineDecoder_decode`
pub(super) fn decode(vm: &mut Vm, this: Ref, input: Ref, last: bool) -> PyResult {
    let Some(decoder) = vm.held::<NewlineDecoder>(this, |state| &state.decoder) else {
        return Err(vm.value_error("IncrementalNewlineDecoder.__init__() not called"));
    };
    let output = if decoder == types::NONE {
        vm.retain(input)
    } else {
        let last = if last { types::TRUE } else { types::FALSE };
        vm.call_method(decoder, "decode", &[input, last])?
    };
    let Some(text) = vm.text(output.borrow()).map(str::to_owned) else {
        let message = format!("decoder should return a string result, not '{}'", vm.type_name(output.borrow()));
        vm.release(output);
        return Err(vm.type_error(message));
    };
    let Some(state) = vm.payload_mut::<NewlineDecoder>(this) else { return Ok(output) };
    let mut translated = text.clone();
    if state.pending && (last || !translated.is_empty()) {
        translated.insert(0, '\r');
        state.pending = false;
    }
    if !last && translated.ends_with('\r') {
        translated.pop();
        state.pending = true;
    }
    let (seen, other) = seen_in(&translated);
    state.seen |= seen;
    if state.translate && other {
        translated = translated.replace("\r\n", "\n").replace('\r', "\n");
    }
    if translated == text {
        return Ok(output);
    }
    vm.release(output);
    Ok(vm.str(translated))
}

/// The line ends in a text, and whether any is not `\n`.
fn seen_in(text: &str) -> (u8, bool) {
    let bytes = text.as_bytes();
    let mut seen = 0;
    for (index, &byte) in bytes.iter().enumerate() {
        seen |= match byte {
            b'\n' if index > 0 && bytes[index - 1] == b'\r' => CRLF,
            b'\n' => LF,
            b'\r' if bytes.get(index + 1) != Some(&b'\n') => CR,
            _ => 0,
        };
    }
    (seen, seen & (CR | CRLF) != 0)
}

fn reset(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    if let Some(state) = vm.payload_mut::<NewlineDecoder>(args.this()) {
        (state.seen, state.pending) = (0, false);
    }
    match vm.held::<NewlineDecoder>(args.this(), |state| &state.decoder) {
        Some(decoder) if decoder != types::NONE => vm.call_method(decoder, "reset", &[]),
        _ => Ok(vm.none()),
    }
}

/// `newlines`: the line ends seen so far.
fn seen_newlines(vm: &mut Vm, this: Ref) -> PyResult {
    let seen = vm.payload::<NewlineDecoder>(this).map_or(0, |state| state.seen);
    let mut found = Vec::new();
    for (bit, text) in [(CR, "\r"), (LF, "\n"), (CRLF, "\r\n")] {
        if seen & bit != 0 {
            found.push(vm.str(text));
        }
    }
    match found.len() {
        0 => Ok(vm.none()),
        1 => Ok(found.remove(0)),
        _ => Ok(vm.new_tuple(found)),
    }
}

/// Which line ends end lines.
#[derive(Clone, Copy)]
pub(super) enum Ends<'a> {
    /// `\n`, `\r` and `\r\n`.
    Any,
    /// This one.
    One(&'a str),
}

/// The length of the first line, its end included; all of the text if there is no line end (`_PyIO_find_line_ending`).
pub(super) fn line_length(text: &[char], ends: Ends<'_>) -> usize {
    let found = match ends {
        Ends::Any => text.iter().position(|&c| matches!(c, '\n' | '\r')).map(|at| {
            let double = text[at] == '\r' && text.get(at + 1) == Some(&'\n');
            at + 1 + usize::from(double)
        }),
        Ends::One(end) => {
            let end: Vec<char> = end.chars().collect();
            text.windows(end.len().max(1)).position(|window| window == end).map(|at| at + end.len())
        }
    };
    found.unwrap_or(text.len())
}
