//! `weakref.ref` (`Objects/weakrefobject.c`), and what the collector does with weak references.

use refdrift_isa::CompareOperator;
use rustc_hash::FxHashSet;

use crate::api::Missing;
use crate::heap::{Keep, Owned, Ref, keep};
use crate::object::args::Args;
use crate::object::class::{Flags, GetSet, NativeType, Slots};
use crate::object::value::{Native, Role, Value};
use crate::types;
use crate::vm::{PyResult, Stop, Vm};

/// A weak reference (`PyWeakReference`).
struct WeakRef {
    /// What it refers to, while that lives.
    target: Option<Ref>,
    /// What is called when that dies.
    callback: Option<Owned>,
    /// The hash of what it refers to, once somebody asked.
    hash: Option<i64>,
}

impl Native for WeakRef {
    fn visit(&self, see: &mut dyn FnMut(Role, Ref)) {
        if let Some(callback) = &self.callback {
            see(Role::Field("__callback__"), callback.borrow());
        }
    }

    fn give_back(&mut self, out: &mut Vec<Owned>) {
        out.extend(self.callback.take());
    }

    fn weak_target(&self) -> Option<Ref> {
        self.target
    }

    fn lose_weak_target(&mut self) {
        self.target = None;
    }

    fn kept(&self) -> Option<Box<dyn Native>> {
        Some(Box::new(Keep::kept(self)))
    }
}

keep!(WeakRef { target, callback, hash });

/// `weakref.ref`
pub(crate) static TYPE: NativeType = NativeType {
    name: "ReferenceType",
    module: "weakref",
    slots: Slots {
        repr: Some(repr),
        hash: Some(hash),
        call: Some(call),
        compare: Some(compare),
        init: Some(init),
        new: Some(new),
        ..Slots::NONE
    },
    getsets: &[GetSet {
        name: "__callback__",
        get: |vm, this| {
            let callback = weakref(vm, this).and_then(|weakref| weakref.callback.as_ref()).map(Owned::borrow);
            Ok(vm.retain(callback.unwrap_or(types::NONE)))
        },
        set: None,
        member: true,
    }],
    methods: &[crate::types::generic::CLASS_GETITEM],
    flags: Flags(Flags::GC | Flags::BASE),
    ..NativeType::PLAIN
};

fn weakref(vm: &Vm, object: Ref) -> Option<&WeakRef> {
    match &vm.heap[object].value {
        Value::Native(native) => native.downcast(),
        _ => None,
    }
}

fn weakref_mut(vm: &mut Vm, object: Ref) -> Option<&mut WeakRef> {
    match &mut vm.heap[object].value {
        Value::Native(native) => native.downcast_mut(),
        _ => None,
    }
}

/// What a weak reference refers to, if it is alive (`PyWeakref_GET_OBJECT`).
fn target(vm: &Vm, this: Ref) -> Option<Ref> {
    weakref(vm, this)?.target.filter(|&target| vm.heap[target].count > 0)
}

/// `weakref.ref(object, callback=None)`
fn new(vm: &mut Vm, class: Ref, args: &Args<'_>) -> PyResult {
    let positional = args.pos();
    let (object, callback) = two_arguments(vm, "__new__", positional)?;
    vm.new_weakref(class, object, callback)
}

/// The shared weak reference to a class is there from the start: each base holds it among its subclasses
/// (`add_subclass`). Here it is made when somebody asks for it.
fn share_with_bases(vm: &mut Vm, class: Ref, this: Ref) {
    let Value::Type(payload) = &vm.heap[class].value else { return };
    if payload.heap.is_none() {
        // A builtin type's base holds it for as long as there are types.
        if payload.base.is_some() {
            let held = vm.retain(this);
            vm.keep_for_good(held);
        }
        return;
    }
    let bases = payload.bases.as_ref().and_then(|bases| vm.tuple(bases.borrow())).map_or(0, <[_]>::len);
    let held = (0..bases).map(|_| vm.retain(this)).collect();
    if let Some(heap) = vm.class_mut(class).heap.as_deref_mut() {
        heap.subclass_refs = held;
    }
}

fn init(vm: &mut Vm, _: Ref, args: &Args<'_>) -> PyResult<()> {
    vm.no_keywords("ref", args)?;
    two_arguments(vm, "__init__", args.pos()).map(|_| ())
}

fn two_arguments(vm: &mut Vm, function: &str, values: &[Ref]) -> PyResult<(Ref, Option<Ref>)> {
    match *values {
        [object] => Ok((object, None)),
        [object, callback] => Ok((object, Some(callback))),
        [] => Err(vm.type_error(format!("{function} expected at least 1 argument, got 0"))),
        _ => Err(vm.type_error(format!("{function} expected at most 2 arguments, got {}", values.len()))),
    }
}

/// Whether it is the one reference without a callback that everybody shares (`get_basic_refs`).
fn is_shared(vm: &Vm, this: Ref) -> bool {
    vm.class_of(this) == types::WEAKREF && weakref(vm, this).is_some_and(|weakref| weakref.callback.is_none())
}

