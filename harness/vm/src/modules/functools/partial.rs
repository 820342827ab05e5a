//! `functools.partial`

use crate::heap::{Owned, Ref};
use crate::modules::repr_of_values;
use crate::object::args::Args;
use crate::object::class::{Arity, Flags, GetSet, Making, Method, MethodKind, NativeType, Slots};
use crate::object::missing::unsupported_method;
use crate::object::value::{Native, Role, Value};
use crate::types;
use crate::types::dict::{Dict, Existing};
use crate::types::wrappers::DICT;
use crate::vm::{PyResult, Vm};

/// A function with some of its arguments (`partialobject`).
struct Partial {
    function: Option<Owned>,
    args: Option<Owned>,
    keywords: Option<Owned>,
    dict: Option<Owned>,
    /// Calls go straight to the function, without an argument tuple.
    direct: bool,
}

impl Native for Partial {
    fn visit(&self, see: &mut dyn FnMut(Role, Ref)) {
        for (name, owned) in
            [("func", &self.function), ("args", &self.args), ("keywords", &self.keywords), ("__dict__", &self.dict)]
        {
            if let Some(owned) = owned {
                see(Role::Field(name), owned.borrow());
            }
        }
    }

    fn give_back(&mut self, out: &mut Vec<Owned>) {
        for field in [&mut self.function, &mut self.args, &mut self.keywords, &mut self.dict] {
            out.extend(field.take());
        }
    }

    fn dict_place(&mut self) -> Option<&mut Option<Owned>> {
        Some(&mut self.dict)
    }

    fn own_dict(&self) -> Option<Ref> {
        self.dict.as_ref().map(Owned::borrow)
    }

    fn is_called_directly(&self) -> bool {
        self.direct
    }
}

macro_rules! member {
    ($name:literal, $field:ident) => {
        GetSet {
            name: $name,
            get: |vm, this| {
                let held = vm.held::<Partial>(this, |state| &state.$field).unwrap_or(types::NONE);
                Ok(vm.retain(held))
            },
            set: None,
            member: true,
        }
    };
}

pub(crate) static PARTIAL: NativeType = NativeType {
    name: "partial",
    module: "functools",
    slots: Slots { call: Some(call), repr: Some(repr), new: Some(new), get: Some(get), ..Slots::NONE },
    methods: &[
        Method { name: "__reduce__", kind: MethodKind::Instance, arity: Arity::None, call: reduce },
        Method { name: "__setstate__", kind: MethodKind::Instance, arity: Arity::One, call: set_state },
        unsupported_method!("partial", "__class_getitem__", Class),
        unsupported_method!("partial", "__get__"),
    ],
    getsets: &[member!("func", function), member!("args", args), member!("keywords", keywords), DICT],
    flags: Flags(Flags::GC | Flags::BASE | Flags::DICT | Flags::WEAK | Flags::CALLED_DIRECTLY),
    making: Making::SPEC,
    ..NativeType::PLAIN
};

/// The function, the arguments and the keyword arguments.
fn parts(vm: &Vm, this: Ref) -> Option<[Ref; 3]> {
    let state = vm.payload::<Partial>(this)?;
    Some([state.function.as_ref()?.borrow(), state.args.as_ref()?.borrow(), state.keywords.as_ref()?.borrow()])
}

