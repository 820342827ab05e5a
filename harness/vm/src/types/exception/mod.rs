//! Exceptions: `BaseException` and everything below it.

pub(crate) mod fields;
pub(crate) mod group;
mod os_error;
pub(crate) mod pickling;
mod syntax_error;
mod unicode_errors;

use crate::heap::{Owned, Ref};
use crate::object::args::Args;
use crate::object::class::{Arity, Flags, GetSet, Method, MethodKind, Slots};
use crate::object::value::{Role, Value};
use crate::types;
use crate::types::class::set_own_dict;
use crate::vm::{PyResult, Stop, Vm};

/// What every exception type is like.
pub(crate) const BASE: u32 = Flags::BASE | Flags::GC | Flags::DICT;

/// `BaseException`'s slots.
pub(crate) const SLOTS: Slots = Slots { repr: Some(repr), str: Some(str), init: Some(init), new: Some(new), ..Slots::NONE };

/// The slots of a type that adds nothing: a constructor of its own all the same (`SimpleExtendsException`).
pub(crate) const SIMPLE: Slots = Slots { init: Some(init), new: Some(new), ..Slots::NONE };

/// The methods of all exceptions.
pub(crate) const METHODS: &[Method] = &[
    Method { name: "with_traceback", kind: MethodKind::Instance, arity: Arity::One, call: with_traceback },
    Method { name: "add_note", kind: MethodKind::Instance, arity: Arity::One, call: add_note },
    pickling::REDUCE,
    pickling::SET_STATE,
];

/// The computed attributes of all exceptions.
pub(crate) const GETSETS: &[GetSet] = &[
    GetSet { name: "__suppress_context__", get: suppress_context, set: Some(set_suppress_context), member: true },
    GetSet { name: "__dict__", get: dict, set: Some(set_own_dict), member: false },
    GetSet { name: "args", get: |vm, this| Ok(part(vm, this, |e| e.args.as_ref())), set: Some(set_args), member: false },
    GetSet {
        name: "__traceback__",
        get: |vm, this| Ok(part(vm, this, |e| e.traceback.as_ref())),
        set: Some(set_traceback),
        member: false,
    },
    GetSet {
        name: "__context__",
        get: |vm, this| Ok(part(vm, this, |e| e.context.as_ref())),
        set: Some(set_context),
        member: false,
    },
    GetSet { name: "__cause__", get: |vm, this| Ok(part(vm, this, |e| e.cause.as_ref())), set: Some(set_cause), member: false },
];

/// An exception's payload (`PyBaseExceptionObject`).
#[derive(Default)]
pub(crate) struct Exception {
    /// `__dict__`, once it is needed.
    pub(crate) dict: Option<Owned>,
    /// `args`
    pub(crate) args: Option<Owned>,
    /// `__notes__`
    pub(crate) notes: Option<Owned>,
    /// `__traceback__`
    pub(crate) traceback: Option<Owned>,
    /// `__cause__`
    pub(crate) cause: Option<Owned>,
    /// `__context__`
    pub(crate) context: Option<Owned>,
    /// `__suppress_context__`
    pub(crate) suppress_context: bool,
    /// What its own type adds: `value` of `StopIteration`, `name` and `obj` of `AttributeError`, …
    pub(crate) fields: Vec<(&'static str, Option<Owned>)>,
    /// The numbers that its own type adds: `start` and `end` of the Unicode errors, `characters_written` of `OSError`.
    pub(crate) numbers: [Option<i64>; 2],
}

impl Exception {
    /// A field that its own type adds.
    pub(crate) fn field(&self, name: &str) -> Option<Ref> {
        self.fields.iter().find(|(field, _)| *field == name).and_then(|(_, value)| value.as_ref()).map(Owned::borrow)
    }

    /// Sets a field that its own type adds; hands over the old value.
    pub(crate) fn set_field(&mut self, name: &'static str, value: Option<Owned>) -> Option<Owned> {
        if let Some((_, place)) = self.fields.iter_mut().find(|(field, _)| *field == name) {
            return std::mem::replace(place, value);
        }
        self.fields.push((name, value));
        None
    }

    /// What its own type adds comes before what all exceptions have.
    pub(crate) fn visit(&self, see: &mut dyn FnMut(Role, Ref)) {
        for (name, owned) in &self.fields {
            if let Some(owned) = owned {
                see(Role::Field(name), owned.borrow());
            }
        }
        for (name, owned) in [
            ("__dict__", &self.dict),
            ("args", &self.args),
            ("__notes__", &self.notes),
            ("__traceback__", &self.traceback),
            ("__cause__", &self.cause),
            ("__context__", &self.context),
        ] {
            if let Some(owned) = owned {
                see(Role::Field(name), owned.borrow());
            }
        }
    }

