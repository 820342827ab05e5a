//! `bytes.hex` and `bytes.fromhex`.

use super::split::is_space;
use crate::heap::Ref;
use crate::object::args::Args;
use crate::object::keywords::Signature;
use crate::types;
use crate::vm::{PyResult, Vm};

pub(crate) fn hex(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    const SIGNATURE: Signature =
        Signature { function: "hex", positional_only: 0, names: &["sep", "bytes_per_sep"], required: 0, positional: 2 };
    let [separator, group] = SIGNATURE.bind(vm, &args.rest())?;
    let group = match group {
        Some(group) => vm.int_argument(group)?,
        None => 1,
    };
    let separator = match separator {
        Some(separator) => Some(separator_character(vm, separator)?),
        None => None,
    };
    let text = hex_text(vm.data(args.this()), separator, group);
    Ok(vm.str(text))
}

fn separator_character(vm: &mut Vm, separator: Ref) -> PyResult<char> {
    if vm.length(separator)? != 1 {
        return Err(vm.value_error("sep must be length 1."));
    }
    let character = match (vm.text(separator), vm.bytes_value(separator)) {
        (Some(text), _) => text.chars().next(),
        (None, Some(bytes)) => bytes.first().map(|&byte| char::from(byte)),
        (None, None) => return Err(vm.type_error("sep must be str or bytes.")),
    };
    character.filter(char::is_ascii).ok_or_else(|| vm.value_error("sep must be ASCII."))
}

/// Two digits a byte, in groups counted from the right, or from the left if `group` is negative.
pub(crate) fn hex_text(data: &[u8], separator: Option<char>, group: i32) -> String {
    let size = group.unsigned_abs() as usize;
    let mut text = String::with_capacity(data.len() * 3);
    for (index, byte) in data.iter().enumerate() {
        let before = if group < 0 { index } else { data.len() - index };
        if let Some(separator) = separator
            && index > 0
            && size > 0
            && before % size == 0
        {
            text.push(separator);
        }
        push_hex(&mut text, *byte);
    }
    text
}

/// Two hexadecimal digits.
pub(super) fn push_hex(text: &mut String, byte: u8) {
    text.extend([byte >> 4, byte & 15].into_iter().filter_map(|digit| char::from_digit(u32::from(digit), 16)));
}

pub(super) fn fromhex(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let (class, text) = (args.values[0], args.values[1]);
    vm.text_argument("fromhex", "argument", text)?;
    let data = match parse(vm.expect_text(text)) {
        Ok(data) => data,
        Err(position) => {
            return Err(vm.value_error(format!("non-hexadecimal number found in fromhex() arg at position {position}")));
        }
    };
    if class == types::BYTEARRAY {
        return Ok(vm.new_byte_array(data));
    }
    // A class that derives from `bytearray`, too, is given `bytes`.
    let bytes = vm.new_bytes(data);
    if class == types::BYTES {
        return Ok(bytes);
    }
    let instance = vm.call_pos(class, &[bytes.borrow()]);
    vm.release(bytes);
    instance
}

/// The bytes that the text is, or the position of the character that spoils it.
fn parse(text: &str) -> Result<Vec<u8>, usize> {
    if let Some(position) = text.chars().position(|c| !c.is_ascii()) {
        return Err(position);
    }
    let text = text.as_bytes();
    let digit = |at: usize| text.get(at).and_then(|&byte| char::from(byte).to_digit(16)).ok_or(at);
    let mut data = Vec::with_capacity(text.len() / 2);
    let mut at = 0;
    while at < text.len() {
        if is_space(text[at]) {
            at += 1;
            continue;
        }
        data.push((digit(at)? << 4 | digit(at + 1)?) as u8);
        at += 2;
    }
    Ok(data)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hex_is_that_of_cpython() {
        assert_eq!(hex_text(b"\x00\xffa", None, 1), "00ff61");
        assert_eq!(hex_text(b"\x01\x02\x03\x04\x05", Some('-'), 2), "01-0203-0405");
        assert_eq!(hex_text(b"\x01\x02\x03\x04\x05", Some('-'), -2), "0102-0304-05");
        assert_eq!(hex_text(b"\x01\x02", Some('-'), 0), "0102");
        assert_eq!(parse(" 0a Ff"), Ok(vec![10, 255]));
        assert_eq!((parse("0"), parse("0 0"), parse("0g"), parse("00é")), (Err(1), Err(1), Err(1), Err(2)));
    }
}
