//! Iterators over other iterators: `enumerate`, `zip`, `map`, `filter` (`Objects/enumobject.c`, `Python/bltinmodule.c`).

use num_bigint::BigInt;
use num_traits::ToPrimitive;

use super::{holds, itself};
use crate::heap::{Owned, Ref};
use crate::object::args::Args;
use crate::object::class::{Arity, Flags, Method, MethodKind, NativeType, Slots};
use crate::object::keywords::Signature;
use crate::object::missing::unsupported_method;
use crate::object::value::Value;
use crate::types;
use crate::vm::{PyResult, Stop, Vm};

// ---- enumerate ----

struct Enumerate {
    iterator: Option<Owned>,
    /// The last result, to be used again.
    result: Option<Owned>,
    /// The next index, once it is beyond `Py_ssize_t`.
    long_index: Option<Owned>,
    index: i64,
}
holds!(Enumerate { iterator: "iterator", result: "result tuple", long_index: "index" });

pub(crate) static ENUMERATE: NativeType = NativeType {
    name: "enumerate",
    slots: Slots { iter: Some(itself), next: Some(enumerate_next), new: Some(enumerate_new), ..Slots::NONE },
    methods: &[unsupported_method!("enumerate", "__reduce__"), crate::types::generic::CLASS_GETITEM],
    flags: Flags(Flags::GC | Flags::BASE | Flags::VECTORCALL),
    ..NativeType::PLAIN
};

/// `enumerate(iterable, start=0)`: its arguments in CPython's own order of checks.
fn enumerate_arguments(vm: &mut Vm, class: Ref, args: &Args<'_>) -> PyResult<(Ref, Option<Ref>)> {
    const SIGNATURE: Signature =
        Signature { function: "enumerate", positional_only: 0, names: &["iterable", "start"], required: 1, positional: 2 };
    if class != types::ENUMERATE {
        // `enum_new`
        let [iterable, start] = SIGNATURE.bind(vm, args)?;
        return Ok((iterable.unwrap_or(types::NONE), start));
    }
    let given = args.values.len();
    let expect = |vm: &mut Vm, index: usize, wanted: &str| {
        let name = vm.expect_text(args.names[index]);
        if name == wanted {
            return Ok(());
        }
        let message = format!("'{name}' is an invalid keyword argument for enumerate()");
        Err(vm.type_error(message))
    };
    match (given, args.names.len()) {
        (2, 0) => {}
        (2, 1) => expect(vm, 0, "start")?,
        (2, _) if vm.text(args.names[0]) == Some("start") => {
            expect(vm, 1, "iterable")?;
            return Ok((args.values[1], Some(args.values[0])));
        }
        (2, _) => {
            expect(vm, 0, "iterable")?;
            expect(vm, 1, "start")?;
        }
        (1, 0) => return Ok((args.values[0], None)),
        (1, _) => {
            expect(vm, 0, "iterable")?;
            return Ok((args.values[0], None));
        }
        _ if args.pos().is_empty() => return Err(vm.type_error("enumerate() missing required argument 'iterable'")),
        _ => return Err(vm.type_error(format!("enumerate() takes at most 2 arguments ({given} given)"))),
    }
    Ok((args.values[0], Some(args.values[1])))
}

fn enumerate_new(vm: &mut Vm, class: Ref, args: &Args<'_>) -> PyResult {
    let (iterable, start) = enumerate_arguments(vm, class, args)?;
    let state = Enumerate { iterator: None, result: None, long_index: None, index: 0 };
    let object = vm.alloc_instance(class, Value::Native(Box::new(state)));
    match enumerate_init(vm, object.borrow(), iterable, start) {
        Ok(()) => Ok(object),
        Err(stop) => {
            vm.release(object);
            Err(stop)
        }
    }
}

