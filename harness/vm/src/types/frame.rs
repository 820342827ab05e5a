//! Frame objects and tracebacks: what is left of frames when somebody holds on to them.

use crate::api::Missing;
use crate::eval::frame::Frame;
use crate::heap::{Owned, Ref};
use crate::object::args::Args;
use crate::object::class::{Arity, Flags, GetSet, Method, MethodKind, NativeType, Slots};
use crate::object::value::{Native, Role, Value};
use crate::types;
use crate::types::code::CodeRef;
use crate::vm::{PyResult, Vm};

/// `frame`
pub(crate) static TYPE: NativeType = NativeType {
    name: "frame",
    slots: Slots { repr: Some(frame_repr), ..Slots::NONE },
    getsets: &[
        GetSet { name: "f_back", get: back, set: None, member: false },
        GetSet { name: "f_code", get: |vm, this| Ok(code(vm, this)), set: None, member: false },
        GetSet { name: "f_locals", get: |vm, this| vm.frame_locals(this), set: None, member: false },
        GetSet { name: "f_globals", get: globals, set: None, member: false },
        GetSet { name: "f_builtins", get: builtins, set: None, member: false },
        GetSet { name: "f_lasti", get: lasti, set: None, member: false },
        GetSet {
            name: "f_lineno",
            get: lineno,
            set: Some(|vm, _, _| Err(vm.unsupported(Missing::Name, "setting f_lineno"))),
            member: false,
        },
    ],
    methods: &[Method { name: "clear", kind: MethodKind::Instance, arity: Arity::None, call: clear }],
    flags: Flags(Flags::GC | Flags::NO_NEW),
    ..NativeType::PLAIN
};

/// `traceback`
pub(crate) static TRACEBACK: NativeType = NativeType {
    name: "traceback",
    slots: Slots { new: Some(|vm, _, _| Err(vm.unsupported(Missing::Name, "types.TracebackType(…)"))), ..Slots::NONE },
    getsets: &[
        GetSet {
            name: "tb_frame",
            get: |vm, this| {
                let frame = traceback(vm, this).and_then(|entry| entry.frame.as_ref()).map_or(types::NONE, Owned::borrow);
                Ok(vm.retain(frame))
            },
            set: None,
            member: true,
        },
        GetSet {
            name: "tb_lasti",
            get: |vm, this| {
                let lasti = traceback(vm, this).map_or(-1, |entry| entry.lasti);
                Ok(vm.int(i64::from(lasti)))
            },
            set: None,
            member: true,
        },
        GetSet { name: "tb_lineno", get: traceback_line, set: None, member: true },
        GetSet { name: "tb_next", get: next, set: Some(set_next), member: false },
    ],
    flags: Flags(Flags::GC),
    ..NativeType::PLAIN
};

/// Where the frame is that a frame object stands for.
#[derive(Clone, Copy)]
pub(crate) enum Place {
    /// It runs: its index among the VM's frames.
    Running(usize),
    /// It waits in that generator, which tells the object when it goes.
    Suspended(Ref),
    /// It has ended: what is left of it is here.
    Ended,
}

/// A frame object (`PyFrameObject`). While its frame runs, everything lives there; if somebody still holds the object when the
/// frame ends, it takes the locals over (`take_ownership` in `Python/frame.c`).
pub(crate) struct FrameObject {
    pub(crate) code: CodeRef,
    /// The index of the instruction that runs or ran last.
    pub(crate) pc: usize,
    /// The number of the code unit where its frame was when that ended.
    pub(crate) ended_at: u32,
    /// What it took over when its frame ended.
    pub(crate) remains: Option<Remains>,
    /// `f_back`, once the frame has ended.
    pub(crate) back: Option<Owned>,
    /// What `f_locals` has added to its locals (3.13).
    pub(crate) extra: Option<Owned>,
    /// Where its frame is.
    pub(crate) place: Place,
}

/// See [`FrameObject::remains`].
pub(crate) struct Remains {
    pub(crate) function: Option<Owned>,
    pub(crate) locals: Option<Owned>,
    pub(crate) slots: Vec<Option<Owned>>,
    pub(crate) code: Owned,
}

