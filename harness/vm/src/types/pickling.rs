//! What `copy` and `pickle` ask every object for: `object.__reduce_ex__` and its parts (`Objects/typeobject.c`).

use crate::heap::{Owned, Ref};
use crate::object::args::Args;
use crate::types::{self, function::NativeKind};
use crate::vm::{PyResult, Vm};

/// `object.__reduce_ex__(protocol)`: a class's own `__reduce__` goes first.
pub(super) fn reduce_ex(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let this = args.this();
    let protocol = i64::from(vm.int_argument(args.values[1])?);
    if let Some(method) = vm.lookup_attr(this, "__reduce__")? {
        let class = vm.class_of(this);
        let of_class = match vm.getattr_str(class, "__reduce__") {
            Ok(of_class) => of_class,
            Err(stop) => {
                vm.release(method);
                return Err(stop);
            }
        };
        let overridden = !is_own_method(vm, of_class.borrow(), reduce);
        vm.release(of_class);
        if overridden {
            return vm.lend(method, |vm, method| vm.call_pos(method, &[]));
        }
        vm.release(method);
    }
    common_reduce(vm, this, protocol)
}

/// `object.__reduce__()`
pub(super) fn reduce(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    common_reduce(vm, args.this(), 0)
}

/// `object.__getstate__()`
pub(super) fn getstate(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    default_state(vm, args.this(), false)
}

/// Whether a builtin method is the one of `object` that runs that function.
fn is_own_method(vm: &Vm, method: Ref, call: crate::object::class::NativeCall) -> bool {
    vm.native_function(method).is_some_and(|function| match function.what {
        NativeKind::Method(method) => std::ptr::fn_addr_eq(method.call, call),
        _ => false,
    })
}

/// `_common_reduce`
fn common_reduce(vm: &mut Vm, this: Ref, protocol: i64) -> PyResult {
    if protocol >= 2 {
        return reduce_newobj(vm, this);
    }
    let copyreg = copyreg(vm)?;
    let protocol = vm.int(protocol);
    vm.lend(copyreg, |vm, copyreg| vm.lend(protocol, |vm, protocol| vm.call_method(copyreg, "_reduce_ex", &[this, protocol])))
}

fn copyreg(vm: &mut Vm) -> PyResult {
    let module = vm.import_module("copyreg")?;
    Ok(vm.retain(module))
}

/// `reduce_newobj`: how to make an object anew for protocols from 2 on.
fn reduce_newobj(vm: &mut Vm, this: Ref) -> PyResult {
    let class = vm.class_of(this);
    if vm.class(class).slots.new.is_none() || vm.class(class).flags.has(crate::object::class::Flags::NO_NEW) {
        let message = format!("cannot pickle '{}' object", vm.qualified_type_name(class));
        return Err(vm.type_error(message));
    }
    let (args, kwargs) = new_arguments(vm, this)?;
    let has_args = args.is_some();
    let (maker, new_args) = maker(vm, class, args, kwargs)?;
    let mut parts = vec![maker, new_args];
    let required = !(has_args || vm.is_instance_of(this, types::LIST) || vm.is_instance_of(this, types::DICT));
    match state(vm, this, required).and_then(|state| {
        parts.push(state);
        items(vm, this, &mut parts)
    }) {
        Ok(()) => {}
        Err(stop) => {
            vm.release_all(parts);
            return Err(stop);
        }
    }
    Ok(vm.new_tuple(parts))
}

/// The function that makes the object, and its arguments: `copyreg.__newobj__`, or `copyreg.__newobj_ex__` where there are keyword
/// arguments.
fn maker(vm: &mut Vm, class: Ref, args: Option<Owned>, kwargs: Option<Owned>) -> PyResult<(Owned, Owned)> {
    let keywords = kwargs.as_ref().is_some_and(|kwargs| vm.dict(kwargs.borrow()).is_some_and(|dict| dict.len() > 0));
    let name = if keywords { "__newobj_ex__" } else { "__newobj__" };
    let found = copyreg(vm).and_then(|copyreg| vm.lend(copyreg, |vm, copyreg| vm.getattr_str(copyreg, name)));
    let made = found.map(|maker| {
        let mut values = vec![class];
        if let (true, Some(args), Some(kwargs)) = (keywords, &args, &kwargs) {
            values.extend([args.borrow(), kwargs.borrow()]);
        } else {
            values.extend(args.as_ref().and_then(|args| vm.items(args.borrow())).unwrap_or_default());
        }
        (maker, vm.tuple_of(&values))
    });
    vm.release_option(args);
    vm.release_option(kwargs);
    made
}