fn enumerate_init(vm: &mut Vm, object: Ref, iterable: Ref, start: Option<Ref>) -> PyResult<()> {
    let (mut index, mut long_index) = (0, None);
    if let Some(start) = start {
        let start = vm.index(start)?;
        let small = vm.long_value(start.borrow()).as_ref().and_then(BigInt::to_i64);
        index = small.unwrap_or(i64::MAX);
        if small.is_none() {
            long_index = Some(start);
        } else {
            vm.release(start);
        }
    }
    if let Some(state) = vm.payload_mut::<Enumerate>(object) {
        state.index = index;
        state.long_index = long_index;
    }
    let iterator = vm.get_iter(iterable)?;
    let result = vm.tuple_of(&[types::NONE, types::NONE]);
    if let Some(state) = vm.payload_mut::<Enumerate>(object) {
        state.iterator = Some(iterator);
        state.result = Some(result);
    }
    Ok(())
}

fn enumerate_next(vm: &mut Vm, enumerate: Ref) -> PyResult<Option<Owned>> {
    let Some(state) = vm.payload::<Enumerate>(enumerate) else { return Ok(None) };
    let Some(iterator) = state.iterator.as_ref().map(Owned::borrow) else { return Ok(None) };
    let Some(item) = vm.iternext(iterator)? else { return Ok(None) };
    let index = enumerate_index(vm, enumerate);
    let result = vm.payload::<Enumerate>(enumerate).and_then(|state| state.result.as_ref()).map(Owned::borrow);
    Ok(Some(vm.recycle_tuple(result, vec![index, item])))
}

/// The index of this item; the next one is one more.
fn enumerate_index(vm: &mut Vm, enumerate: Ref) -> Owned {
    let index = vm.payload::<Enumerate>(enumerate).map_or(0, |state| state.index);
    if index < i64::MAX {
        if let Some(state) = vm.payload_mut::<Enumerate>(enumerate) {
            state.index += 1;
        }
        return vm.int(index);
    }
    let known = vm.payload_mut::<Enumerate>(enumerate).and_then(|state| state.long_index.take());
    let this = known.unwrap_or_else(|| vm.int(i64::MAX));
    let next = vm.long_value(this.borrow()).unwrap_or_default() + 1;
    let next = vm.big_int(next);
    if let Some(state) = vm.payload_mut::<Enumerate>(enumerate) {
        state.long_index = Some(next);
        return this;
    }
    vm.release(next);
    this
}

// ---- zip ----

struct Zip {
    iterators: Option<Owned>,
    /// The last result, to be used again.
    result: Option<Owned>,
    strict: bool,
}
holds!(Zip { iterators: "iterators", result: "result tuple" });

pub(crate) static ZIP: NativeType = NativeType {
    name: "zip",
    slots: Slots { iter: Some(itself), next: Some(zip_next), new: Some(zip_new), ..Slots::NONE },
    methods: &[
        Method { name: "__setstate__", kind: MethodKind::Instance, arity: Arity::One, call: zip_set_state },
        unsupported_method!("zip", "__reduce__"),
    ],
    flags: Flags(Flags::GC | Flags::BASE),
    ..NativeType::PLAIN
};

/// The arguments of `zip` that have names.
const ZIP_KEYWORDS: Signature = Signature { function: "zip", positional_only: 0, names: &["strict"], required: 0, positional: 0 };

/// A tuple of the iterators over several iterables.
fn iterators_of(vm: &mut Vm, iterables: &[Ref]) -> PyResult {
    let mut iterators = Vec::with_capacity(iterables.len());
    for &iterable in iterables {
        match vm.get_iter(iterable) {
            Ok(iterator) => iterators.push(iterator),
            Err(stop) => {
                vm.release_last_first(iterators);
                return Err(stop);
            }
        }
    }
    Ok(vm.new_tuple(iterators))
}

