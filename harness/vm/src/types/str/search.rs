//! The methods that look for text in text.

use super::Str;
use crate::heap::Ref;
use crate::object::args::Args;
use crate::object::keywords::Signature;
use crate::types;
use crate::vm::{PyResult, Vm};

/// What to look for, and the bounds as given, not yet fitted to a length.
pub(crate) struct Search {
    pub(crate) what: Ref,
    start: i64,
    end: i64,
}

impl Search {
    /// The bounds for a length, as slices take them (`ADJUST_INDICES`). The end may come before the start.
    pub(crate) fn bounds(&self, length: usize) -> (i64, i64) {
        let length = length as i64;
        let fit = |index: i64| if index < 0 { (index + length).max(0) } else { index };
        (fit(self.start), if self.end > length { length } else { fit(self.end) })
    }

    /// The part of a string that is searched, and the index at which it begins; none if it is too short to have `wanted`
    /// characters.
    fn within<'a>(&self, string: &'a Str, wanted: usize) -> Option<(usize, &'a str)> {
        let (start, end) = self.bounds(string.len());
        (end - start >= wanted as i64).then(|| (start as usize, string.slice(start as usize, end as usize)))
    }
}

/// Does something with the arguments of `find`, `count`, `startswith` and their kin. Up to 3.12 they stand in a tuple
/// meanwhile, which shows when converting a bound runs Python code.
pub(crate) fn with_search<T>(
    vm: &mut Vm,
    name: &str,
    args: &Args<'_>,
    check: impl Fn(&mut Vm, Ref) -> PyResult<()>,
    run: impl FnOnce(&mut Vm, Search) -> PyResult<T>,
) -> PyResult<T> {
    let given = args.values.len() - 1;
    let by_tuple = vm.profile.text_search_by_tuple;
    if !(1..=3).contains(&given) {
        let (bound, limit) = if given < 1 { ("at least", 1) } else { ("at most", 3) };
        let plural = if limit == 1 { "" } else { "s" };
        return Err(vm.type_error(if by_tuple {
            format!("{name}() takes {bound} {limit} argument{plural} ({given} given)")
        } else {
            format!("{name} expected {bound} {limit} argument{plural}, got {given}")
        }));
    }
    if by_tuple {
        return vm.with_argument_tuple(&args.of_method(), |vm, args| {
            let search = bounds(vm, args)?;
            check(vm, search.what)?;
            run(vm, search)
        });
    }
    check(vm, args.values[1])?;
    let search = bounds(vm, &args.rest())?;
    run(vm, search)
}

fn bounds(vm: &mut Vm, args: &Args<'_>) -> PyResult<Search> {
    let start = bound(vm, args, 1, 0)?;
    let end = bound(vm, args, 2, i64::MAX)?;
    Ok(Search { what: args.values[0], start, end })
}

/// One bound: none and `None` stand for the default (`_PyEval_SliceIndex`).
fn bound(vm: &mut Vm, args: &Args<'_>, place: usize, default: i64) -> PyResult<i64> {
    match args.values.get(place) {
        None | Some(&types::NONE) => Ok(default),
        Some(&value) if vm.class(vm.class_of(value)).slots.index.is_some() => vm.as_index(value, None),
        Some(_) => Err(vm.type_error("slice indices must be integers or None or have an __index__ method")),
    }
}

/// `find` and its kin want a string.
fn must_be_text(name: &'static str) -> impl Fn(&mut Vm, Ref) -> PyResult<()> {
    move |vm, what| {
        if vm.profile.text_search_by_tuple { must_be_str(vm, what) } else { vm.text_argument(name, "argument 1", what) }
    }
}

/// `ensure_unicode`
pub(super) fn must_be_str(vm: &mut Vm, value: Ref) -> PyResult<()> {
    if vm.text(value).is_some() {
        return Ok(());
    }
    let message = format!("must be str, not {}", vm.type_name(value));
    Err(vm.type_error(message))
}

/// Where the text is found first or last, as an index of characters.
fn position(vm: &Vm, this: Ref, search: &Search, last: bool) -> Option<i64> {
    let (string, what) = (vm.str_payload(this), vm.str_payload(search.what));
    let (start, text) = search.within(string, what.len())?;
    let byte = if last { text.rfind(&*what.text) } else { text.find(&*what.text) }?;
    let before = if string.is_ascii() { byte } else { text[..byte].chars().count() };
    Some((start + before) as i64)
}

fn find_with(vm: &mut Vm, name: &'static str, args: &Args<'_>, last: bool, must_find: bool) -> PyResult {
    let found = with_search(vm, name, args, must_be_text(name), |vm, search| match position(vm, args.this(), &search, last) {
        Some(index) => Ok(index),
        None if must_find => Err(vm.value_error("substring not found")),
        None => Ok(-1),
    })?;
    Ok(vm.int(found))
}