    pub(crate) fn give_back(mut self, out: &mut Vec<Owned>) {
        self.clear(out);
    }

    /// The type's own fields, then those of `BaseException_clear`.
    pub(crate) fn clear(&mut self, out: &mut Vec<Owned>) {
        out.extend(self.fields.drain(..).filter_map(|(_, value)| value));
        let Self { dict, args, notes, traceback, cause, context, .. } = self;
        out.extend([dict.take(), args.take(), notes.take(), traceback.take(), cause.take(), context.take()].into_iter().flatten());
    }
}

// ---- making ----

/// `BaseException_new`: the argument tuple of the call is the exception's `args`.
pub(crate) fn new(vm: &mut Vm, class: Ref, args: &Args<'_>) -> PyResult {
    let args = args.to_tuple(vm);
    let fields = fields::names_of(vm, class).iter().map(|&name| (name, None)).collect();
    let payload = Exception { args: Some(args), fields, ..Exception::default() };
    Ok(vm.alloc_instance(class, Value::Exception(Box::new(payload))))
}

/// `BaseException_init`
pub(crate) fn init(vm: &mut Vm, this: Ref, args: &Args<'_>) -> PyResult<()> {
    if !args.names.is_empty() {
        let message = format!("{}() takes no keyword arguments", vm.type_name(this));
        return Err(vm.type_error(message));
    }
    init_args(vm, this, args);
    Ok(())
}

/// Sets `args` to the positional arguments.
fn init_args(vm: &mut Vm, this: Ref, args: &Args<'_>) {
    let args = args.to_tuple(vm);
    replace(vm, this, Some(args), |e| &mut e.args);
}

// ---- looking at it ----

/// The arguments, borrowed.
fn args_of(vm: &Vm, this: Ref) -> Vec<Ref> {
    let args = vm.exception(this).and_then(|e| e.args.as_ref()).map(Owned::borrow);
    args.and_then(|args| vm.items(args)).unwrap_or_default()
}

/// `BaseException_str`
pub(crate) fn str(vm: &mut Vm, this: Ref) -> PyResult {
    match args_of(vm, this).as_slice() {
        [] => Ok(vm.str("")),
        [one] => vm.str_of(*one),
        _ => {
            let args = vm.exception(this).and_then(|e| e.args.as_ref()).map_or(types::NONE, Owned::borrow);
            vm.str_of(args)
        }
    }
}

fn repr(vm: &mut Vm, this: Ref) -> PyResult {
    let args = vm.exception(this).and_then(|e| e.args.as_ref()).map_or(types::NONE, Owned::borrow);
    let (inner, one) = match args_of(vm, this).as_slice() {
        [one] => (*one, true),
        _ => (args, false),
    };
    let inner = vm.repr(inner)?;
    let (name, text) = (vm.type_name(this), vm.expect_text(inner.borrow()));
    let text = if one { format!("{name}({text})") } else { format!("{name}{text}") };
    vm.release(inner);
    Ok(vm.str(text))
}

// ---- attributes ----

fn part(vm: &mut Vm, this: Ref, part: impl Fn(&Exception) -> Option<&Owned>) -> Owned {
    let found = vm.exception(this).and_then(part).map_or(types::NONE, Owned::borrow);
    vm.retain(found)
}

/// Exchanges a part; the old one is let go after the new one is in.
fn replace(vm: &mut Vm, this: Ref, value: Option<Owned>, part: impl Fn(&mut Exception) -> &mut Option<Owned>) {
    let old = match vm.exception_mut(this) {
        Some(exception) => std::mem::replace(part(exception), value),
        None => value,
    };
    vm.release_option(old);
}

fn set_args(vm: &mut Vm, this: Ref, value: Option<Ref>) -> PyResult<()> {
    let Some(value) = value else { return Err(vm.type_error("args may not be deleted")) };
    let args = if vm.class_of(value) == types::TUPLE {
        vm.retain(value)
    } else {
        let items = vm.collect(value)?;
        vm.new_tuple(items)
    };
    replace(vm, this, Some(args), |e| &mut e.args);
    Ok(())
}

fn set_traceback(vm: &mut Vm, this: Ref, value: Option<Ref>) -> PyResult<()> {
    let Some(value) = value else { return Err(vm.type_error("__traceback__ may not be deleted")) };
    let value = match value {
        // 3.11 keeps the `None` itself, which it counts.
        types::NONE if vm.profile.immortal_objects => None,
        _ if value == types::NONE || vm.class_of(value) == types::TRACEBACK => Some(vm.retain(value)),
        _ => return Err(vm.type_error("__traceback__ must be a traceback or None")),
    };
    replace(vm, this, value, |e| &mut e.traceback);
    Ok(())
}

/// What `__context__` and `__cause__` may be set to.
fn as_linked(vm: &mut Vm, value: Option<Ref>, what: &str) -> PyResult<Option<Owned>> {
    match value {
        None => Err(vm.type_error(format!("__{what}__ may not be deleted"))),
        Some(types::NONE) => Ok(None),
        Some(value) if vm.exception(value).is_some() => Ok(Some(vm.retain(value))),
        Some(_) => Err(vm.type_error(format!("exception {what} must be None or derive from BaseException"))),
    }
}

fn set_context(vm: &mut Vm, this: Ref, value: Option<Ref>) -> PyResult<()> {
    let value = as_linked(vm, value, "context")?;
    replace(vm, this, value, |e| &mut e.context);
    Ok(())
}

fn set_cause(vm: &mut Vm, this: Ref, value: Option<Ref>) -> PyResult<()> {
    let value = as_linked(vm, value, "cause")?;
    if let Some(exception) = vm.exception_mut(this) {
        exception.suppress_context = true;
    }
    replace(vm, this, value, |e| &mut e.cause);
    Ok(())
}

fn suppress_context(vm: &mut Vm, this: Ref) -> PyResult {
    let suppressed = vm.exception(this).is_some_and(|e| e.suppress_context);
    Ok(vm.bool(suppressed))
}

/// `PyMember_SetOne` of a `T_BOOL`
fn set_suppress_context(vm: &mut Vm, this: Ref, value: Option<Ref>) -> PyResult<()> {
    let suppress = match value {
        None => return Err(vm.type_error("can't delete numeric/char attribute")),
        Some(value) if vm.class_of(value) != types::BOOL => return Err(vm.type_error("attribute value type must be bool")),
        Some(value) => value == types::TRUE,
    };
    if let Some(exception) = vm.exception_mut(this) {
        exception.suppress_context = suppress;
    }
    Ok(())
}

fn dict(vm: &mut Vm, this: Ref) -> PyResult {
    let dict = vm.dict_of(this);
    Ok(vm.retain(dict))
}

// ---- methods ----

fn with_traceback(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    set_traceback(vm, args.this(), Some(args.values[1]))?;
    Ok(vm.retain(args.this()))
}

/// `BaseException.add_note`
fn add_note(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    vm.add_note(args.this(), args.values[1])?;
    Ok(vm.none())
}

impl Vm {
    /// Adds a note to an exception: the notes are an attribute like any other.
    pub(crate) fn add_note(&mut self, exception: Ref, note: Ref) -> PyResult<()> {
        if self.text(note).is_none() {
            let message = format!("note must be a str, not '{}'", self.type_name(note));
            return Err(self.type_error(message));
        }
        let notes = match self.lookup_attr(exception, "__notes__")? {
            Some(notes) => notes,
            None => {
                let notes = self.new_list(Vec::new());
                let name = self.intern("__notes__");
                let result = self.setattr(exception, name.borrow(), Some(notes.borrow()));
                self.release(name);
                if let Err(stop) = result {
                    self.release(notes);
                    return Err(stop);
                }
                notes
            }
        };
        let note = self.retain(note);
        let result = match self.list_mut(notes.borrow()) {
            Some(items) => {
                items.push(note);
                Ok(())
            }
            None => {
                self.release(note);
                Err(self.type_error("Cannot add note: __notes__ is not a list"))
            }
        };
        self.release(notes);
        result
    }

    /// Adds a note to the exception under way (`_PyErr_FormatNote`); if that fails, that is raised instead, with the exception as
    /// its context.
    pub(crate) fn note_raised(&mut self, note: String) -> Stop {
        let Some(raised) = self.raised.take() else { return Stop::Raised };
        let note = self.str(note);
        let result = self.add_note(raised.borrow(), note.borrow());
        self.release(note);
        match result {
            Ok(()) => self.restore_raised(Some(raised)),
            Err(Stop::Abort) => return Stop::Abort,
            Err(Stop::Raised) => self.chain_raised(raised),
        }
        Stop::Raised
    }

    /// An exception that was under way before: it is again, or becomes the context of the one that is by now (`_PyErr_ChainExceptions1`).
    pub(crate) fn chain_raised(&mut self, earlier: Owned) {
        let Some(new) = self.raised.as_ref().map(Owned::borrow) else { return self.restore_raised(Some(earlier)) };
        let old = match self.exception_mut(new) {
            Some(new) => new.context.replace(earlier),
            None => Some(earlier),
        };
        self.release_option(old);
    }
}