/// `partial(func, /, *args, **keywords)`: a partial of a partial is one of the function.
fn new(vm: &mut Vm, class: Ref, args: &Args<'_>) -> PyResult {
    let Some((&given, rest)) = args.pos().split_first() else {
        return Err(vm.type_error("type 'partial' takes at least one argument"));
    };
    let inner = match vm.payload::<Partial>(given) {
        Some(state) if state.dict.is_none() => parts(vm, given),
        _ => None,
    };
    let function = inner.map_or(given, |[function, ..]| function);
    if !vm.is_callable(function) {
        return Err(vm.type_error("the first argument must be callable"));
    }
    let function = vm.retain(function);
    let direct = vm.is_vectorcallable(function.borrow());
    let before = inner.map(|[.., keywords]| keywords).filter(|&keywords| vm.dict(keywords).is_some_and(|k| k.len() > 0));
    let state = Partial { function: Some(function), args: None, keywords: None, dict: None, direct };
    let made = vm.alloc_instance(class, Value::Native(Box::new(state)));
    let mut values = inner.and_then(|[_, args, _]| vm.items(args)).unwrap_or_default();
    let same = rest.is_empty().then_some(inner).flatten().map(|[_, args, _]| args);
    values.extend_from_slice(rest);
    let bound = match same {
        Some(args) => vm.retain(args),
        None => vm.tuple_of(&values),
    };
    let keywords = match before {
        Some(before) => {
            let keywords = vm.dict_copy(before)?;
            merge(vm, keywords.borrow(), args)?;
            keywords
        }
        // The dict of the call becomes the partial object's own if nobody else holds it.
        None => match args.dict {
            Some(dict) if vm.heap[dict].count == 1 => vm.retain(dict),
            Some(dict) => vm.dict_copy(dict)?,
            None => vm.new_dict(),
        },
    };
    if let Some(state) = vm.payload_mut::<Partial>(made.borrow()) {
        (state.args, state.keywords) = (Some(bound), Some(keywords));
    }
    Ok(made)
}

/// The keyword arguments of a call go over those of the partial object (`PyDict_Merge`).
fn merge(vm: &mut Vm, keywords: Ref, args: &Args<'_>) -> PyResult<()> {
    match args.dict {
        Some(given) => vm.dict_merge(keywords, given, Existing::Replaced),
        None => Ok(()),
    }
}

/// 3.13 warns of what a partial object in a class will be.
fn get(vm: &mut Vm, this: Ref, object: Option<Ref>, _class: Option<Ref>) -> PyResult {
    if object.is_some_and(|object| object != types::NONE) {
        let text = "functools.partial will be a method descriptor in future Python versions; wrap it in staticmethod() if you want to \
                    preserve the old behavior";
        vm.warn_text(types::FUTURE_WARNING, text, None)?;
    }
    Ok(vm.retain(this))
}

/// `partial_vectorcall`, `partial_call`
fn call(vm: &mut Vm, this: Ref, args: &Args<'_>) -> PyResult {
    let Some([function, bound, keywords]) = parts(vm, this) else { return Err(vm.type_error("partial is empty")) };
    let without_keywords = vm.dict(keywords).is_none_or(|keywords| keywords.len() == 0);
    let direct = args.tuple.is_none() && vm.payload::<Partial>(this).is_some_and(|state| state.direct);
    if direct && without_keywords {
        let mut values = vm.items(bound).unwrap_or_default();
        values.extend_from_slice(args.values);
        return vm.call(function, &Args::new(&values, args.names));
    }
    if direct && let Some(state) = vm.payload_mut::<Partial>(this) {
        state.direct = false;
    }
    vm.with_argument_tuple(args, |vm, args| call_with_tuple(vm, [function, bound, keywords], args))
}

fn call_with_tuple(vm: &mut Vm, [function, bound, keywords]: [Ref; 3], args: &Args<'_>) -> PyResult {
    let merged = if vm.dict(keywords).is_none_or(|keywords| keywords.len() == 0) {
        None
    } else {
        let merged = vm.dict_copy(keywords)?;
        merge(vm, merged.borrow(), args)?;
        Some(merged)
    };
    // Concatenation of tuples: one that is empty leaves the other as it is.
    let mut values = vm.items(bound).unwrap_or_default();
    let tuple = match args.tuple {
        Some(tuple) if values.is_empty() => vm.retain(tuple),
        _ if args.pos().is_empty() => vm.retain(bound),
        _ => {
            let all: Vec<Ref> = values.iter().chain(args.pos()).copied().collect();
            vm.tuple_of(&all)
        }
    };
    values.extend_from_slice(args.pos());
    let names: Vec<Ref> = match &merged {
        Some(merged) => {
            let (names, given): (Vec<Ref>, Vec<Ref>) =
                vm.dict(merged.borrow()).into_iter().flat_map(Dict::iter).map(|e| (e.key.borrow(), e.value.borrow())).unzip();
            values.extend(given);
            names
        }
        None => {
            values.extend(args.keywords().map(|(_, value)| value));
            args.names.to_vec()
        }
    };
    let dict = merged.as_ref().map(Owned::borrow).or(args.dict);
    let result = vm.call_dict(function, &Args { tuple: Some(tuple.borrow()), dict, ..Args::new(&values, &names) });
    vm.release(tuple);
    vm.release_option(merged);
    result
}

