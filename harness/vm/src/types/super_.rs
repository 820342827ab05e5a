//! `super` (`Objects/typeobject.c`)

use refdrift_trace::SlotKind;

use crate::heap::{Owned, Ref};
use crate::object::args::Args;
use crate::object::class::{Flags, GetSet, NativeType, Slots};
use crate::object::value::{Native, Role, Value};
use crate::types::{self, names};
use crate::vm::{PyResult, Stop, Vm};

/// What a `super` holds.
#[derive(Default)]
struct Super {
    /// `__thisclass__`
    class: Option<Owned>,
    /// `__self__`
    object: Option<Owned>,
    /// `__self_class__`
    object_class: Option<Owned>,
}

impl Native for Super {
    fn visit(&self, see: &mut dyn FnMut(Role, Ref)) {
        for (name, owned) in [("__self__", &self.object), ("__thisclass__", &self.class), ("__self_class__", &self.object_class)] {
            if let Some(owned) = owned {
                see(Role::Field(name), owned.borrow());
            }
        }
    }

    fn give_back(&mut self, out: &mut Vec<Owned>) {
        out.extend([self.object.take(), self.class.take(), self.object_class.take()].into_iter().flatten());
    }

    // It has no `tp_clear`.
    fn clear(&mut self, _: &mut Vec<Owned>) {}
}

/// `super`
pub(crate) static TYPE: NativeType = NativeType {
    name: "super",
    slots: Slots {
        repr: Some(repr),
        getattr: Some(getattr),
        get: Some(get),
        init: Some(init),
        new: Some(|vm, class, _| Ok(vm.alloc_instance(class, Value::Native(Box::<Super>::default())))),
        ..Slots::NONE
    },
    getsets: &[
        GetSet { name: "__thisclass__", get: |vm, this| field(vm, this, |parts| parts.class), set: None, member: true },
        GetSet { name: "__self__", get: |vm, this| field(vm, this, |parts| parts.object), set: None, member: true },
        GetSet { name: "__self_class__", get: |vm, this| field(vm, this, |parts| parts.object_class), set: None, member: true },
    ],
    flags: Flags(Flags::GC | Flags::BASE | Flags::VECTORCALL),
    ..NativeType::PLAIN
};

/// What a `super` holds, borrowed.
#[derive(Clone, Copy)]
struct Parts {
    class: Option<Ref>,
    object: Option<Ref>,
    object_class: Option<Ref>,
}

fn parts(vm: &Vm, this: Ref) -> Parts {
    let payload = match &vm.heap[this].value {
        Value::Native(native) => native.downcast::<Super>(),
        _ => None,
    };
    let borrow = |owned: fn(&Super) -> &Option<Owned>| payload.and_then(|payload| owned(payload).as_ref()).map(Owned::borrow);
    Parts { class: borrow(|p| &p.class), object: borrow(|p| &p.object), object_class: borrow(|p| &p.object_class) }
}

fn field(vm: &mut Vm, this: Ref, which: fn(Parts) -> Option<Ref>) -> PyResult {
    let value = which(parts(vm, this)).unwrap_or(types::NONE);
    Ok(vm.retain(value))
}

fn repr(vm: &mut Vm, this: Ref) -> PyResult {
    let Parts { class, object_class, .. } = parts(vm, this);
    let name = |class: Option<Ref>| class.map_or_else(|| "NULL".to_owned(), |class| vm.qualified_type_name(class));
    let object = object_class.map_or_else(|| "NULL".to_owned(), |class| format!("<{} object>", vm.qualified_type_name(class)));
    let text = format!("<super: <class '{}'>, {object}>", name(class));
    Ok(vm.str(text))
}

/// `super_init_impl`
fn init(vm: &mut Vm, this: Ref, args: &Args<'_>) -> PyResult<()> {
    vm.no_keywords("super", args)?;
    let (class, object) = match *args.values {
        [] => {
            let (class, object) = vm.super_arguments()?;
            (class, Some(object))
        }
        [class] => (class, None),
        [class, object] => (class, Some(object)),
        _ => {
            let message = format!("super() expected at most 2 arguments, got {}", args.values.len());
            return Err(vm.type_error(message));
        }
    };
    if !matches!(vm.heap[class].value, Value::Type(_)) {
        let a = if vm.class_of(this) == types::SUPER { "a " } else { "" };
        let message = format!("super() argument 1 must be {a}type, not {}", vm.qualified_type_name(vm.class_of(class)));
        return Err(vm.type_error(message));
    }
    let object = object.filter(|&object| object != types::NONE);
    let object_class = match object {
        Some(object) => Some(vm.super_check(class, object)?),
        None => None,
    };
    let (class, object) = (Some(vm.retain(class)), vm.retain_option(object));
    let new = Super { class, object, object_class };
    let mut old = Super::default();
    if let Value::Native(native) = &mut vm.heap[this].value
        && let Some(payload) = native.downcast_mut::<Super>()
    {
        old = std::mem::replace(payload, new);
    }
    for owned in [old.class, old.object, old.object_class] {
        vm.release_option(owned);
    }
    Ok(())
}

