//! `_tuplegetter`: the fields of named tuples.

use crate::heap::{Owned, Ref};
use crate::object::class::{Arity, Flags, GetSet, Making, Method, MethodKind, NativeType, Slots};
use crate::object::value::{Native, Role, Value};
use crate::types;
use crate::vm::{PyResult, Vm};

struct TupleGetter {
    index: i64,
    doc: Option<Owned>,
}

impl Native for TupleGetter {
    fn visit(&self, see: &mut dyn FnMut(Role, Ref)) {
        if let Some(doc) = &self.doc {
            see(Role::Field("__doc__"), doc.borrow());
        }
    }

    fn give_back(&mut self, out: &mut Vec<Owned>) {
        out.extend(self.doc.take());
    }
}

pub(crate) static TUPLE_GETTER: NativeType = NativeType {
    name: "_tuplegetter",
    module: "collections",
    slots: Slots {
        get: Some(get),
        set: Some(|vm, _, _, value| {
            Err(vm.raise(types::ATTRIBUTE_ERROR, if value.is_some() { "can't set attribute" } else { "can't delete attribute" }))
        }),
        repr: Some(repr),
        new: Some(|vm, class, args| {
            vm.no_keywords("_tuplegetter", args)?;
            vm.check_positional("_tuplegetter", args.values.len(), 2, 2)?;
            let index = vm.ssize_argument(args.values[0])?;
            let doc = vm.retain(args.values[1]);
            Ok(vm.alloc_instance(class, Value::Native(Box::new(TupleGetter { index, doc: Some(doc) }))))
        }),
        ..Slots::NONE
    },
    methods: &[Method {
        name: "__reduce__",
        kind: MethodKind::Instance,
        arity: Arity::None,
        call: |vm, args| {
            let (index, doc) = parts(vm, args.this());
            let arguments = vec![vm.int(index), vm.retain(doc)];
            let arguments = vm.new_tuple(arguments);
            let class = vm.retain(types::TUPLE_GETTER);
            Ok(vm.new_tuple(vec![class, arguments]))
        },
    }],
    getsets: &[GetSet {
        name: "__doc__",
        get: |vm, this| {
            let doc = parts(vm, this).1;
            Ok(vm.retain(doc))
        },
        set: Some(|vm, this, value| {
            let value = vm.retain_option(value);
            vm.put::<TupleGetter>(this, |state| &mut state.doc, value);
            Ok(())
        }),
        member: true,
    }],
    flags: Flags(Flags::GC),
    making: Making::FromSpec { since: 12 },
    ..NativeType::PLAIN
};

fn parts(vm: &Vm, this: Ref) -> (i64, Ref) {
    let index = vm.payload::<TupleGetter>(this).map_or(0, |state| state.index);
    (index, vm.held::<TupleGetter>(this, |state| &state.doc).unwrap_or(types::NONE))
}

/// `tuplegetter_descr_get`
fn get(vm: &mut Vm, this: Ref, object: Option<Ref>, _class: Option<Ref>) -> PyResult {
    let Some(object) = object else { return Ok(vm.retain(this)) };
    let index = parts(vm, this).0;
    match vm.tuple(object) {
        Some(items) => match usize::try_from(index).ok().and_then(|index| items.get(index)) {
            Some(item) => {
                let item = item.borrow();
                Ok(vm.retain(item))
            }
            None => Err(vm.index_error("tuple index out of range")),
        },
        None => {
            let name = vm.type_name(object);
            let message = format!("descriptor for index '{index}' for tuple subclasses doesn't apply to '{name}' object");
            Err(vm.type_error(message))
        }
    }
}

fn repr(vm: &mut Vm, this: Ref) -> PyResult {
    let name = vm.class(vm.class_of(this)).short_name().to_owned();
    let (index, doc) = parts(vm, this);
    let doc = vm.repr_text(doc)?;
    Ok(vm.str(format!("{name}({index}, {doc})")))
}
