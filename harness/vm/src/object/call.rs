//! Calling: from native code, and into native code (`Objects/call.c`, `Objects/typeobject.c`).

use std::ptr::fn_addr_eq;

use crate::api::Missing;
use crate::heap::{Owned, Ref};
use crate::object::args::{Args, with_self};
use crate::object::class::{Arity, Flags, Method, MethodKind, Slots};
use crate::object::slotdefs::SlotDef;
use crate::object::value::Value;
use crate::types;
use crate::types::function::NativeKind;
use crate::vm::{PyResult, Stop, Vm};

/// What goes on when recursion ends in a call of something builtin (`_Py_EnterRecursiveCallTstate`).
const CALLING: &str = " while calling a Python object";

/// How many methods of methods are called: CPython's own stack ends somewhere beyond.
const METHODS: usize = 10_000;

impl Vm {
    /// Calls any object with borrowed arguments.
    pub(crate) fn call(&mut self, callable: Ref, args: &Args<'_>) -> PyResult {
        match &self.heap[callable].value {
            Value::Function(_) => self.call_function(callable, args),
            Value::Method(function, this) => {
                let (mut function, mut values) = (function.borrow(), with_self(this.borrow(), args.values));
                while let Value::Method(inner, this) = &self.heap[function].value {
                    if values.len() > args.values.len() + METHODS {
                        return Err(self.unsupported(Missing::Limit, "a method of a method, and so on for long"));
                    }
                    values.insert(0, this.borrow());
                    function = inner.borrow();
                }
                self.call(function, &Args::new(&values, args.names))
            }
            Value::NativeFunction(_) => self.recursive(CALLING, |vm| vm.call_native(callable, args)),
            Value::Type(_) => self.call_type(callable, args),
            // An alias of what takes no argument tuple takes none either.
            Value::Native(_) if self.alias_origin(callable).is_some_and(|origin| self.is_vectorcallable(origin)) => {
                crate::types::generic::call_alias(self, callable, args)
            }
            _ => match self.class(self.class_of(callable)).slots.call {
                Some(call) if self.class(self.class_of(callable)).flags.has(Flags::CALLED_DIRECTLY) => {
                    // One that can do without a tuple leaves that of the call alone (`_PyObject_Call`).
                    let tuple = args.tuple.filter(|_| !self.is_vectorcallable(callable));
                    self.recursive(CALLING, |vm| call(vm, callable, &Args { tuple, ..*args }))
                }
                Some(call) => self.with_argument_tuple(args, |vm, args| vm.recursive(CALLING, |vm| call(vm, callable, args))),
                None => {
                    let message = format!("'{}' object is not callable", self.type_name(callable));
                    Err(self.type_error(message))
                }
            },
        }
    }

    /// Calls with positional arguments.
    pub(crate) fn call_pos(&mut self, callable: Ref, values: &[Ref]) -> PyResult {
        self.call(callable, &Args::positional(values))
    }

    /// Calls a method by name (`PyObject_VectorcallMethod`).
    pub(crate) fn call_method(&mut self, object: Ref, name: &str, values: &[Ref]) -> PyResult {
        match self.with_name(name, |vm, name| vm.get_method(object, name))? {
            crate::object::attribute::MethodFound::Unbound(function) => {
                let result = self.call_pos(function.borrow(), &with_self(object, values));
                self.release(function);
                result
            }
            crate::object::attribute::MethodFound::Attribute(callable) => {
                let result = self.call_pos(callable.borrow(), values);
                self.release(callable);
                result
            }
        }
    }

    /// Calls an attribute with a tuple of arguments (`PyObject_CallMethod` with a format in parentheses): a method is bound.
    pub(crate) fn call_attribute(&mut self, object: Ref, name: &str, values: &[Ref]) -> PyResult {
        let callable = self.getattr_str(object, name)?;
        let tuple = self.tuple_of(values);
        let result = self.call_pos(callable.borrow(), values);
        self.release(tuple);
        self.release(callable);
        result
    }