fn repr(vm: &mut Vm, this: Ref) -> PyResult {
    if !vm.repr_enter(this) {
        return Ok(vm.str("..."));
    }
    let text = repr_parts(vm, this);
    vm.repr_leave(this);
    let class = vm.class_of(this);
    let name = if vm.profile.partial_repr_names_module { vm.class_label(class) } else { vm.qualified_type_name(class) };
    Ok(vm.str(format!("{name}({})", text?)))
}

fn repr_parts(vm: &mut Vm, this: Ref) -> PyResult<String> {
    let Some([function, bound, keywords]) = parts(vm, this) else { return Ok(String::new()) };
    let values = vm.items(bound).unwrap_or_default();
    let mut rest = repr_of_values(vm, &values)?;
    let mut at = 0;
    while let Some((index, key, value)) = vm.dict_next(keywords, at) {
        at = index + 1;
        let held = vm.retain(value);
        let name = vm.str_of(key).map(|name| {
            let text = vm.expect_text(name.borrow()).to_owned();
            vm.release(name);
            text
        });
        let text = name.and_then(|name| Ok(format!(", {name}={}", vm.repr_text(value)?)));
        vm.release(held);
        rest.push_str(&text?);
    }
    Ok(vm.repr_text(function)? + &rest)
}

fn reduce(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let this = args.this();
    let Some([function, bound, keywords]) = parts(vm, this) else { return Ok(vm.none()) };
    let dict = vm.held::<Partial>(this, |state| &state.dict).unwrap_or(types::NONE);
    let made = vm.tuple_of(&[function]);
    let state = vm.tuple_of(&[function, bound, keywords, dict]);
    let class = vm.class_of(this);
    let class = vm.retain(class);
    Ok(vm.new_tuple(vec![class, made, state]))
}

fn set_state(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let this = args.this();
    let state = vm.tuple(args.values[1]).map(|items| items.iter().map(Owned::borrow).collect::<Vec<Ref>>());
    let valid = |vm: &Vm, state: &[Ref]| match *state {
        [function, bound, keywords, _] => {
            vm.is_callable(function) && vm.tuple(bound).is_some() && (keywords == types::NONE || vm.dict(keywords).is_some())
        }
        _ => false,
    };
    let Some(state) = state.filter(|state| valid(vm, state)) else { return Err(vm.type_error("invalid partial state")) };
    let bound = vm.sequence_tuple(state[1])?;
    let keywords = match state[2] {
        types::NONE => vm.new_dict(),
        keywords if vm.class_of(keywords) == types::DICT => vm.retain(keywords),
        keywords => {
            let copy = vm.new_dict();
            vm.dict_merge(copy.borrow(), keywords, Existing::Replaced)?;
            copy
        }
    };
    let dict = (state[3] != types::NONE).then(|| vm.retain(state[3]));
    let function = vm.retain(state[0]);
    vm.put::<Partial>(this, |state| &mut state.function, Some(function));
    vm.put::<Partial>(this, |state| &mut state.args, Some(bound));
    vm.put::<Partial>(this, |state| &mut state.keywords, Some(keywords));
    vm.put::<Partial>(this, |state| &mut state.dict, dict);
    let direct = vm.is_vectorcallable(state[0]);
    if let Some(state) = vm.payload_mut::<Partial>(this) {
        state.direct = direct;
    }
    Ok(vm.none())
}