/// `super_getattro`: the classes after the one it stands for.
fn getattr(vm: &mut Vm, this: Ref, name: Ref) -> PyResult {
    let Parts { class: Some(class), object: Some(object), object_class: Some(object_class) } = parts(vm, this) else {
        return vm.generic_getattr(this, name);
    };
    if name == names::CLASS || vm.text(name) == Some("__class__") {
        return vm.generic_getattr(this, name);
    }
    let mro = vm.mro(object_class);
    let after = mro.iter().position(|&entry| entry == class).map_or(mro.len(), |place| place + 1);
    for &entry in &mro[after.min(mro.len())..] {
        let Some(found) = vm.class_attribute(entry, name) else { continue };
        let found = vm.retain(found);
        let Some(get) = vm.class(vm.class_of(found.borrow())).slots.get else { return Ok(found) };
        // Only an instance is passed on, not a class that stands for itself.
        let instance = Some(object).filter(|&object| object != object_class);
        let result = get(vm, found.borrow(), instance, Some(object_class));
        vm.release(found);
        return result;
    }
    for &entry in &mro[after.min(mro.len())..] {
        if let Some(stop) = vm.unsupported_class_attribute(entry, name) {
            return Err(stop);
        }
    }
    vm.generic_getattr(this, name)
}

/// `super_descr_get`
fn get(vm: &mut Vm, this: Ref, object: Option<Ref>, _: Option<Ref>) -> PyResult {
    let Parts { class, object: bound, .. } = parts(vm, this);
    let object = object.filter(|&object| object != types::NONE);
    let (Some(class), Some(object), None) = (class, object, bound) else { return Ok(vm.retain(this)) };
    let own_class = vm.class_of(this);
    if own_class != types::SUPER {
        return vm.call_pos(own_class, &[class, object]);
    }
    let object_class = Some(vm.super_check(class, object)?);
    let payload = Super { class: Some(vm.retain(class)), object: Some(vm.retain(object)), object_class };
    Ok(vm.alloc_instance(types::SUPER, Value::Native(Box::new(payload))))
}

impl Vm {
    /// `supercheck`: the class whose resolution order a `super` follows.
    fn super_check(&mut self, class: Ref, object: Ref) -> PyResult {
        let is_class = matches!(self.heap[object].value, Value::Type(_));
        if is_class && self.is_subclass(object, class) {
            return Ok(self.retain(object));
        }
        let object_class = self.class_of(object);
        if self.is_subclass(object_class, class) {
            return Ok(self.retain(object_class));
        }
        // A stand-in may call itself an instance of another class.
        if let Some(claimed) = self.lookup_attr_named(object, names::CLASS)? {
            if matches!(self.heap[claimed.borrow()].value, Value::Type(_))
                && claimed.borrow() != object_class
                && self.is_subclass(claimed.borrow(), class)
            {
                return Ok(claimed);
            }
            self.release(claimed);
        }
        Err(self.super_mismatch(class, object))
    }

    /// The error of a `super` whose object has nothing to do with its class.
    pub(super) fn super_mismatch(&mut self, class: Ref, object: Ref) -> Stop {
        let message = if self.profile.super_check_names_types {
            let (what, name) = if matches!(self.heap[object].value, Value::Type(_)) {
                ("type", object)
            } else {
                ("instance of", self.class_of(object))
            };
            let (name, class) = (self.qualified_type_name(name), self.qualified_type_name(class));
            format!("super(type, obj): obj ({what} {name}) is not an instance or subtype of type ({class}).")
        } else {
            "super(type, obj): obj must be an instance or subtype of type".to_owned()
        };
        self.type_error(message)
    }

    /// `super_init_without_args`: the class from the cell that the compiler made for it, the object from the first argument.
    fn super_arguments(&mut self) -> PyResult<(Ref, Ref)> {
        let found = self.find_super_arguments();
        found.map_err(|message| self.raise(types::RUNTIME_ERROR, message))
    }

    fn find_super_arguments(&self) -> Result<(Ref, Ref), String> {
        let Some(frame) = self.frames.last() else { return Err("super(): no current frame".to_owned()) };
        let code = &frame.code;
        if code.object.argcount == 0 {
            return Err("super(): no arguments".to_owned());
        }
        let slot = |index: usize| self.stack.get(frame.base + index).and_then(Option::as_ref).map(Owned::borrow);
        let kind = |index: usize| code.object.localspluskinds.get(index).copied().unwrap_or_default();
        let content = |cell: Ref| match &self.heap[cell].value {
            Value::Cell(content) => content.as_ref().map(Owned::borrow),
            _ => None,
        };
        let mut first = slot(0);
        if kind(0) & SlotKind::CELL != 0 {
            first = first.and_then(content);
        }
        let Some(first) = first else { return Err("super(): arg[0] deleted".to_owned()) };
        let is_class_cell = |index: usize| {
            let name = code.locals[index];
            kind(index) & SlotKind::FREE != 0 && (name == names::CLASS || self.text(name) == Some("__class__"))
        };
        let Some(index) = (0..code.locals.len()).find(|&index| is_class_cell(index)) else {
            return Err("super(): __class__ cell not found".to_owned());
        };
        let Some(cell) = slot(index).filter(|&cell| matches!(self.heap[cell].value, Value::Cell(_))) else {
            return Err("super(): bad __class__ cell".to_owned());
        };
        let Some(class) = content(cell) else { return Err("super(): empty __class__ cell".to_owned()) };
        if !matches!(self.heap[class].value, Value::Type(_)) {
            let name = self.qualified_type_name(self.class_of(class));
            return Err(format!("super(): __class__ is not a type ({name})"));
        }
        Ok((class, first))
    }
}