    /// Calls with keyword arguments that come in a dict (`PyObject_VectorcallDict`, `_PyObject_Call_Prepend`, `PyObject_Call`):
    /// they are laid out anew, and the layout holds all arguments.
    pub(crate) fn call_dict(&mut self, callable: Ref, args: &Args<'_>) -> PyResult {
        let vectorcall = self.is_vectorcallable(callable);
        if args.names.is_empty() || args.tuple.is_some() && !vectorcall {
            return self.call(callable, args);
        }
        if !vectorcall {
            let tuple = args.to_tuple(self);
            let result = self.call(callable, &Args { tuple: Some(tuple.borrow()), ..*args });
            self.release(tuple);
            return result;
        }
        self.check_keyword_names(args.names)?;
        let layout: Vec<Owned> = args.values.iter().map(|&value| self.retain(value)).collect();
        let names = self.tuple_of(args.names);
        let result = self.call(callable, &Args::new(args.values, args.names));
        self.release_all(layout);
        self.release(names);
        result
    }

    /// Whether an object can be called without an argument tuple (`PyVectorcall_Function`).
    pub(crate) fn is_vectorcallable(&self, callable: Ref) -> bool {
        match &self.heap[callable].value {
            Value::Function(_) | Value::Method(..) => true,
            Value::NativeFunction(function) => match function.what {
                NativeKind::Method(Method { arity: Arity::Tuple(last), .. }) if self.class_of(callable) == types::BUILTIN => {
                    self.profile.version.minor > *last
                }
                NativeKind::Method(_) | NativeKind::Missing => true,
                NativeKind::Twin(twin) => twin.is_vectorcallable(),
                _ => false,
            },
            Value::Type(class) => class.heap.is_none() && class.flags.has(Flags::VECTORCALL) || callable == types::TYPE,
            Value::Native(native) => {
                native.is_called_directly() && self.class(self.class_of(callable)).flags.has(Flags::CALLED_DIRECTLY)
            }
            _ => false,
        }
    }

    /// The names of keyword arguments that come out of a dict are strings (`_PyStack_UnpackDict`).
    pub(crate) fn check_keyword_names(&mut self, names: &[Ref]) -> PyResult<()> {
        if names.iter().all(|&name| self.text(name).is_some()) {
            return Ok(());
        }
        Err(self.type_error("keywords must be strings"))
    }