fn call(vm: &mut Vm, this: Ref, args: &Args<'_>) -> PyResult {
    vm.no_keywords("weakref", args)?;
    if !args.values.is_empty() {
        return Err(vm.type_error(format!("weakref expected 0 arguments, got {}", args.values.len())));
    }
    let target = target(vm, this).unwrap_or(types::NONE);
    Ok(vm.retain(target))
}

fn hash(vm: &mut Vm, this: Ref) -> PyResult<i64> {
    if let Some(hash) = weakref(vm, this).and_then(|weakref| weakref.hash) {
        return Ok(hash);
    }
    let Some(target) = target(vm, this) else { return Err(vm.type_error("weak object has gone away")) };
    let target = vm.retain(target);
    let hash = vm.hash_of(target.borrow());
    vm.release(target);
    let hash = hash?;
    if let Some(weakref) = weakref_mut(vm, this) {
        weakref.hash = Some(hash);
    }
    Ok(hash)
}

fn compare(vm: &mut Vm, left: Ref, right: Ref, op: CompareOperator) -> PyResult {
    let both = weakref(vm, left).is_some() && weakref(vm, right).is_some();
    if !both || !matches!(op, CompareOperator::Eq | CompareOperator::Ne) {
        return Ok(vm.not_implemented());
    }
    let (Some(first), Some(second)) = (target(vm, left), target(vm, right)) else {
        return Ok(vm.bool((left == right) == (op == CompareOperator::Eq)));
    };
    let (first, second) = (vm.retain(first), vm.retain(second));
    let result = vm.rich_compare(first.borrow(), second.borrow(), op);
    vm.release(first);
    vm.release(second);
    result
}

fn repr(vm: &mut Vm, this: Ref) -> PyResult {
    let address = Vm::address(this);
    let Some(target) = target(vm, this) else { return Ok(vm.str(format!("<weakref at {address}; dead>"))) };
    let target = vm.retain(target);
    // The type is asked for the name: what the instance calls itself does not get in the way.
    let name = match vm.lookup_special(target.borrow(), "__name__") {
        Ok(name) => name,
        Err(Stop::Abort) => return Err(Stop::Abort),
        // CPython hands back a text all the same, and goes on with an exception set that surfaces wherever somebody looks.
        Err(Stop::Raised) => return Err(vm.unsupported(Missing::Name, "the repr of a weak reference to what cannot tell its name")),
    };
    let shown = name.as_ref().and_then(|name| vm.text(name.borrow())).map(|name| format!(" ({name})")).unwrap_or_default();
    let class = vm.class_of(target.borrow());
    // `%T` of 3.13 is the name with its module, unless that is the main one; `tp_name` before is without.
    let class = if vm.profile.weakref_repr_names_module {
        let label = vm.class_label(class);
        label.strip_prefix("__main__.").map_or(label.clone(), str::to_owned)
    } else {
        vm.qualified_type_name(class)
    };
    let text = format!("<weakref at {address}; to '{class}' at {}{shown}>", Vm::address(target.borrow()));
    vm.release(target);
    vm.release_option(name);
    Ok(vm.str(text))
}

/// Whether it is the one proxy without a callback that everybody shares.
fn is_shared_proxy(vm: &Vm, this: Ref) -> bool {
    matches!(vm.class_of(this), types::WEAK_PROXY | types::WEAK_CALLABLE_PROXY)
        && weakref(vm, this).is_some_and(|weakref| weakref.callback.is_none())
}

impl Vm {
    /// A weak reference or proxy: the one that everybody shares, if it is to have no callback and is of no derived class
    /// (`get_or_create_weakref`).
    pub(crate) fn new_weakref(&mut self, class: Ref, object: Ref, callback: Option<Ref>) -> PyResult {
        if !self.class(self.class_of(object)).flags.has(Flags::WEAK) {
            let message = format!("cannot create weak reference to '{}' object", self.qualified_type_name(self.class_of(object)));
            return Err(self.type_error(message));
        }
        let callback = callback.filter(|&callback| callback != types::NONE);
        let list = self.weakrefs(object);
        let shared = list.first().copied().filter(|&first| is_shared(self, first));
        let after_shared = usize::from(shared.is_some());
        let proxy = list.get(after_shared).copied().filter(|&next| is_shared_proxy(self, next));
        let is_proxy = class == types::WEAK_PROXY || class == types::WEAK_CALLABLE_PROXY;
        let shareable = callback.is_none() && (class == types::WEAKREF || is_proxy);
        let known = if is_proxy { proxy } else { shared };
        if let Some(known) = known.filter(|_| shareable) {
            return Ok(self.retain(known));
        }
        let callback = self.retain_option(callback);
        let payload = WeakRef { target: Some(object), callback, hash: None };
        let this = self.alloc_instance(class, Value::Native(Box::new(payload)));
        let place = match (shareable, is_proxy) {
            (true, false) => 0,
            (true, true) => after_shared,
            (false, _) => after_shared + usize::from(proxy.is_some()),
        };
        self.heap[object].extra.get_or_insert_with(Box::default).weakrefs.insert(place, this.borrow());
        if shareable && !is_proxy {
            share_with_bases(self, object, this.borrow());
        }
        Ok(this)
    }