impl FrameObject {
    pub(crate) fn visit(&self, see: &mut dyn FnMut(Role, Ref)) {
        if let Some(back) = &self.back {
            see(Role::Field("f_back"), back.borrow());
        }
        if let Some(extra) = &self.extra {
            see(Role::Field("extra locals"), extra.borrow());
        }
        if let Some(remains) = &self.remains {
            for (name, owned) in
                [("function", remains.function.as_ref()), ("f_locals", remains.locals.as_ref()), ("f_code", Some(&remains.code))]
            {
                if let Some(owned) = owned {
                    see(Role::Field(name), owned.borrow());
                }
            }
            for (index, slot) in remains.slots.iter().enumerate() {
                if let Some(slot) = slot {
                    match self.code.locals.get(index) {
                        Some(&name) => see(Role::Local(name), slot.borrow()),
                        None => see(Role::Stack(index - self.code.locals.len()), slot.borrow()),
                    }
                }
            }
        }
    }

    /// `frame_dealloc`: the function, the locals dict, the slots, the frame it came from, the code.
    pub(crate) fn give_back(self, out: &mut Vec<Owned>) {
        let mut code = None;
        if let Some(remains) = self.remains {
            out.extend(remains.function);
            out.extend(remains.locals);
            out.extend(remains.slots.into_iter().flatten());
            code = Some(remains.code);
        }
        out.extend(self.back);
        out.extend(self.extra);
        out.extend(code);
    }

    /// `frame_tp_clear`
    pub(crate) fn clear(&mut self, out: &mut Vec<Owned>) {
        if let Some(remains) = &mut self.remains {
            out.extend(remains.slots.drain(..).flatten());
        }
    }
}

/// `frame.clear()`: what a frame that has ended still holds is let go (`frame_clear`, `frame_tp_clear`).
fn clear(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let this = args.this();
    let Value::Frame(payload) = &mut vm.heap[this].value else { return Ok(vm.none()) };
    match payload.place {
        Place::Running(_) => return Err(vm.raise(types::RUNTIME_ERROR, "cannot clear an executing frame")),
        Place::Suspended(_) => return Err(vm.unsupported(Missing::Name, "frame.clear of a generator")),
        Place::Ended => {}
    }
    let mut held = Vec::new();
    payload.clear(&mut held);
    vm.release_all(held);
    Ok(vm.none())
}

/// A traceback entry (`PyTracebackObject`).
pub(crate) struct Traceback {
    pub(crate) next: Option<Owned>,
    pub(crate) frame: Option<Owned>,
    pub(crate) line: Option<u32>,
    /// Byte offset of the instruction.
    pub(crate) lasti: i32,
}

impl Native for Traceback {
    fn visit(&self, see: &mut dyn FnMut(Role, Ref)) {
        for (name, owned) in [("tb_next", &self.next), ("tb_frame", &self.frame)] {
            if let Some(owned) = owned {
                see(Role::Field(name), owned.borrow());
            }
        }
    }

    fn give_back(&mut self, out: &mut Vec<Owned>) {
        out.extend(self.next.take());
        out.extend(self.frame.take());
    }
}

// ---- attributes ----

fn payload(vm: &Vm, this: Ref) -> Option<&FrameObject> {
    match &vm.heap[this].value {
        Value::Frame(frame) => Some(frame),
        _ => None,
    }
}

fn runs(vm: &Vm, this: Ref) -> bool {
    payload(vm, this).is_some_and(|frame| matches!(frame.place, Place::Running(_)))
}

/// The frame, while there is one.
fn live(vm: &Vm, this: Ref) -> Option<&Frame> {
    match payload(vm, this)?.place {
        Place::Running(index) => vm.frames.get(index).map(Box::as_ref),
        Place::Suspended(generator) => vm.generator(generator)?.frame.as_deref(),
        Place::Ended => None,
    }
}

fn code(vm: &mut Vm, this: Ref) -> Owned {
    let code = payload(vm, this).map_or(types::NONE, |frame| frame.code.this);
    vm.retain(code)
}

/// Globals and builtins, borrowed: a frame that has ended has them from its function.
fn scope(vm: &Vm, this: Ref) -> Option<(Ref, Ref)> {
    if let Some(frame) = live(vm, this) {
        return Some((frame.globals, frame.builtins));
    }
    let function = payload(vm, this)?.remains.as_ref()?.function.as_ref()?.borrow();
    let fields = &vm.function(function)?.fields;
    Some((fields.globals.as_ref()?.borrow(), fields.builtins.as_ref()?.borrow()))
}

fn globals(vm: &mut Vm, this: Ref) -> PyResult {
    let globals = scope(vm, this).map_or(types::NONE, |(globals, _)| globals);
    Ok(vm.retain(globals))
}

