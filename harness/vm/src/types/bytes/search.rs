//! Looking for bytes in bytes.

use crate::heap::{Owned, Ref};
use crate::object::args::Args;
use crate::types::str::{Search, with_search};
use crate::vm::{PyResult, Vm};

/// Where a part is found first.
pub(super) fn find(data: &[u8], part: &[u8]) -> Option<usize> {
    match *part {
        [] => Some(0),
        [byte] => data.iter().position(|&other| other == byte),
        _ => data.windows(part.len()).position(|window| window == part),
    }
}

/// Where a part is found last.
pub(super) fn find_last(data: &[u8], part: &[u8]) -> Option<usize> {
    match *part {
        [] => Some(data.len()),
        _ => data.windows(part.len()).rposition(|window| window == part),
    }
}

/// Where a part is found, one place after the other; none of them overlap. An empty part is found nowhere.
pub(super) fn matches<'a>(data: &'a [u8], part: &'a [u8]) -> impl Iterator<Item = usize> + 'a {
    let mut from = 0;
    std::iter::from_fn(move || {
        let found = from + find(&data[from..], part).filter(|_| !part.is_empty())?;
        from = found + part.len();
        Some(found)
    })
}

/// How often a part is found; an empty one before and after each byte.
pub(super) fn count_of(data: &[u8], part: &[u8]) -> usize {
    if part.is_empty() { data.len() + 1 } else { matches(data, part).count() }
}

/// What is looked for: bytes, or a number that is one.
fn wanted(vm: &mut Vm, what: Ref) -> PyResult<Vec<u8>> {
    if let Some(part) = vm.bytes_value(what) {
        return Ok(part.to_vec());
    }
    if let Some(problem) = vm.view_problem(what) {
        return Err(problem);
    }
    if vm.class(vm.class_of(what)).slots.index.is_none() {
        let message = format!("argument should be integer or bytes-like object, not '{}'", vm.type_name(what));
        return Err(vm.type_error(message));
    }
    let byte = vm.as_index(what, None)?;
    match u8::try_from(byte) {
        Ok(byte) => Ok(vec![byte]),
        Err(_) => Err(vm.value_error("byte must be in range(0, 256)")),
    }
}

/// The part that is searched, and where it begins; none if it is shorter than `length`.
fn within<'a>(search: &Search, data: &'a [u8], length: usize) -> Option<(usize, &'a [u8])> {
    let (start, end) = search.bounds(data.len());
    (end - start >= length as i64).then(|| (start as usize, &data[start as usize..end as usize]))
}

fn find_with(vm: &mut Vm, name: &str, args: &Args<'_>, last: bool, must_find: bool) -> PyResult {
    let found = with_search(
        vm,
        name,
        args,
        |_, _| Ok(()),
        |vm, search| {
            let part = wanted(vm, search.what)?;
            let found = within(&search, vm.data(args.this()), part.len()).and_then(|(start, data)| {
                let found = if last { find_last(data, &part) } else { find(data, &part) };
                found.map(|found| (start + found) as i64)
            });
            match found {
                Some(index) => Ok(index),
                None if must_find => Err(vm.value_error("subsection not found")),
                None => Ok(-1),
            }
        },
    )?;
    Ok(vm.int(found))
}

pub(super) fn find_first(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    find_with(vm, "find", args, false, false)
}

pub(super) fn rfind(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    find_with(vm, "rfind", args, true, false)
}

pub(super) fn index(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    find_with(vm, "index", args, false, true)
}

pub(super) fn rindex(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    find_with(vm, "rindex", args, true, true)
}

pub(super) fn count(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let found = with_search(
        vm,
        "count",
        args,
        |_, _| Ok(()),
        |vm, search| {
            let part = wanted(vm, search.what)?;
            Ok(within(&search, vm.data(args.this()), part.len()).map_or(0, |(_, data)| count_of(data, &part)))
        },
    )?;
    Ok(vm.int(found as i64))
}

pub(super) fn startswith(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    affix(vm, "startswith", args, <[u8]>::starts_with)
}

pub(super) fn endswith(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    affix(vm, "endswith", args, <[u8]>::ends_with)
}

fn affix(vm: &mut Vm, name: &str, args: &Args<'_>, test: fn(&[u8], &[u8]) -> bool) -> PyResult {
    let result = with_search(
        vm,
        name,
        args,
        |_, _| Ok(()),
        |vm, search| {
            let candidates = match vm.tuple(search.what) {
                Some(_) => vm.items(search.what).unwrap_or_default(),
                None if vm.bytes_value(search.what).is_some() => vec![search.what],
                None => {
                    let kind = vm.type_name(search.what);
                    let message = format!("{name} first arg must be bytes or a tuple of bytes, not {kind}");
                    return Err(vm.type_error(message));
                }
            };
            for candidate in candidates {
                vm.must_be_bytes(candidate)?;
                let part = vm.data(candidate);
                if within(&search, vm.data(args.this()), part.len()).is_some_and(|(_, data)| test(data, part)) {
                    return Ok(true);
                }
            }
            Ok(false)
        },
    )?;
    Ok(vm.bool(result))
}

