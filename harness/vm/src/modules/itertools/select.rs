//! Iterators that leave items out: `compress`, `dropwhile`, `takewhile`, `filterfalse`; and `starmap`.

use super::{ITERATOR, instance, positional};
use crate::heap::{Owned, Ref};
use crate::object::args::Args;
use crate::object::class::{NativeType, Slots};
use crate::object::keywords::Signature;
use crate::object::missing::unsupported_method;
use crate::types;
use crate::types::iterators::{holds, itself};
use crate::vm::{PyResult, Vm};

/// A function, and the iterator whose items it is asked about.
struct Selecting {
    function: Option<Owned>,
    iterator: Option<Owned>,
    /// `dropwhile`: the first item to keep has come; `takewhile`: the first one to leave out has.
    turned: bool,
}
holds!(Selecting { function: "function", iterator: "iterator" });

macro_rules! selecting {
    ($type:ident, $name:literal, $next:ident, [$($method:literal),*]) => {
        pub(crate) static $type: NativeType = NativeType {
            name: $name,
            slots: Slots {
                iter: Some(itself),
                next: Some($next),
                new: Some(|vm, class, args| selecting_new(vm, class, types::$type, args)),
                ..Slots::NONE
            },
            methods: &[$(unsupported_method!($name, $method)),*],
            ..ITERATOR
        };
    };
}

selecting!(DROPWHILE, "dropwhile", dropwhile_next, ["__reduce__", "__setstate__"]);
selecting!(TAKEWHILE, "takewhile", takewhile_next, ["__reduce__", "__setstate__"]);
selecting!(FILTERFALSE, "filterfalse", filterfalse_next, ["__reduce__"]);
selecting!(STARMAP, "starmap", starmap_next, ["__reduce__"]);

fn selecting_new(vm: &mut Vm, class: Ref, own: Ref, args: &Args<'_>) -> PyResult {
    let given = positional(vm, class, own, args, 2, 2)?;
    let iterator = vm.get_iter(given[1])?;
    let function = vm.retain(given[0]);
    Ok(instance(vm, class, Selecting { function: Some(function), iterator: Some(iterator), turned: false }))
}

fn parts(vm: &Vm, this: Ref) -> Option<(Ref, Ref, bool)> {
    let state = vm.payload::<Selecting>(this)?;
    Some((state.function.as_ref()?.borrow(), state.iterator.as_ref()?.borrow(), state.turned))
}

fn turn(vm: &mut Vm, this: Ref) {
    if let Some(state) = vm.payload_mut::<Selecting>(this) {
        state.turned = true;
    }
}

/// Whether the function says yes to the item, which is let go if the answer is an error.
fn approves(vm: &mut Vm, function: Ref, item: Owned) -> PyResult<(bool, Owned)> {
    let answer = vm.call_pos(function, &[item.borrow()]).and_then(|answer| {
        let truth = vm.truth(answer.borrow());
        vm.release(answer);
        truth
    });
    match answer {
        Ok(answer) => Ok((answer, item)),
        Err(stop) => {
            vm.release(item);
            Err(stop)
        }
    }
}

fn dropwhile_next(vm: &mut Vm, this: Ref) -> PyResult<Option<Owned>> {
    let Some((function, iterator, started)) = parts(vm, this) else { return Ok(None) };
    while let Some(item) = vm.iternext(iterator)? {
        if started {
            return Ok(Some(item));
        }
        let (drop, item) = approves(vm, function, item)?;
        if !drop {
            turn(vm, this);
            return Ok(Some(item));
        }
        vm.release(item);
    }
    Ok(None)
}

fn takewhile_next(vm: &mut Vm, this: Ref) -> PyResult<Option<Owned>> {
    let Some((function, iterator, stopped)) = parts(vm, this) else { return Ok(None) };
    if stopped {
        return Ok(None);
    }
    let Some(item) = vm.iternext(iterator)? else { return Ok(None) };
    let (take, item) = approves(vm, function, item)?;
    if take {
        return Ok(Some(item));
    }
    vm.release(item);
    turn(vm, this);
    Ok(None)
}

fn filterfalse_next(vm: &mut Vm, this: Ref) -> PyResult<Option<Owned>> {
    let Some((function, iterator, _)) = parts(vm, this) else { return Ok(None) };
    while let Some(item) = vm.iternext(iterator)? {
        let (yes, item) = if matches!(function, types::NONE | types::BOOL) {
            match vm.truth(item.borrow()) {
                Ok(truth) => (truth, item),
                Err(stop) => {
                    vm.release(item);
                    return Err(stop);
                }
            }
        } else {
            approves(vm, function, item)?
        };
        if !yes {
            return Ok(Some(item));
        }
        vm.release(item);
    }
    Ok(None)
}

fn starmap_next(vm: &mut Vm, this: Ref) -> PyResult<Option<Owned>> {
    let Some((function, iterator, _)) = parts(vm, this) else { return Ok(None) };
    let Some(mut given) = vm.iternext(iterator)? else { return Ok(None) };
    if vm.class_of(given.borrow()) != types::TUPLE {
        let tuple = vm.sequence_tuple(given.borrow());
        vm.release(given);
        given = tuple?;
    }
    let values = vm.items(given.borrow()).unwrap_or_default();
    let result = vm.call(function, &Args { tuple: Some(given.borrow()), ..Args::positional(&values) });
    vm.release(given);
    result.map(Some)
}

// ---- compress ----

struct Compress {
    data: Option<Owned>,
    selectors: Option<Owned>,
}
holds!(Compress { data: "data", selectors: "selectors" });

pub(crate) static COMPRESS: NativeType = NativeType {
    name: "compress",
    slots: Slots { iter: Some(itself), next: Some(compress_next), new: Some(compress_new), ..Slots::NONE },
    methods: &[unsupported_method!("compress", "__reduce__")],
    ..ITERATOR
};

const COMPRESS_ARGUMENTS: Signature =
    Signature { function: "compress", positional_only: 0, names: &["data", "selectors"], required: 2, positional: 2 };

fn compress_new(vm: &mut Vm, class: Ref, args: &Args<'_>) -> PyResult {
    let [data, selectors] = COMPRESS_ARGUMENTS.bind(vm, args)?;
    let data = vm.get_iter(data.unwrap_or(types::NONE))?;
    match vm.get_iter(selectors.unwrap_or(types::NONE)) {
        Ok(selectors) => Ok(instance(vm, class, Compress { data: Some(data), selectors: Some(selectors) })),
        Err(stop) => {
            vm.release(data);
            Err(stop)
        }
    }
}

fn compress_next(vm: &mut Vm, this: Ref) -> PyResult<Option<Owned>> {
    let data = vm.held::<Compress>(this, |state| &state.data);
    let selectors = vm.held::<Compress>(this, |state| &state.selectors);
    let (Some(data), Some(selectors)) = (data, selectors) else { return Ok(None) };
    loop {
        let Some(item) = vm.iternext(data)? else { return Ok(None) };
        let selected = match vm.iternext(selectors) {
            Ok(Some(selector)) => {
                let truth = vm.truth(selector.borrow());
                vm.release(selector);
                truth
            }
            end => {
                vm.release(item);
                return end;
            }
        };
        match selected {
            Ok(true) => return Ok(Some(item)),
            Ok(false) => vm.release(item),
            Err(stop) => {
                vm.release(item);
                return Err(stop);
            }
        }
    }
}