    /// Does something while an argument tuple (and a dict of the keyword arguments) holds the arguments too, as every call
    /// through `tp_call` does (`_PyObject_MakeTpCall`).
    pub(crate) fn with_argument_tuple<T>(
        &mut self,
        args: &Args<'_>,
        run: impl FnOnce(&mut Self, &Args<'_>) -> PyResult<T>,
    ) -> PyResult<T> {
        if args.tuple.is_some() {
            // They come from a tuple already.
            return run(self, args);
        }
        let tuple = self.tuple_of(args.pos());
        let keywords = (!args.names.is_empty() && args.dict.is_none()).then(|| self.new_dict());
        if let Some(dict) = &keywords {
            for (name, value) in args.keywords() {
                if let Err(stop) = self.dict_set(dict.borrow(), name, value) {
                    self.release_option(keywords);
                    self.release(tuple);
                    return Err(stop);
                }
            }
        }
        let dict = keywords.as_ref().map(Owned::borrow).or(args.dict);
        let result = run(self, &Args { tuple: Some(tuple.borrow()), dict, ..*args });
        self.release(tuple);
        self.release_option(keywords);
        result
    }

    /// Does something with the positional arguments as a tuple: that of the call, else one for the time being.
    pub(crate) fn with_positional_tuple<T>(&mut self, args: &Args<'_>, run: impl FnOnce(&mut Self, Ref) -> T) -> T {
        let made = args.tuple.is_none().then(|| self.tuple_of(args.pos()));
        let tuple = args.tuple.or(made.as_ref().map(Owned::borrow)).unwrap_or(types::EMPTY_TUPLE);
        let result = run(self, tuple);
        self.release_option(made);
        result
    }

    /// Calls a type: makes an object and initialises it (`type_call`).
    pub(crate) fn call_type(&mut self, class: Ref, args: &Args<'_>) -> PyResult {
        if self.class_of(class) != types::TYPE
            && let Some(call) = self.class(self.class_of(class)).slots.call
            && self.class(types::TYPE).slots.call.is_some_and(|own| !fn_addr_eq(call, own))
        {
            return self.with_argument_tuple(args, |vm, args| vm.recursive(CALLING, |vm| call(vm, class, args)));
        }
        // Numbers and strings do without a tuple only if no argument has a name (`long_vectorcall`, `unicode_vectorcall`).
        let laid_out = args.names.is_empty() || !matches!(class, types::INT | types::STR);
        if laid_out && self.class(class).flags.has(Flags::VECTORCALL) && self.class(class).heap.is_none() {
            return self.construct(class, args);
        }
        // `type` takes arguments without a tuple (`type_vectorcall`): it tells a type right away, and makes a tuple for anything else.
        if class == types::TYPE && args.values.len() == 1 && args.names.is_empty() && args.tuple.is_none() {
            return self.construct(class, args);
        }
        let args = &Args { tuple: args.tuple.filter(|_| class != types::TYPE), ..*args };
        self.with_argument_tuple(args, |vm, args| vm.recursive(CALLING, |vm| vm.construct(class, args)))
    }

    /// `type_call`, its arguments taken care of.
    pub(crate) fn construct(&mut self, class: Ref, args: &Args<'_>) -> PyResult {
        if class == types::TYPE {
            if args.values.len() == 1 && args.names.is_empty() {
                let class = self.class_of(args.values[0]);
                return Ok(self.retain(class));
            }
            if args.pos().len() != 3 {
                return Err(self.type_error("type() takes 1 or 3 arguments"));
            }
        }
        let slots = &self.class(class).slots;
        let Some(new) = slots.new.filter(|_| !self.class(class).flags.has(Flags::NO_NEW)) else {
            let message = format!("cannot create '{}' instances", self.qualified_type_name(class));
            return Err(self.type_error(message));
        };
        let object = new(self, class, args)?;
        if !self.is_instance_of(object.borrow(), class) {
            return Ok(object);
        }
        if let Some(init) = self.class(self.class_of(object.borrow())).slots.init
            && let Err(stop) = init(self, object.borrow(), args)
        {
            self.release(object);
            return Err(stop);
        }
        Ok(object)
    }

    /// `tp_name`: with the module for types that are not builtins.
    pub(crate) fn qualified_type_name(&self, class: Ref) -> String {
        self.class(class).name.to_string()
    }

    /// Calls a builtin function or a descriptor of a builtin type.
    fn call_native(&mut self, callable: Ref, args: &Args<'_>) -> PyResult {
        let Value::NativeFunction(function) = &self.heap[callable].value else {
            return Err(self.type_error("object is not callable"));
        };
        let (what, class, name, home) = (function.what, function.class, function.name, function.home);
        let bound = function.bound.as_ref().map(Owned::borrow);
        match what {
            NativeKind::Method(method) => {
                let kind_of_descriptor = !matches!(self.class_of(callable), types::BUILTIN | types::BUILTIN_METHOD);
                match (method.kind, bound) {
                    (MethodKind::Instance | MethodKind::Class, None) if kind_of_descriptor => {
                        self.check_descriptor_self(class, name, args)?;
                        // Whatever holds the arguments holds self too.
                        self.call_method_def(method, class, home, &Args { tuple: None, ..*args })
                    }
                    (MethodKind::Instance | MethodKind::Class, Some(this)) => {
                        let values = with_self(this, args.values);
                        self.call_method_def(method, class, home, &Args { values: &values, ..*args })
                    }
                    _ => self.call_method_def(method, class, home, args),
                }
            }
            NativeKind::Slot(def) => {
                if bound.is_none() {
                    self.check_descriptor_self(class, name, args)?;
                }
                if !args.names.is_empty() && !matches!(name, "__call__" | "__init__") {
                    return Err(self.type_error(format!("wrapper {name}() takes no keyword arguments")));
                }
                let slots = self.class(class.unwrap_or(types::OBJECT)).slots;
                self.call_wrapper(def, &slots, bound, args)
            }
            NativeKind::New => {
                self.with_argument_tuple(args, |vm, args| crate::types::type_::call_new(vm, class.unwrap_or(types::OBJECT), args))
            }
            NativeKind::Twin(twin) => match bound {
                Some(this) if class.is_some() => {
                    let mut values = Vec::with_capacity(args.values.len() + 1);
                    values.push(this);
                    values.extend_from_slice(args.values);
                    self.call_twin(twin, home, name, 1, &Args::new(&values, args.names))
                }
                _ => {
                    if class.is_some() {
                        self.check_descriptor_self(class, name, args)?;
                    }
                    self.call_twin(twin, home, name, usize::from(class.is_some()), args)
                }
            },
            NativeKind::Missing => Err(self.unsupported(Missing::Name, format!("{home}.{name}"))),
            NativeKind::GetSet(_) | NativeKind::Member(_) => {
                let message = format!("'{}' object is not callable", self.type_name(callable));
                Err(self.type_error(message))
            }
        }
    }

    /// Calls a slot of a builtin type (`wrapper_call`, `wrapperdescr_call`): an argument tuple holds the arguments, and a second
    /// one those after self if self is among them.
    fn call_wrapper(&mut self, def: &'static SlotDef, slots: &Slots, bound: Option<Ref>, args: &Args<'_>) -> PyResult {
        self.with_argument_tuple(args, |vm, args| match bound {
            Some(this) => {
                let values = with_self(this, args.values);
                (def.wrapper)(vm, slots, &Args { values: &values, ..*args })
            }
            None => {
                let rest = vm.tuple_of(&args.pos()[1..]);
                let result = (def.wrapper)(vm, slots, &Args { tuple: Some(rest.borrow()), ..*args });
                vm.release(rest);
                result
            }
        })
    }

    fn check_descriptor_self(&mut self, class: Option<Ref>, name: &str, args: &Args<'_>) -> PyResult<()> {
        let class = class.unwrap_or(types::OBJECT);
        let first = args.pos().first();
        if first.is_some_and(|&this| self.is_instance_of(this, class)) {
            return Ok(());
        }
        let home = self.qualified_type_name(class);
        match first {
            None => {
                let message = if self.class_of_wrapper(class, name) {
                    format!("descriptor '{name}' of '{home}' object needs an argument")
                } else {
                    format!("unbound method {home}.{name}() needs an argument")
                };
                Err(self.type_error(message))
            }
            Some(&this) => {
                let given = self.type_name(this);
                let message = if self.class_of_wrapper(class, name) {
                    format!("descriptor '{name}' requires a '{home}' object but received a '{given}'")
                } else {
                    format!("descriptor '{name}' for '{home}' objects doesn't apply to a '{given}' object")
                };
                Err(self.type_error(message))
            }
        }
    }

    fn class_of_wrapper(&mut self, class: Ref, name: &str) -> bool {
        // A name without an interned string is nobody's attribute.
        let found = self.find_interned(name).and_then(|name| self.lookup(class, name));
        found.is_some_and(|found| self.class_of(found) == types::WRAPPER_DESCRIPTOR)
    }

    /// Calls an entry of a method table, self first where it has one, after checking the number of arguments.
    fn call_method_def(&mut self, method: &'static Method, class: Option<Ref>, home: &str, args: &Args<'_>) -> PyResult {
        let own = usize::from(method.kind != MethodKind::Static);
        // A class method goes by the class it is bound to.
        let class = if method.kind == MethodKind::Class { args.values.first().copied().or(class) } else { class };
        if !matches!(method.arity, Arity::Raw | Arity::Tuple(_) | Arity::Unsupported) && !args.names.is_empty() {
            let message = format!("{}() takes no keyword arguments", self.method_label(method, class, home));
            return Err(self.type_error(message));
        }
        let given = args.values.len() - own;
        let plural = |n: usize| if n == 1 { "" } else { "s" };
        let label = |vm: &Self| vm.method_label(method, class, home);
        let message = match method.arity {
            Arity::None if given != 0 => format!("{}() takes no arguments ({given} given)", label(self)),
            Arity::One if given != 1 => format!("{}() takes exactly one argument ({given} given)", label(self)),
            Arity::Positional(min, max) if given < min => {
                let bound = if min == max { "" } else { "at least " };
                format!("{} expected {bound}{min} argument{}, got {given}", method.name, plural(min))
            }
            Arity::Positional(min, max) if given > max => {
                let bound = if min == max { "" } else { "at most " };
                format!("{} expected {bound}{max} argument{}, got {given}", method.name, plural(max))
            }
            _ => return (method.call)(self, args),
        };
        Err(self.type_error(message))
    }

    /// How messages call a builtin: `list.append`, `math.sqrt`, `len`.
    fn method_label(&self, method: &Method, class: Option<Ref>, home: &str) -> String {
        match class {
            // By its qualified name: the module is not told.
            Some(class) => match &self.class(class).heap {
                Some(heap) => format!("{}.{}", self.expect_text(heap.qualname.borrow()), method.name),
                None => format!("{}.{}", self.class(class).native.name, method.name),
            },
            None if matches!(home, "" | "builtins") => method.name.to_owned(),
            None => format!("{home}.{}", method.name),
        }
    }

    /// Calls a special method of a Python class: looked up on the type, held for the length of the call
    /// (`vectorcall_method`, `lookup_maybe_method`). None: the type has no such method.
    pub(crate) fn call_special(&mut self, object: Ref, name: Ref, values: &[Ref]) -> PyResult<Option<Owned>> {
        let Some((callable, unbound)) = self.special_callable(object, name)? else { return Ok(None) };
        let result = if unbound {
            self.call_pos(callable.borrow(), &with_self(object, values))
        } else {
            self.call_pos(callable.borrow(), values)
        };
        self.release(callable);
        result.map(Some)
    }

    /// What a special method's name stands for on an object's type, and whether it is to be given the object; none if the type has
    /// none (`lookup_maybe_method`).
    pub(crate) fn special_callable(&mut self, object: Ref, name: Ref) -> PyResult<Option<(Owned, bool)>> {
        let class = self.class_of(object);
        let Some(found) = self.lookup(class, name) else { return Ok(None) };
        let found_class = self.class(self.class_of(found));
        if found_class.flags.has(Flags::METHOD_DESCRIPTOR) {
            return Ok(Some((self.retain(found), true)));
        }
        let Some(get) = found_class.slots.get else { return Ok(Some((self.retain(found), false))) };
        let held = self.profile.lookup_gives_references.then(|| self.retain(found));
        let bound = get(self, found, Some(object), Some(class));
        self.release_option(held);
        bound.map(|bound| Some((bound, false)))
    }

    /// As [`Vm::call_special`]; a type without the method is an `AttributeError`.
    pub(crate) fn call_required(&mut self, object: Ref, name: Ref, values: &[Ref]) -> PyResult {
        match self.call_special(object, name, values)? {
            Some(result) => Ok(result),
            None => Err(self.no_attribute(object, name)),
        }
    }

    /// As [`Vm::no_keywords`] for a builtin type or a class that derives from it: one with an `__init__` of its own takes some.
    pub(crate) fn no_keywords_of_type(&mut self, class: Ref, base: Ref, args: &Args<'_>) -> Result<(), Stop> {
        let init = |vm: &Self, class| vm.class(class).slots.init.map(|init| init as usize);
        if class != base && init(self, class) != init(self, base) {
            return Ok(());
        }
        let function = self.class(base).native.name;
        self.no_keywords(function, args)
    }

    /// Raises the error for a keyword argument that a builtin does not take.
    pub(crate) fn no_keywords(&mut self, function: &str, args: &Args<'_>) -> Result<(), Stop> {
        if args.names.is_empty() {
            return Ok(());
        }
        Err(self.type_error(format!("{function}() takes no keyword arguments")))
    }

    /// Runs a Python function with borrowed arguments (`_PyFunction_Vectorcall`, `_PyEval_Vector`).
    fn call_function(&mut self, function: Ref, args: &Args<'_>) -> PyResult {
        if self.unsupported.is_some() {
            return Err(Stop::Abort);
        }
        self.push_call_frame(function, args)?;
        self.run_entry_frame()
    }

    /// Whether an object can be called (`PyCallable_Check`).
    pub(crate) fn is_callable(&self, object: Ref) -> bool {
        self.class(self.class_of(object)).slots.call.is_some()
    }
}

/// `__call__` of builtin callables: what `type(f).__call__` runs.
pub(crate) fn call_slot(vm: &mut Vm, callable: Ref, args: &Args<'_>) -> PyResult {
    vm.call_dict(callable, args)
}