pub(super) fn find(vm: &mut Vm, args: &Args<'_>) -> PyResult {
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
    let found = with_search(vm, "count", args, must_be_text("count"), |vm, search| {
        let what = vm.str_payload(search.what);
        let Some((_, text)) = search.within(vm.str_payload(args.this()), what.len()) else { return Ok(0) };
        // The empty text is found before and after each character: so `matches` has it, too.
        Ok(text.matches(&*what.text).count())
    })?;
    Ok(vm.int(found as i64))
}

pub(super) fn startswith(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    affix(vm, "startswith", args, false)
}

pub(super) fn endswith(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    affix(vm, "endswith", args, true)
}

fn affix(vm: &mut Vm, name: &'static str, args: &Args<'_>, at_end: bool) -> PyResult {
    let result = with_search(
        vm,
        name,
        args,
        |_, _| Ok(()),
        |vm, search| {
            let Some(candidates) = vm.tuple(search.what).map(|_| vm.items(search.what).unwrap_or_default()) else {
                if vm.text(search.what).is_none() {
                    let kind = vm.type_name(search.what);
                    let message = format!("{name} first arg must be str or a tuple of str, not {kind}");
                    return Err(vm.type_error(message));
                }
                return Ok(matches_at(vm, args.this(), search.what, &search, at_end));
            };
            for candidate in candidates {
                if vm.text(candidate).is_none() {
                    let kind = vm.type_name(candidate);
                    let message = format!("tuple for {name} must only contain str, not {kind}");
                    return Err(vm.type_error(message));
                }
                if matches_at(vm, args.this(), candidate, &search, at_end) {
                    return Ok(true);
                }
            }
            Ok(false)
        },
    )?;
    Ok(vm.bool(result))
}

/// Whether the part within the bounds begins or ends with a text (`tailmatch`).
fn matches_at(vm: &Vm, this: Ref, affix: Ref, search: &Search, at_end: bool) -> bool {
    let affix = vm.str_payload(affix);
    let Some((_, text)) = search.within(vm.str_payload(this), affix.len()) else { return false };
    if at_end { text.ends_with(&*affix.text) } else { text.starts_with(&*affix.text) }
}

pub(super) fn removeprefix(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let (this, prefix) = (args.values[0], args.values[1]);
    vm.text_argument("removeprefix", "argument", prefix)?;
    let (text, prefix) = (vm.expect_text(this), vm.expect_text(prefix));
    let (start, end) = if text.starts_with(prefix) { (prefix.len(), text.len()) } else { (0, text.len()) };
    Ok(vm.substring_of_bytes(this, start, end))
}

pub(super) fn removesuffix(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let (this, suffix) = (args.values[0], args.values[1]);
    vm.text_argument("removesuffix", "argument", suffix)?;
    let (text, suffix) = (vm.expect_text(this), vm.expect_text(suffix));
    let end = if text.ends_with(suffix) { text.len() - suffix.len() } else { text.len() };
    Ok(vm.substring_of_bytes(this, 0, end))
}

pub(super) fn replace(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let this = args.this();
    let (old, new, count) = replace_arguments(vm, &args.rest())?;
    vm.text_argument("replace", "argument 1", old)?;
    vm.text_argument("replace", "argument 2", new)?;
    let limit = vm.limit_argument(count)?;
    let (text, from, to) = (vm.str_payload(this), vm.str_payload(old), vm.str_payload(new));
    let idle = limit == 0 || old == new || (from.len() == 0 && to.len() == 0) || !text.text.contains(&*from.text);
    if idle {
        return Ok(vm.str_unchanged(this));
    }
    let replaced = text.text.replacen(&*from.text, &to.text, limit);
    Ok(vm.fresh_str(replaced))
}

fn replace_arguments(vm: &mut Vm, args: &Args<'_>) -> PyResult<(Ref, Ref, Option<Ref>)> {
    const SIGNATURE: Signature =
        Signature { function: "replace", positional_only: 2, names: &["count"], required: 2, positional: 3 };
    if vm.profile.replace_takes_keyword {
        let [old, new, count] = SIGNATURE.bind(vm, args)?;
        return match (old, new) {
            (Some(old), Some(new)) => Ok((old, new, count)),
            _ => Err(vm.type_error("replace() takes at least 2 positional arguments")),
        };
    }
    vm.no_keywords("str.replace", args)?;
    match *args.values {
        [old, new] => Ok((old, new, None)),
        [old, new, count] => Ok((old, new, Some(count))),
        _ => {
            let given = args.values.len();
            let (bound, limit) = if given < 2 { ("at least", 2) } else { ("at most", 3) };
            Err(vm.type_error(format!("replace expected {bound} {limit} arguments, got {given}")))
        }
    }
}