fn zip_new(vm: &mut Vm, class: Ref, args: &Args<'_>) -> PyResult {
    let mut strict = false;
    if !args.names.is_empty() {
        let keywords = Args::new(&args.values[args.pos().len()..], args.names);
        let [given] = ZIP_KEYWORDS.bind(vm, &keywords)?;
        if let Some(given) = given {
            strict = vm.truth(given)?;
        }
    }
    let iterators = iterators_of(vm, args.pos())?;
    let result = vm.tuple_of(&vec![types::NONE; args.pos().len()]);
    let state = Zip { iterators: Some(iterators), result: Some(result), strict };
    Ok(vm.alloc_instance(class, Value::Native(Box::new(state))))
}

fn zip_state(vm: &Vm, zip: Ref) -> Option<(Ref, Ref, bool)> {
    let state = vm.payload::<Zip>(zip)?;
    Some((state.iterators.as_ref()?.borrow(), state.result.as_ref()?.borrow(), state.strict))
}

fn zip_next(vm: &mut Vm, zip: Ref) -> PyResult<Option<Owned>> {
    let Some((iterators, result, strict)) = zip_state(vm, zip) else { return Ok(None) };
    let iterators = vm.items(iterators).unwrap_or_default();
    if iterators.is_empty() {
        return Ok(None);
    }
    let (end, stopped) = if vm.heap[result].count == 1 {
        match zip_again(vm, result, &iterators) {
            Ok(result) => return Ok(Some(result)),
            Err(end) => end,
        }
    } else {
        match zip_anew(vm, &iterators) {
            Ok(result) => return Ok(Some(result)),
            Err(end) => end,
        }
    };
    if !strict {
        return stopped.map_or(Ok(None), Err);
    }
    if let Some(stop) = stopped {
        vm.swallow(stop, types::STOP_ITERATION)?;
    }
    zip_check(vm, &iterators, end)
}

/// Which iterator ended, and the error if it did not end of its own accord.
type ZipEnd = (usize, Option<Stop>);

/// The next result in the tuple of the last one: each item is exchanged as soon as the new one is there.
fn zip_again(vm: &mut Vm, result: Ref, iterators: &[Ref]) -> Result<Owned, ZipEnd> {
    let owned = vm.retain(result);
    for (index, &iterator) in iterators.iter().enumerate() {
        match vm.iternext(iterator) {
            Ok(Some(item)) => {
                let old = match &mut vm.heap[result].value {
                    Value::Tuple(places) => std::mem::replace(&mut places[index], item),
                    _ => item,
                };
                vm.release(old);
            }
            end => {
                vm.release(owned);
                return Err((index, end.err()));
            }
        }
    }
    vm.track(result);
    Ok(owned)
}

fn zip_anew(vm: &mut Vm, iterators: &[Ref]) -> Result<Owned, ZipEnd> {
    let mut items = Vec::with_capacity(iterators.len());
    for (index, &iterator) in iterators.iter().enumerate() {
        match vm.iternext(iterator) {
            Ok(Some(item)) => items.push(item),
            end => {
                vm.release_last_first(items);
                return Err((index, end.err()));
            }
        }
    }
    Ok(vm.new_tuple(items))
}

/// `strict=True`: the others must be at their end too.
fn zip_check(vm: &mut Vm, iterators: &[Ref], end: usize) -> PyResult<Option<Owned>> {
    let others = |index: usize| if index == 1 { "argument 1".to_owned() } else { format!("arguments 1-{index}") };
    if end > 0 {
        let message = format!("zip() argument {} is shorter than {}", end + 1, others(end));
        return Err(vm.value_error(message));
    }
    for (index, &iterator) in iterators.iter().enumerate().skip(1) {
        if let Some(item) = vm.next(iterator)? {
            vm.release(item);
            let message = format!("zip() argument {} is longer than {}", index + 1, others(index));
            return Err(vm.value_error(message));
        }
    }
    Ok(None)
}

fn zip_set_state(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let strict = vm.truth(args.values[1])?;
    if let Some(state) = vm.payload_mut::<Zip>(args.this()) {
        state.strict = strict;
    }
    Ok(vm.none())
}

// ---- map ----

