//! `format % arguments` of `bytes` (`_PyBytes_FormatEx`). Unlike that of `str` it always makes a new object.

use crate::heap::Ref;
use crate::types;
use crate::types::str::{Arguments, Directive, MAX_SIZE, parse_directive};
use crate::vm::{PyResult, Vm};

/// `bytes.__mod__`, `bytes.__rmod__`
pub(super) fn remainder(vm: &mut Vm, format: Ref, operand: Ref) -> PyResult {
    if vm.bytes_value(format).is_none() {
        return Ok(vm.not_implemented());
    }
    let mut arguments = Arguments::new(vm, operand, &[types::BYTES, types::STR], "prec too big");
    let mut out = Vec::new();
    let result = format_all(vm, format, &mut arguments, &mut out);
    arguments.done(vm);
    result?;
    Ok(vm.new_like(format, out))
}

fn format_all(vm: &mut Vm, format: Ref, arguments: &mut Arguments, out: &mut Vec<u8>) -> PyResult<()> {
    // Directives are ASCII: as Latin-1 the bytes can be read like text.
    let text: Vec<char> = vm.data(format).iter().map(|&byte| char::from(byte)).collect();
    let mut at = 0;
    while let Some(&c) = text.get(at) {
        at += 1;
        if c != '%' || text.get(at) == Some(&'%') {
            at += usize::from(c == '%');
            out.push(c as u8);
            continue;
        }
        let key = |vm: &mut Vm, key: &[char]| vm.new_bytes(key.iter().map(|&c| c as u8).collect::<Vec<u8>>());
        let directive = parse_directive(vm, &text, &mut at, arguments, key)?;
        format_one(vm, &directive, arguments, out)?;
        if out.len() > MAX_SIZE {
            return Err(vm.too_long());
        }
        if arguments.is_mapping() && arguments.left_over() {
            return Err(vm.type_error(LEFT_OVER));
        }
    }
    if !arguments.is_mapping() && arguments.left_over() {
        return Err(vm.type_error(LEFT_OVER));
    }
    Ok(())
}

const LEFT_OVER: &str = "not all arguments converted during bytes formatting";

fn format_one(vm: &mut Vm, directive: &Directive, arguments: &mut Arguments, out: &mut Vec<u8>) -> PyResult<()> {
    let value = arguments.next(vm)?;
    let text = match directive.letter {
        's' | 'b' => bytes_for(vm, value)?,
        'r' | 'a' => {
            let ascii = vm.ascii(value)?;
            let text = vm.expect_text(ascii.borrow()).as_bytes().to_vec();
            vm.release(ascii);
            text
        }
        'c' => vec![byte_for(vm, value)?],
        _ => {
            let Some(number) = directive.number(vm, value)? else { return Err(directive.unknown(vm)) };
            out.extend(directive.pad_number(vm, &number)?.bytes());
            return Ok(());
        }
    };
    let cut = directive.precision.filter(|_| directive.letter != 'c').unwrap_or(usize::MAX);
    let text = &text[..text.len().min(cut)];
    let missing = directive.width.unwrap_or(0).saturating_sub(text.len());
    if missing > MAX_SIZE {
        return Err(vm.too_long());
    }
    let (before, after) = if directive.left { (0, missing) } else { (missing, 0) };
    out.resize(out.len() + before, b' ');
    out.extend_from_slice(text);
    out.resize(out.len() + after, b' ');
    Ok(())
}

/// The bytes for `%b` (`format_obj`).
fn bytes_for(vm: &mut Vm, value: Ref) -> PyResult<Vec<u8>> {
    if let Some(data) = vm.bytes_value(value) {
        return Ok(data.to_vec());
    }
    let Some(method) = vm.lookup_special(value, "__bytes__")? else {
        let kind = vm.type_name(value);
        let message = format!("%b requires a bytes-like object, or an object that implements __bytes__, not '{kind}'");
        return Err(vm.type_error(message));
    };
    let made = vm.call_pos(method.borrow(), &[]);
    vm.release(method);
    let made = made?;
    let data = vm.bytes_value(made.borrow()).map(<[u8]>::to_vec);
    let message = format!("__bytes__ returned non-bytes (type {})", vm.type_name(made.borrow()));
    vm.release(made);
    data.ok_or_else(|| vm.type_error(message))
}

/// The byte for `%c` (`byte_converter`).
fn byte_for(vm: &mut Vm, value: Ref) -> PyResult<u8> {
    if let Some(&[byte]) = vm.bytes_value(value) {
        return Ok(byte);
    }
    let number = match vm.index(value) {
        Ok(number) => number,
        Err(stop) => {
            vm.swallow(stop, types::TYPE_ERROR)?;
            return Err(vm.type_error("%c requires an integer in range(256) or a single byte"));
        }
    };
    let byte = vm.small_value(number.borrow()).and_then(|number| u8::try_from(number).ok());
    vm.release(number);
    byte.ok_or_else(|| vm.overflow_error("%c arg not in range(256)"))
}
