//! `types.SimpleNamespace` (`Objects/namespaceobject.c`)

use refdrift_isa::CompareOperator;

use crate::heap::{Owned, Ref};
use crate::object::args::Args;
use crate::object::class::{Flags, NativeType, Slots};
use crate::object::missing::unsupported_method;
use crate::object::value::{Native, Role, Value};
use crate::types;
use crate::types::dict::Existing;
use crate::vm::{PyResult, Vm};

/// Attributes, and nothing else.
struct Namespace {
    dict: Option<Owned>,
}

impl Native for Namespace {
    fn visit(&self, see: &mut dyn FnMut(Role, Ref)) {
        if let Some(dict) = &self.dict {
            see(Role::Field("__dict__"), dict.borrow());
        }
    }

    fn give_back(&mut self, out: &mut Vec<Owned>) {
        out.extend(self.dict.take());
    }

    fn dict_place(&mut self) -> Option<&mut Option<Owned>> {
        Some(&mut self.dict)
    }

    fn own_dict(&self) -> Option<Ref> {
        self.dict.as_ref().map(Owned::borrow)
    }
}

pub(crate) static TYPE: NativeType = NativeType {
    name: "SimpleNamespace",
    module: "types",
    slots: Slots { repr: Some(repr), compare: Some(compare), new: Some(new), init: Some(init), ..Slots::NONE },
    methods: &[
        unsupported_method!("types.SimpleNamespace", "__reduce__"),
        unsupported_method!("types.SimpleNamespace", "__replace__"),
    ],
    flags: Flags(Flags::BASE | Flags::GC | Flags::DICT),
    ..NativeType::PLAIN
};

impl Vm {
    /// `_PyNamespace_New`
    pub(crate) fn new_namespace(&mut self) -> Owned {
        let dict = Some(self.new_dict());
        self.alloc_instance(types::SIMPLE_NAMESPACE, Value::Native(Box::new(Namespace { dict })))
    }
}

/// An object with a dict, and nothing in it yet.
pub(crate) fn new(vm: &mut Vm, class: Ref, _: &Args<'_>) -> PyResult {
    let object = vm.alloc_instance(class, Value::Native(Box::new(Namespace { dict: None })));
    let dict = vm.new_dict();
    if let Some(namespace) = vm.payload_mut::<Namespace>(object.borrow()) {
        namespace.dict = Some(dict);
    }
    Ok(object)
}

/// `namespace_init`: keyword arguments, and from 3.13 on a mapping before them.
fn init(vm: &mut Vm, this: Ref, args: &Args<'_>) -> PyResult<()> {
    let Some(dict) = vm.own_dict(this) else { return Ok(()) };
    let most = usize::from(vm.profile.namespaces_take_mappings);
    let name = vm.type_name(this);
    if args.pos().len() > most {
        let message = if most == 0 {
            "no positional arguments expected".to_owned()
        } else {
            format!("{name} expected at most 1 argument, got {}", args.pos().len())
        };
        return Err(vm.type_error(message));
    }
    if let Some(&mapping) = args.pos().first() {
        if vm.class_of(mapping) == types::DICT {
            vm.dict_merge(dict, mapping, Existing::Replaced)?;
        } else {
            let copy = vm.call_pos(types::DICT, &[mapping])?;
            let merged = vm.dict_merge(dict, copy.borrow(), Existing::Replaced);
            vm.release(copy);
            merged?;
        }
    }
    for (name, value) in args.keywords() {
        vm.dict_set(dict, name, value)?;
    }
    Ok(())
}

fn compare(vm: &mut Vm, left: Ref, right: Ref, op: CompareOperator) -> PyResult {
    let both = vm.payload::<Namespace>(left).zip(vm.payload::<Namespace>(right)).and_then(|(a, b)| a.own_dict().zip(b.own_dict()));
    match both {
        Some((a, b)) => vm.rich_compare(a, b, op),
        None => Ok(vm.not_implemented()),
    }
}

fn repr(vm: &mut Vm, this: Ref) -> PyResult {
    let name = if vm.class_of(this) == types::SIMPLE_NAMESPACE { "namespace".to_owned() } else { vm.type_name(this) };
    if !vm.repr_enter(this) {
        return Ok(vm.str(format!("{name}(...)")));
    }
    let text = repr_items(vm, this, name);
    vm.repr_leave(this);
    Ok(vm.str(text?))
}

fn repr_items(vm: &mut Vm, this: Ref, name: String) -> PyResult<String> {
    let mut text = name + "(";
    let start = text.len();
    let Some(dict) = vm.own_dict(this) else { return Ok(text + ")") };
    // CPython goes through a list of the keys, and holds each while it shows its value, which it only borrows.
    let mut keys = Vec::new();
    let mut at = 0;
    while let Some((index, key, _)) = vm.dict_next(dict, at) {
        at = index + 1;
        keys.push(vm.retain(key));
    }
    let result = keys.iter().try_for_each(|key| {
        let key = vm.retain(key.borrow());
        vm.lend(key, |vm, key| {
            let separator = if text.len() == start { "" } else { ", " };
            push_item(vm, dict, key, separator, &mut text)
        })
    });
    vm.release_last_first(keys);
    result.map(|()| text + ")")
}

/// `key=value`, where there still is one
fn push_item(vm: &mut Vm, dict: Ref, key: Ref, separator: &str, text: &mut String) -> PyResult<()> {
    let Some(label) = vm.text(key).filter(|label| !label.is_empty()).map(str::to_owned) else { return Ok(()) };
    let Some(value) = vm.dict_get(dict, key)? else { return Ok(()) };
    for part in [separator, &label, "="] {
        text.push_str(part);
    }
    vm.push_repr(text, value)
}