pub(super) fn removeprefix(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let (this, prefix) = (args.values[0], args.values[1]);
    vm.must_be_bytes(prefix)?;
    let (data, prefix) = (vm.data(this), vm.data(prefix));
    let (start, end) = if data.starts_with(prefix) { (prefix.len(), data.len()) } else { (0, data.len()) };
    Ok(vm.bytes_part(this, start, end))
}

pub(super) fn removesuffix(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let (this, suffix) = (args.values[0], args.values[1]);
    vm.must_be_bytes(suffix)?;
    let (data, suffix) = (vm.data(this), vm.data(suffix));
    let end = if data.ends_with(suffix) { data.len() - suffix.len() } else { data.len() };
    Ok(vm.bytes_part(this, 0, end))
}

pub(super) fn replace(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let (this, old, new) = (args.values[0], args.values[1], args.values[2]);
    vm.must_be_bytes(old)?;
    vm.must_be_bytes(new)?;
    let limit = vm.limit_argument(args.values.get(3).copied())?;
    let replaced = replaced(vm.data(this), vm.data(old), vm.data(new), limit);
    Ok(match replaced {
        Some(replaced) => vm.fresh_like(this, replaced),
        None => {
            let end = vm.data(this).len();
            vm.bytes_part(this, 0, end)
        }
    })
}

/// The data with parts replaced; none if nothing is (`stringlib_replace`).
fn replaced(data: &[u8], old: &[u8], new: &[u8], limit: usize) -> Option<Vec<u8>> {
    if limit == 0 || data.len() < old.len() || (old.is_empty() && new.is_empty()) {
        return None;
    }
    let mut out = Vec::with_capacity(data.len());
    if old.is_empty() {
        let times = limit.min(data.len() + 1);
        for byte in &data[..times - 1] {
            out.extend_from_slice(new);
            out.push(*byte);
        }
        out.extend_from_slice(new);
        out.extend_from_slice(&data[times - 1..]);
        return Some(out);
    }
    let mut rest = 0;
    for found in matches(data, old).take(limit) {
        out.extend_from_slice(&data[rest..found]);
        out.extend_from_slice(new);
        rest = found + old.len();
    }
    out.extend_from_slice(&data[rest..]);
    (rest > 0).then_some(out)
}

pub(super) fn partition(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    partition_with(vm, args, false)
}

pub(super) fn rpartition(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    partition_with(vm, args, true)
}

fn partition_with(vm: &mut Vm, args: &Args<'_>, last: bool) -> PyResult {
    let (this, separator) = (args.values[0], args.values[1]);
    vm.must_be_bytes(separator)?;
    // A bytearray has the separator copied into one.
    let separator = if vm.is_array(this) {
        let copy = vm.data(separator).to_vec();
        vm.new_byte_array(copy)
    } else {
        vm.retain(separator)
    };
    let items = vm.lend(separator, |vm, separator| partitioned(vm, this, separator, last))?;
    Ok(vm.new_tuple(items))
}

fn partitioned(vm: &mut Vm, this: Ref, separator: Ref, last: bool) -> PyResult<Vec<Owned>> {
    let (data, wanted) = (vm.data(this), vm.data(separator));
    if wanted.is_empty() {
        return Err(vm.value_error("empty separator"));
    }
    let found = if last { find_last(data, wanted) } else { find(data, wanted) };
    Ok(match found {
        Some(found) => {
            let before = data[..found].to_vec();
            let after = data[found + wanted.len()..].to_vec();
            vec![vm.new_like(this, before), vm.retain(separator), vm.new_like(this, after)]
        }
        None => {
            let copy = vm.is_array(this).then(|| vm.data(this).to_vec());
            let whole = match copy {
                Some(copy) => vm.new_byte_array(copy),
                None => vm.retain(this),
            };
            let (first, second) = (vm.new_like(this, Vec::new()), vm.new_like(this, Vec::new()));
            if last { vec![first, second, whole] } else { vec![whole, first, second] }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn searches_agree_with_cpython() {
        assert_eq!((find(b"abcab", b"ab"), find_last(b"abcab", b"ab")), (Some(0), Some(3)));
        assert_eq!((find(b"ab", b""), find_last(b"ab", b"")), (Some(0), Some(2)));
        assert_eq!(find(b"a", b"abc"), None);
        assert_eq!((count_of(b"aaaa", b"aa"), count_of(b"abc", b"")), (2, 4));
        assert_eq!(replaced(b"abc", b"", b"-", 3), Some(b"-a-b-c".to_vec()));
        assert_eq!(replaced(b"abc", b"", b"-", usize::MAX), Some(b"-a-b-c-".to_vec()));
        assert_eq!(replaced(b"aXbX", b"X", b"", 1), Some(b"abX".to_vec()));
        assert_eq!(replaced(b"abc", b"x", b"y", usize::MAX), None);
    }
}