/// `_PyObject_GetNewArguments`: what `__getnewargs_ex__` or `__getnewargs__` gives.
fn new_arguments(vm: &mut Vm, this: Ref) -> PyResult<(Option<Owned>, Option<Owned>)> {
    if let Some(method) = vm.lookup_special(this, "__getnewargs_ex__")? {
        let both = vm.lend(method, |vm, method| vm.call_pos(method, &[]))?;
        return vm.lend(both, split_arguments).map(|(args, kwargs)| (Some(args), Some(kwargs)));
    }
    let Some(method) = vm.lookup_special(this, "__getnewargs__")? else { return Ok((None, None)) };
    let args = vm.lend(method, |vm, method| vm.call_pos(method, &[]))?;
    if vm.tuple(args.borrow()).is_some() {
        return Ok((Some(args), None));
    }
    let message = format!("__getnewargs__ should return a tuple, not '{}'", vm.type_name(args.borrow()));
    vm.release(args);
    Err(vm.type_error(message))
}

fn split_arguments(vm: &mut Vm, both: Ref) -> PyResult<(Owned, Owned)> {
    let Some(items) = vm.tuple(both).map(|_| vm.items(both).unwrap_or_default()) else {
        let message = format!("__getnewargs_ex__ should return a tuple, not '{}'", vm.type_name(both));
        return Err(vm.type_error(message));
    };
    let &[args, kwargs] = items.as_slice() else {
        return Err(vm.value_error(format!("__getnewargs_ex__ should return a tuple of length 2, not {}", items.len())));
    };
    for (place, value, class, wanted) in [("first", args, types::TUPLE, "tuple"), ("second", kwargs, types::DICT, "dict")] {
        if !vm.is_instance_of(value, class) {
            let given = vm.type_name(value);
            let message = format!("{place} item of the tuple returned by __getnewargs_ex__ must be a {wanted}, not '{given}'");
            return Err(vm.type_error(message));
        }
    }
    Ok((vm.retain(args), vm.retain(kwargs)))
}

/// `object_getstate`: what `__getstate__` gives. The one of `object` is told whether the state is all there is.
fn state(vm: &mut Vm, this: Ref, required: bool) -> PyResult {
    let method = vm.getattr_str(this, "__getstate__")?;
    let bound_here =
        vm.native_function(method.borrow()).and_then(|function| function.bound.as_ref()).map(Owned::borrow) == Some(this);
    vm.lend(method, |vm, method| {
        if bound_here && is_own_method(vm, method, getstate) {
            return default_state(vm, this, required);
        }
        vm.call_pos(method, &[])
    })
}

/// `object_getstate_default`: the instance's dict and the values of its slots.
fn default_state(vm: &mut Vm, this: Ref, required: bool) -> PyResult {
    let class = vm.class_of(this);
    let native = vm.native_base(class);
    if required && matches!(native, types::INT | types::TUPLE | types::BYTES | types::TYPE | types::CODE | types::FRAME) {
        let message = format!("cannot pickle {} objects", vm.qualified_type_name(class));
        return Err(vm.type_error(message));
    }
    let state = if vm.has_dict(class) && vm.has_attributes(this) {
        let dict = vm.dict_of(this);
        vm.retain(dict)
    } else {
        vm.none()
    };
    let names = match slot_names(vm, class) {
        Ok(names) => names,
        Err(stop) => {
            vm.release(state);
            return Err(stop);
        }
    };
    let result = if required && native != types::OBJECT {
        let message = format!("cannot pickle '{}' object", vm.qualified_type_name(class));
        Err(vm.type_error(message))
    } else {
        slot_values(vm, this, names.borrow())
    };
    vm.release(names);
    match result {
        Ok(None) => Ok(state),
        Ok(Some(slots)) => Ok(vm.new_tuple(vec![state, slots])),
        Err(stop) => {
            vm.release(state);
            Err(stop)
        }
    }
}

