//! Integers as bytes and back.

use num_bigint::{BigInt, Sign};
use num_traits::Signed;

use crate::heap::Ref;
use crate::object::args::Args;
use crate::object::keywords::Signature;
use crate::types;
use crate::vm::{PyResult, Vm};

/// `int.to_bytes(length=1, byteorder="big", *, signed=False)`
pub(super) fn to_bytes(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    const SIGNATURE: Signature = Signature {
        function: "to_bytes",
        positional_only: 0,
        names: &["length", "byteorder", "signed"],
        required: 0,
        positional: 2,
    };
    let this = args.this();
    let [length, order, signed] = SIGNATURE.bind(vm, &args.rest())?;
    let length = match length {
        Some(length) => vm.ssize_argument(length)?,
        None => 1,
    };
    check_order_argument(vm, "to_bytes", order)?;
    let signed = match signed {
        Some(signed) => vm.truth(signed)?,
        None => false,
    };
    let little = little_endian(vm, order)?;
    let Ok(length) = usize::try_from(length) else { return Err(vm.value_error("length argument must be non-negative")) };
    if length > 1 << 24 {
        return Err(vm.unsupported(crate::api::Missing::Limit, "int.to_bytes of more than 16 MiB"));
    }
    let value = vm.integer(this).unwrap_or_default().into_owned();
    match bytes_of(&value, length, signed) {
        Ok(mut bytes) => {
            if !little {
                bytes.reverse();
            }
            Ok(vm.fresh_bytes(bytes))
        }
        Err(message) => Err(vm.overflow_error(message)),
    }
}

/// The two's complement of an integer, the lowest byte first (`_PyLong_AsByteArray`).
fn bytes_of(value: &BigInt, length: usize, signed: bool) -> Result<Vec<u8>, &'static str> {
    if value.is_negative() && !signed {
        return Err("can't convert negative int to unsigned");
    }
    let mut bytes = match (value.sign(), signed) {
        (Sign::NoSign, _) => Vec::new(),
        (_, true) => value.to_signed_bytes_le(),
        (_, false) => value.to_bytes_le().1,
    };
    if bytes.len() > length {
        return Err("int too big to convert");
    }
    bytes.resize(length, if value.is_negative() { 0xff } else { 0 });
    Ok(bytes)
}

/// `int.from_bytes(bytes, byteorder="big", *, signed=False)`
pub(super) fn from_bytes(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    const SIGNATURE: Signature = Signature {
        function: "from_bytes",
        positional_only: 0,
        names: &["bytes", "byteorder", "signed"],
        required: 1,
        positional: 2,
    };
    let class = args.this();
    let [source, order, signed] = SIGNATURE.bind(vm, &args.rest())?;
    check_order_argument(vm, "from_bytes", order)?;
    let signed = match signed {
        Some(signed) => vm.truth(signed)?,
        None => false,
    };
    let little = little_endian(vm, order)?;
    let source = source.unwrap_or(types::NONE);
    let bytes = types::bytes::object_bytes(vm, source)?;
    let bytes = vm.lend(bytes, |vm, bytes| vm.bytes_value(bytes).unwrap_or_default().to_vec());
    let value = match (little, signed) {
        (true, true) => BigInt::from_signed_bytes_le(&bytes),
        (false, true) => BigInt::from_signed_bytes_be(&bytes),
        (true, false) => BigInt::from_bytes_le(Sign::Plus, &bytes),
        (false, false) => BigInt::from_bytes_be(Sign::Plus, &bytes),
    };
    let value = vm.big_int(value);
    if class == types::INT {
        return Ok(value);
    }
    let result = vm.call_pos(class, &[value.borrow()]);
    vm.release(value);
    result
}

fn check_order_argument(vm: &mut Vm, function: &str, order: Option<Ref>) -> PyResult<()> {
    order.map_or(Ok(()), |order| vm.text_argument(function, "argument 'byteorder'", order))
}

fn little_endian(vm: &mut Vm, order: Option<Ref>) -> PyResult<bool> {
    match order.map(|order| vm.expect_text(order)) {
        None | Some("big") => Ok(false),
        Some("little") => Ok(true),
        Some(_) => Err(vm.value_error("byteorder must be either 'little' or 'big'")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_s_complement() {
        let bytes = |value: i64, length, signed| bytes_of(&BigInt::from(value), length, signed);
        assert_eq!(bytes(1000, 2, false), Ok(vec![0xe8, 3]));
        assert_eq!(bytes(-1, 2, true), Ok(vec![0xff, 0xff]));
        assert_eq!(bytes(-128, 1, true), Ok(vec![0x80]));
        assert_eq!(bytes(128, 1, true), Err("int too big to convert"));
        assert_eq!(bytes(0, 0, false), Ok(vec![]));
        assert_eq!(bytes(-1, 1, false), Err("can't convert negative int to unsigned"));
    }
}
