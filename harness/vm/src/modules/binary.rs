//! `binascii` (`Modules/binascii.c`): bytes as text and back.

use super::stock::stock;
use super::{function, hashes, module_type};
use crate::heap::Ref;
use crate::object::args::Args;
use crate::object::class::{Arity, Flags, Making, Method, NativeType};
use crate::object::keywords::Signature;
use crate::types;
use crate::types::bytes::hex_text;
use crate::vm::{PyResult, Vm};

pub(crate) static ERROR: NativeType = NativeType {
    name: "Error",
    module: "binascii",
    base: Some(types::VALUE_ERROR),
    slots: types::exception::SIMPLE,
    flags: Flags(types::exception::BASE),
    making: Making::Called,
    ..NativeType::PLAIN
};

pub(crate) static INCOMPLETE: NativeType = NativeType {
    name: "Incomplete",
    module: "binascii",
    base: Some(types::EXCEPTION),
    slots: types::exception::SIMPLE,
    flags: Flags(types::exception::BASE),
    making: Making::Called,
    ..NativeType::PLAIN
};

static FUNCTIONS: &[Method] = &[
    function("hexlify", Arity::Raw, hexlify),
    function("b2a_hex", Arity::Raw, hexlify),
    function("unhexlify", Arity::One, unhexlify),
    function("a2b_hex", Arity::One, unhexlify),
    function("b2a_base64", Arity::Raw, to_base64),
    function("a2b_base64", Arity::Raw, from_base64),
    function("crc32", Arity::Positional(1, 2), hashes::crc32),
];

pub(super) fn make(vm: &mut Vm) {
    let dict = stock(vm, "binascii", FUNCTIONS);
    module_type(vm, dict, types::BINASCII_ERROR);
    module_type(vm, dict, types::BINASCII_INCOMPLETE);
}

/// `hexlify(data)`; with a separator it is that of `bytes.hex`, and unsupported here.
fn hexlify(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    if args.values.len() > 1 {
        return Err(vm.unsupported(crate::api::Missing::Name, "binascii.hexlify with a separator"));
    }
    let Some(&data) = args.values.first() else {
        return Err(vm.type_error("hexlify() missing required argument 'data' (pos 1)"));
    };
    let data = vm.buffer_data(data)?;
    let digits = hex_text(&data, None, 0);
    Ok(vm.new_bytes(digits.into_bytes()))
}

/// The data of an argument that may be a string of ASCII (`ascii_buffer_converter`).
fn ascii_data(vm: &mut Vm, object: Ref) -> PyResult<Vec<u8>> {
    if let Some(text) = vm.text(object) {
        if text.is_ascii() {
            return Ok(text.as_bytes().to_vec());
        }
        return Err(vm.value_error("string argument should contain only ASCII characters"));
    }
    if vm.bytes_value(object).is_none() && matches!(vm.class_of(object), types::INT | types::FLOAT | types::LIST | types::NONE_TYPE)
    {
        let message = format!("argument should be bytes, buffer or ASCII string, not '{}'", vm.type_name(object));
        return Err(vm.type_error(message));
    }
    vm.buffer_data(object)
}

fn unhexlify(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let digits = ascii_data(vm, args.values[0])?;
    if digits.len() % 2 == 1 {
        return Err(vm.raise(types::BINASCII_ERROR, "Odd-length string"));
    }
    let value = |digit: u8| char::from(digit).to_digit(16).map(|value| value as u8);
    let data: Option<Vec<u8>> = digits.chunks_exact(2).map(|pair| Some(value(pair[0])? << 4 | value(pair[1])?)).collect();
    match data {
        Some(data) => Ok(vm.fresh_bytes(data)),
        None => Err(vm.raise(types::BINASCII_ERROR, "Non-hexadecimal digit found")),
    }
}

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// `b2a_base64(data, *, newline=True)`
fn to_base64(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    const SIGNATURE: Signature =
        Signature { function: "b2a_base64", positional_only: 1, names: &["newline"], required: 1, positional: 1 };
    let [data, newline] = SIGNATURE.bind::<2>(vm, args)?;
    let data = vm.buffer_data(data.unwrap_or(types::NONE))?;
    let newline = match newline {
        Some(newline) => vm.truth(newline)?,
        None => true,
    };
    let mut text = Vec::with_capacity(data.len() / 3 * 4 + 5);
    for chunk in data.chunks(3) {
        let bits = chunk.iter().fold(0_u32, |bits, &byte| bits << 8 | u32::from(byte)) << (8 * (3 - chunk.len()));
        for place in 0..4 {
            let digit = (bits >> (18 - 6 * place) & 63) as usize;
            text.push(if place <= chunk.len() { ALPHABET[digit] } else { b'=' });
        }
    }
    if newline {
        text.push(b'\n');
    }
    Ok(vm.new_bytes(text))
}

/// `a2b_base64(data, *, strict_mode=False)`
fn from_base64(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    const SIGNATURE: Signature =
        Signature { function: "a2b_base64", positional_only: 1, names: &["strict_mode"], required: 1, positional: 1 };
    let [data, strict] = SIGNATURE.bind::<2>(vm, args)?;
    if let Some(strict) = strict
        && vm.truth(strict)?
    {
        return Err(vm.unsupported(crate::api::Missing::Name, "binascii.a2b_base64 in strict mode"));
    }
    let text = ascii_data(vm, data.unwrap_or(types::NONE))?;
    let mut data = Vec::with_capacity(text.len() / 4 * 3);
    let (mut bits, mut place, mut pads) = (0_u32, 0, 0);
    for byte in text {
        if byte == b'=' {
            pads += 1;
            if place >= 2 && place + pads >= 4 {
                // A whole group, padded: what follows does not count.
                return Ok(vm.new_bytes(data));
            }
            continue;
        }
        let Some(digit) = ALPHABET.iter().position(|&letter| letter == byte) else { continue };
        pads = 0;
        bits = bits << 6 | digit as u32;
        place += 1;
        match place {
            2 => data.push((bits >> 4) as u8),
            3 => data.push((bits >> 2) as u8),
            4 => {
                data.push(bits as u8);
                (bits, place) = (0, 0);
            }
            _ => {}
        }
    }
    match place {
        0 => Ok(vm.new_bytes(data)),
        1 => {
            let count = data.len() / 3 * 4 + 1;
            let message =
                format!("Invalid base64-encoded string: number of data characters ({count}) cannot be 1 more than a multiple of 4");
            Err(vm.raise(types::BINASCII_ERROR, message))
        }
        _ => Err(vm.raise(types::BINASCII_ERROR, "Incorrect padding")),
    }
}