fn builtins(vm: &mut Vm, this: Ref) -> PyResult {
    let builtins = scope(vm, this).map_or(types::NONE, |(_, builtins)| builtins);
    Ok(vm.retain(builtins))
}

/// The index of the instruction that runs or ran last.
fn instruction(vm: &Vm, this: Ref) -> usize {
    match live(vm, this) {
        Some(frame) if frame.generator.is_some() && vm.profile.suspended_at_next_instruction && !runs(vm, this) => frame.pc,
        Some(frame) => frame.current,
        None => payload(vm, this).map_or(0, |frame| frame.pc),
    }
}

fn back(vm: &mut Vm, this: Ref) -> PyResult {
    let Some(frame) = payload(vm, this) else { return Ok(vm.none()) };
    match frame.place {
        Place::Suspended(generator) => Ok(vm.thrower_object(generator).unwrap_or_else(|| vm.none())),
        Place::Running(index) => Ok(vm.caller_object(index).unwrap_or_else(|| vm.none())),
        Place::Ended => {
            let back = frame.back.as_ref().map_or(types::NONE, Owned::borrow);
            Ok(vm.retain(back))
        }
    }
}

fn lasti(vm: &mut Vm, this: Ref) -> PyResult {
    let lasti = match live(vm, this) {
        Some(frame) if runs(vm, this) => Some(frame.lasti()),
        Some(_) => {
            let at = instruction(vm, this);
            payload(vm, this).and_then(|frame| frame.code.code.instrs.get(at)).map(|instr| instr.lasti())
        }
        None => payload(vm, this).map(|frame| frame.ended_at),
    };
    Ok(vm.int(lasti.map_or(-1, |lasti| i64::from(lasti) * 2)))
}

fn line(vm: &Vm, this: Ref) -> Option<u32> {
    let code = &payload(vm, this)?.code.code;
    code.line(code.instrs.get(instruction(vm, this))?.offset)
}

fn lineno(vm: &mut Vm, this: Ref) -> PyResult {
    match line(vm, this) {
        Some(line) => Ok(vm.int(i64::from(line))),
        None => Ok(vm.none()),
    }
}

/// `frame_repr`
fn frame_repr(vm: &mut Vm, this: Ref) -> PyResult {
    let Some(code) = payload(vm, this).map(|frame| frame.code.clone()) else { return Ok(vm.str("")) };
    let file = vm.repr(code.filename)?;
    let line = line(vm, this).map_or_else(|| "0".to_owned(), |line| line.to_string());
    let (address, name) = (Vm::address(this), vm.expect_text(code.name));
    let text = format!("<frame at {address}, file {}, line {line}, code {name}>", vm.expect_text(file.borrow()));
    vm.release(file);
    Ok(vm.str(text))
}

fn traceback(vm: &Vm, this: Ref) -> Option<&Traceback> {
    match &vm.heap[this].value {
        Value::Native(native) => native.downcast(),
        _ => None,
    }
}

fn traceback_line(vm: &mut Vm, this: Ref) -> PyResult {
    match traceback(vm, this).and_then(|entry| entry.line) {
        Some(line) => Ok(vm.int(i64::from(line))),
        None => Ok(vm.none()),
    }
}

fn next(vm: &mut Vm, this: Ref) -> PyResult {
    let next = traceback(vm, this).and_then(|entry| entry.next.as_ref()).map_or(types::NONE, Owned::borrow);
    Ok(vm.retain(next))
}

/// `tb_next_set`
fn set_next(vm: &mut Vm, this: Ref, value: Option<Ref>) -> PyResult<()> {
    let Some(value) = value else { return Err(vm.type_error("can't delete tb_next attribute")) };
    let next = match value {
        types::NONE => None,
        _ if vm.class_of(value) == types::TRACEBACK => Some(value),
        _ => {
            let message = format!("expected traceback object, got '{}'", vm.type_name(value));
            return Err(vm.type_error(message));
        }
    };
    let mut at = next;
    while let Some(entry) = at {
        if entry == this {
            return Err(vm.value_error("traceback loop detected"));
        }
        at = traceback(vm, entry).and_then(|entry| entry.next.as_ref()).map(Owned::borrow);
    }
    let next = vm.retain_option(next);
    let old = match &mut vm.heap[this].value {
        Value::Native(native) => match native.downcast_mut::<Traceback>() {
            Some(entry) => std::mem::replace(&mut entry.next, next),
            None => next,
        },
        _ => next,
    };
    vm.release_option(old);
    Ok(())
}