    /// What a weak reference or proxy refers to, while that lives.
    pub(crate) fn weakref_target(&self, this: Ref) -> Option<Ref> {
        target(self, this)
    }

    /// Whether what a weak reference refers to is gone; none for anything else.
    pub(crate) fn is_dead_weakref(&self, object: Ref) -> Option<bool> {
        weakref(self, object).map(|_| target(self, object).is_none())
    }

    /// Notes the hash of what a weak reference refers to.
    pub(crate) fn set_weakref_hash(&mut self, this: Ref, hash: i64) {
        if let Some(weakref) = weakref_mut(self, this) {
            weakref.hash = Some(hash);
        }
    }

    /// The weak references to an object, in CPython's order.
    pub(crate) fn weakrefs(&self, object: Ref) -> &[Ref] {
        self.heap[object].extra.as_ref().map_or(&[], |extra| &extra.weakrefs)
    }

    /// A dying object that refers weakly to another leaves the other's list (`clear_weakref`).
    #[inline]
    pub(crate) fn unhook(&mut self, object: Ref) {
        if let Value::Native(native) = &mut self.heap[object].value
            && let Some(target) = native.weak_target()
        {
            native.lose_weak_target();
            if let Some(extra) = &mut self.heap[target].extra {
                extra.weakrefs.retain(|&other| other != object);
            }
        }
    }

    /// The callback of a weak reference whose object is dying.
    fn take_callback(&mut self, this: Ref) -> Option<Owned> {
        weakref_mut(self, this)?.callback.take()
    }

    /// What becomes of the weak references to a dying object (`PyObject_ClearWeakRefs`): first they all forget it, then the
    /// callbacks run, newest first.
    pub(crate) fn clear_weakrefs(&mut self, object: Ref) {
        if self.weakrefs(object).is_empty() {
            return;
        }
        let list = self.heap[object].extra.as_mut().map(|extra| std::mem::take(&mut extra.weakrefs)).unwrap_or_default();
        let mut others = Vec::new();
        for this in list {
            if let Value::Native(native) = &mut self.heap[this].value {
                native.lose_weak_target();
            }
            // The shared reference and proxy are cleared and forgotten.
            let shared = is_shared(self, this) || is_shared_proxy(self, this);
            if !(others.is_empty() && shared) {
                let callback = self.take_callback(this);
                others.push((this, callback));
            }
        }
        if others.is_empty() {
            return;
        }
        let raised = self.set_raised_aside();
        if others.len() == 1 && !self.profile.single_weakref_held {
            for (this, callback) in others {
                let Some(callback) = callback else { continue };
                if self.heap[this].count > 0 {
                    self.run_callback(this, callback.borrow());
                }
                self.release(callback);
            }
        } else {
            self.run_callbacks(others);
        }
        self.take_raised_back(raised);
    }

    /// Runs the callbacks of several weak references. A tuple holds all of them until the last one has run, and then lets go from
    /// the last to the first.
    fn run_callbacks(&mut self, others: Vec<(Ref, Option<Owned>)>) {
        let mut held = Vec::with_capacity(others.len());
        for (this, callback) in others {
            if self.heap[this].count > 0 {
                held.push((self.retain(this), callback));
            } else {
                self.release_option(callback);
            }
        }
        for (this, callback) in &held {
            if let Some(callback) = callback {
                self.run_callback(this.borrow(), callback.borrow());
            }
        }
        for (this, callback) in held.into_iter().rev() {
            self.release_option(callback);
            self.release(this);
        }
    }

    /// `handle_callback`
    fn run_callback(&mut self, this: Ref, callback: Ref) {
        match self.call_pos(callback, &[this]) {
            Ok(result) => self.release(result),
            Err(_) => self.write_unraisable(Some(callback)),
        }
    }

    /// What the collector does before it runs finalisers (`handle_weakrefs`): weak references to unreachable objects forget them;
    /// the callbacks of those that are reachable themselves run. Hands back how many of these died of that.
    pub(crate) fn handle_weakrefs(&mut self, unreachable: &[Ref]) -> usize {
        let garbage: FxHashSet<Ref> = unreachable.iter().copied().collect();
        let mut to_call = Vec::new();
        for &object in unreachable {
            if weakref(self, object).is_some() {
                self.unhook(object);
            }
            for this in self.weakrefs(object).to_vec() {
                let Some(has_callback) = weakref(self, this).map(|weakref| weakref.callback.is_some()) else { continue };
                self.unhook(this);
                if has_callback && !garbage.contains(&this) {
                    to_call.push(self.retain(this));
                }
            }
        }
        let mut died = 0;
        let mut survivors = Vec::new();
        for this in to_call {
            let reference = this.borrow();
            if let Some(callback) = weakref(self, reference).and_then(|weakref| weakref.callback.as_ref()).map(Owned::borrow) {
                self.run_callback(reference, callback);
            }
            let last = self.heap[reference].count == 1;
            self.release(this);
            if last {
                died += 1;
            } else {
                survivors.push(reference);
            }
        }
        self.grow_old(&survivors);
        died
    }
}