impl Vm {
    /// What `__reduce__` of a builtin type hands back: the class, and the arguments that make such an object.
    pub(crate) fn reduced_to(&mut self, this: Ref, args: &[Ref]) -> Owned {
        let class = self.class_of(this);
        let parts = vec![self.retain(class), self.tuple_of(args)];
        self.new_tuple(parts)
    }
}

/// `set.__reduce__()`: the class, a list of the elements, the state.
pub(super) fn reduce_set(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let this = args.this();
    let elements = vm.sequence_list(this)?;
    let arguments = vm.new_tuple(vec![elements]);
    let state = match state(vm, this, false) {
        Ok(state) => state,
        Err(stop) => {
            vm.release(arguments);
            return Err(stop);
        }
    };
    let class = vm.class_of(this);
    let parts = vec![vm.retain(class), arguments, state];
    Ok(vm.new_tuple(parts))
}

/// The names in a class's `__slots__` and those of its bases, as `copyreg` lists them (`_PyType_GetSlotNames`).
fn slot_names(vm: &mut Vm, class: Ref) -> PyResult {
    let cached = vm.class_attribute(class, crate::types::names::SLOT_NAMES);
    let names = match cached {
        Some(cached) => vm.retain(cached),
        None => {
            let copyreg = copyreg(vm)?;
            vm.lend(copyreg, |vm, copyreg| vm.call_method(copyreg, "_slotnames", &[class]))?
        }
    };
    if names.borrow() == types::NONE || vm.list(names.borrow()).is_some() {
        return Ok(names);
    }
    let message = match cached {
        Some(_) => {
            let (class, given) = (vm.qualified_type_name(class), vm.type_name(names.borrow()));
            format!("{class}.__slotnames__ should be a list or None, not {given}")
        }
        None => "copyreg._slotnames didn't return a list or None".to_owned(),
    };
    vm.release(names);
    Err(vm.type_error(message))
}

/// The values of the slots as a dict; none if there are none.
fn slot_values(vm: &mut Vm, this: Ref, names: Ref) -> PyResult<Option<Owned>> {
    let count = vm.list(names).map_or(0, Vec::len);
    if count == 0 {
        return Ok(None);
    }
    let slots = vm.new_dict();
    let filled = (0..count).try_for_each(|index| {
        let Some(name) = vm.list_item(names, index) else { return Ok(()) };
        let name = vm.retain(name);
        vm.lend(name, |vm, name| match vm.lookup_attr_named(this, name)? {
            Some(value) => vm.lend(value, |vm, value| vm.dict_set(slots.borrow(), name, value)),
            None => Ok(()),
        })?;
        if vm.list_len(names) != count {
            return Err(vm.raise(types::RUNTIME_ERROR, "__slotsname__ changed size during iteration"));
        }
        Ok(())
    });
    let any = vm.dict(slots.borrow()).is_some_and(|slots| slots.len() > 0);
    match filled {
        Ok(()) if any => Ok(Some(slots)),
        other => {
            vm.release(slots);
            other.map(|()| None)
        }
    }
}

/// `_PyObject_GetItemsIter`: iterators over the items of a list and a dict, each `None` for anything else.
fn items(vm: &mut Vm, this: Ref, parts: &mut Vec<Owned>) -> PyResult<()> {
    let list = if vm.is_instance_of(this, types::LIST) { vm.get_iter(this)? } else { vm.none() };
    parts.push(list);
    let dict = if vm.is_instance_of(this, types::DICT) {
        let items = vm.call_method(this, "items", &[])?;
        vm.lend(items, Vm::get_iter)?
    } else {
        vm.none()
    };
    parts.push(dict);
    Ok(())
}