struct Map {
    iterators: Option<Owned>,
    function: Option<Owned>,
}
holds!(Map { iterators: "iterators", function: "function" });

pub(crate) static MAP: NativeType = NativeType {
    name: "map",
    slots: Slots { iter: Some(itself), next: Some(map_next), new: Some(map_new), ..Slots::NONE },
    methods: &[unsupported_method!("map", "__reduce__")],
    flags: Flags(Flags::GC | Flags::BASE | Flags::VECTORCALL),
    ..NativeType::PLAIN
};

fn map_new(vm: &mut Vm, class: Ref, args: &Args<'_>) -> PyResult {
    vm.no_keywords_of_type(class, types::MAP, args)?;
    let Some((&function, iterables @ [_, ..])) = args.pos().split_first() else {
        return Err(vm.type_error("map() must have at least two arguments."));
    };
    let iterators = iterators_of(vm, iterables)?;
    let function = vm.retain(function);
    let state = Map { iterators: Some(iterators), function: Some(function) };
    Ok(vm.alloc_instance(class, Value::Native(Box::new(state))))
}

fn map_next(vm: &mut Vm, map: Ref) -> PyResult<Option<Owned>> {
    let Some(state) = vm.payload::<Map>(map) else { return Ok(None) };
    let (Some(function), Some(iterators)) = (&state.function, &state.iterators) else { return Ok(None) };
    let (function, iterators) = (function.borrow(), vm.items(iterators.borrow()).unwrap_or_default());
    let mut values = Vec::with_capacity(iterators.len());
    for iterator in iterators {
        match vm.iternext(iterator) {
            Ok(Some(value)) => values.push(value),
            end => {
                vm.release_all(values);
                return end;
            }
        }
    }
    let arguments: Vec<Ref> = values.iter().map(Owned::borrow).collect();
    let result = vm.call_pos(function, &arguments).map(Some);
    vm.release_all(values);
    result
}

// ---- filter ----

struct Filter {
    function: Option<Owned>,
    iterator: Option<Owned>,
}
holds!(Filter { function: "function", iterator: "iterator" });

pub(crate) static FILTER: NativeType = NativeType {
    name: "filter",
    slots: Slots { iter: Some(itself), next: Some(filter_next), new: Some(filter_new), ..Slots::NONE },
    methods: &[unsupported_method!("filter", "__reduce__")],
    flags: Flags(Flags::GC | Flags::BASE | Flags::VECTORCALL),
    ..NativeType::PLAIN
};

fn filter_new(vm: &mut Vm, class: Ref, args: &Args<'_>) -> PyResult {
    vm.no_keywords_of_type(class, types::FILTER, args)?;
    vm.check_positional("filter", args.pos().len(), 2, 2)?;
    let iterator = vm.get_iter(args.values[1])?;
    let function = vm.retain(args.values[0]);
    let state = Filter { function: Some(function), iterator: Some(iterator) };
    Ok(vm.alloc_instance(class, Value::Native(Box::new(state))))
}

fn filter_next(vm: &mut Vm, filter: Ref) -> PyResult<Option<Owned>> {
    let Some(state) = vm.payload::<Filter>(filter) else { return Ok(None) };
    let (Some(function), Some(iterator)) = (&state.function, &state.iterator) else { return Ok(None) };
    let (function, iterator) = (function.borrow(), iterator.borrow());
    while let Some(item) = vm.iternext(iterator)? {
        let passes = if matches!(function, types::NONE | types::BOOL) {
            vm.truth(item.borrow())
        } else {
            vm.call_pos(function, &[item.borrow()]).and_then(|answer| {
                let truth = vm.truth(answer.borrow());
                vm.release(answer);
                truth
            })
        };
        match passes {
            Ok(true) => return Ok(Some(item)),
            Ok(false) => vm.release(item),
            Err(stop) => {
                vm.release(item);
                return Err(stop);
            }
        }
    }
    Ok(None)
}
