//! Calls, functions and frames.

use refdrift_isa::FunctionAttribute;

use crate::api::Missing;
use crate::eval::Flow;
use crate::eval::frame::Frame;
use crate::heap::{Owned, Ref};
use crate::library::UNREPRESENTABLE;
use crate::object::args::{Args, Arguments, Operands};
use crate::object::value::Value;
use crate::types::dict::Existing;
use crate::types::{self, code::CodeRef};
use crate::vm::{PyResult, Vm};

/// How many [`Vm::spare_frames`] are kept.
const MOST_SPARE_FRAMES: usize = 32;
/// Among how many of them one is looked for that has the code already.
const SEARCHED: usize = 4;
/// So many operands are few.
const FEW_OPERANDS: usize = 4;

impl Vm {
    pub(super) fn make_function(&mut self) -> PyResult<Flow> {
        let code = self.pop();
        let globals = self.frames.last().map_or(types::NONE, |frame| frame.globals);
        let run = match &self.heap[code.borrow()].value {
            Value::Code(run) => run.clone(),
            _ => return Err(self.type_error("expected a code object")),
        };
        let function = self.new_function(&run, globals);
        self.release(code);
        self.push(function);
        Ok(Flow::Next)
    }

    pub(super) fn set_function_attribute(&mut self, attribute: u32) -> PyResult<Flow> {
        let function = self.pop();
        let value = self.pop();
        if let Some(payload) = self.function_mut(function.borrow()) {
            let fields = &mut payload.fields;
            let field = match FunctionAttribute::from_arg(attribute) {
                Some(FunctionAttribute::Defaults) => &mut fields.defaults,
                Some(FunctionAttribute::KwDefaults) => &mut fields.kwdefaults,
                Some(FunctionAttribute::Annotations) => &mut fields.annotations,
                Some(FunctionAttribute::Closure) | None => &mut fields.closure,
            };
            let old = field.replace(value);
            self.release_option(old);
        } else {
            self.release(value);
        }
        self.push(function);
        Ok(Flow::Next)
    }

    /// 3.11's `PRECALL`: a bound method under `NULL` becomes its function and its object.
    #[inline]
    pub(super) fn precall(&mut self, count: usize) {
        let callable = self.stack.len() - count - 1;
        if self.slot(callable - 1).is_none() {
            self.unbind(callable, callable - 1, callable);
        }
    }

    /// Replaces a bound method, if it is one, by its function and its object, in these slots.
    #[inline]
    fn unbind(&mut self, method: usize, function_slot: usize, self_slot: usize) {
        if let Some(bound) = self.slot(method)
            && let Value::Method(function, this) = &self.heap[bound].value
        {
            let parts = [function.borrow(), this.borrow()];
            self.take_apart(method, parts, function_slot, self_slot);
        }
    }

    #[inline(never)]
    fn take_apart(&mut self, method: usize, [function, this]: [Ref; 2], function_slot: usize, self_slot: usize) {
        let this = self.retain(this);
        let function = self.retain(function);
        let bound = self.stack[method].take();
        self.stack[function_slot] = Some(function);
        self.stack[self_slot] = Some(this);
        self.release_option(bound);
    }

    /// `CALL`: `count` arguments on top of a callable and a self or `NULL`.
    #[inline(never)]
    pub(super) fn call_op(&mut self, count: usize) -> PyResult<Flow> {
        let names = self.frames.last_mut().and_then(|frame| frame.kwnames.take());
        self.call_stack(count, names)
    }

    pub(super) fn call_kw(&mut self, count: usize) -> PyResult<Flow> {
        let names = self.pop();
        let result = self.call_stack(count, Some(names.borrow()));
        self.release(names);
        result
    }

    fn call_stack(&mut self, mut count: usize, names: Option<Ref>) -> PyResult<Flow> {
        let second = self.stack.len() - count - 1;
        let first = second - 1;
        let null = if self.profile.null_below_callable { first } else { second };
        if self.profile.call_unbinds_methods && self.slot(null).is_none() {
            let callable = first + second - null;
            self.unbind(callable, first, second);
        }
        // Now: [callable, self, …] or [NULL, callable, …] or [callable, NULL, …].
        let callable = match (self.slot(first), self.slot(second)) {
            (Some(_), Some(_)) => {
                count += 1;
                self.stack[first].take()
            }
            (None, Some(_)) => self.stack[second].take(),
            (_, None) => self.stack[first].take(),
        };
        let Some(callable) = callable else { return Err(self.type_error("nothing to call")) };
        let is_simple = match &self.heap[callable.borrow()].value {
            Value::Function(function) => names.is_none() && function.run.takes_exactly(count) && !function.run.unrepresentable,
            _ => return self.call_natively(callable, first, count, names),
        };
        if is_simple {
            self.call_simply(callable, first, count);
            return Ok(Flow::Pushed);
        }
        let keywords = self.keyword_names(names);
        let start = self.stack.len() - count;
        let args: Arguments = self.stack.drain(start..).flatten().collect();
        self.stack.truncate(first);
        self.push_function_frame(callable, args, &keywords, None)?;
        Ok(Flow::Pushed)
    }

    /// The names of a call's keyword arguments, which come as a tuple.
    #[inline]
    fn keyword_names(&self, names: Option<Ref>) -> Operands {
        match names.and_then(|names| self.tuple(names)) {
            Some(names) => names.iter().map(Owned::borrow).collect(),
            None => Operands::new(),
        }
    }

    /// Calls anything but a Python function with the top `count` references of the stack. `first` is where the operands of the call
    /// start.
    fn call_natively(&mut self, callable: Owned, first: usize, count: usize, names: Option<Ref>) -> PyResult<Flow> {
        let start = self.stack.len() - count;
        let operands = self.stack[start..].iter().flatten().map(Owned::borrow);
        if names.is_none() && count <= FEW_OPERANDS {
            let mut few = [types::NONE; FEW_OPERANDS];
            few.iter_mut().zip(operands).for_each(|(place, operand)| *place = operand);
            return self.call_lent(callable, first, &Args::positional(&few[..count]));
        }
        let values: Operands = operands.collect();
        let keywords = self.keyword_names(names);
        self.call_lent(callable, first, &Args::new(&values, &keywords))
    }

    /// Calls with what the stack holds from `first` on, then gives that back.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "that there are few arguments is known then")]
    fn call_lent(&mut self, callable: Owned, first: usize, args: &Args<'_>) -> PyResult<Flow> {
        let bound = self.bind_for_tracing(callable.borrow(), args.values);
        let result = self.call(callable.borrow(), args);
        self.release_option(bound);
        // The callable goes first, then the arguments in order.
        self.release(callable);
        self.release_from(first);
        let result = result?;
        self.push(result);
        Ok(Flow::Next)
    }

    /// A trace function is told of a method of a builtin type as a bound one, which holds its object (`trace_call_function`,
    /// `do_call_core`).
    #[inline]
    fn bind_for_tracing(&mut self, callable: Ref, values: &[Ref]) -> Option<Owned> {
        let unbound = self.profile.tracing_binds_methods && self.class_of(callable) == types::METHOD_DESCRIPTOR;
        values.first().filter(|_| unbound).map(|&this| self.retain(this))
    }

    /// Calls a Python function that takes just the top `count` references of the stack, which become its locals: a transfer,
    /// nothing is counted (`_PyEvalFramePushAndInit`). `first` is where the operands of the call start.
    fn call_simply(&mut self, function: Owned, first: usize, count: usize) {
        // The arguments are where the locals begin, but for what the call took from below them.
        let start = self.stack.len() - count;
        if start > first {
            for index in 0..count {
                self.stack.swap(first + index, start + index);
            }
            self.stack.truncate(first + count);
        }
        self.start_function_frame(function, first);
    }

    /// Gives back what lies on the stack from there on, the deepest first.
    pub(super) fn release_from(&mut self, base: usize) {
        for slot in base..self.stack.len() {
            if let Some(value) = self.stack[slot].take() {
                self.release(value);
            }
        }
        self.stack.truncate(base);
    }

    /// Pushes the frame of a Python function that is called with borrowed arguments.
    pub(crate) fn push_call_frame(&mut self, function: Ref, args: &Args<'_>) -> PyResult<()> {
        let Some(run) = self.function(function).map(|payload| &payload.run) else { return Err(self.type_error("not a function")) };
        let simple = args.names.is_empty() && run.takes_exactly(args.values.len()) && !run.unrepresentable;
        let borrows = run.twin && Self::borrows_arguments(run, args);
        if !simple {
            let owned = args.values.iter().map(|&value| self.retain(value)).collect();
            let function = self.retain(function);
            return self.push_function_frame(function, owned, args.names, None);
        }
        let base = self.stack.len();
        for &value in args.values {
            let value = if borrows { Owned::adopt(value) } else { self.retain(value) };
            self.push(value);
        }
        let function = self.retain(function);
        self.start_function_frame(function, base);
        if let Some(frame) = self.frames.last_mut().filter(|_| borrows) {
            frame.borrowed = args.values.len();
        }
        Ok(())
    }

    /// Pushes the frame of a Python function; it takes over the function and the arguments. A function without fast locals
    /// (a class body) gets its locals dict.
    pub(crate) fn push_function_frame(
        &mut self,
        function: Owned,
        args: Arguments,
        names: &[Ref],
        locals: Option<Owned>,
    ) -> PyResult<()> {
        let Some(frame) = self.frame_for(function.borrow()) else { return Err(self.type_error("not a function")) };
        if frame.code.unrepresentable {
            return Err(self.unsupported(Missing::Type, UNREPRESENTABLE));
        }
        let base = self.stack.len();
        if let Err(stop) = self.bind_arguments(function.borrow(), &frame.code, args, names) {
            let slots: Vec<Owned> = self.stack.drain(base..).flatten().collect();
            self.release_all(slots);
            self.release_option(locals);
            self.release(function);
            return Err(stop);
        }
        self.push_frame(frame, function, base, locals);
        Ok(())
    }

    /// The frame of a function whose arguments are bound from `base` on; the other locals are empty.
    fn start_function_frame(&mut self, function: Owned, base: usize) {
        let Some(frame) = self.frame_for(function.borrow()) else { return self.release(function) };
        self.stack.resize_with(base + frame.code.locals.len(), || None);
        self.push_frame(frame, function, base, None);
    }

    /// A frame for a function's code, in its namespaces; it owns nothing yet.
    #[inline]
    fn frame_for(&mut self, function: Ref) -> Option<Box<Frame>> {
        let Value::Function(payload) = &self.heap[function].value else { return None };
        let last = self.spare_frames.len();
        let mut latest = (last.saturating_sub(SEARCHED)..last).rev();
        let mut frame = match latest.find(|&spare| CodeRef::ptr_eq(&self.spare_frames[spare].code, &payload.run)) {
            Some(spare) => self.spare_frames.swap_remove(spare),
            None if last < MOST_SPARE_FRAMES => Box::new(Frame::new(payload.run.clone())),
            None => {
                let mut frame = self.spare_frames.pop()?;
                frame.code = payload.run.clone();
                frame
            }
        };
        frame.globals = payload.fields.globals.as_ref().map_or(types::NONE, Owned::borrow);
        frame.builtins = payload.fields.builtins.as_ref().map_or(self.builtins, Owned::borrow);
        Some(frame)
    }

    /// A function's frame, whose slots start at `base`, takes the function over and becomes the one on top.
    #[inline]
    fn push_frame(&mut self, mut frame: Box<Frame>, function: Owned, base: usize, locals: Option<Owned>) {
        let code_object = self.retain(frame.code.this);
        frame.base = base;
        (frame.function, frame.code_object, frame.locals) = (Some(function), Some(code_object), locals);
        self.frames.push(frame);
        self.depth += 1;
    }

    /// Whether there is room for the frame on top, which is about to start (`_Py_EnterRecursivePy`).
    pub(super) fn check_depth(&mut self) -> PyResult<()> {
        if self.depth > self.recursion_limit {
            return Err(self.raise(types::RECURSION_ERROR, "maximum recursion depth exceeded"));
        }
        Ok(())
    }

    /// Takes the top frame down: its slots are let go in order, then what it owns itself (`_PyFrame_Clear`). If somebody
    /// holds its frame object, that takes everything over instead.
    pub(crate) fn end_frame(&mut self) {
        let Some(mut frame) = self.frames.pop() else { return };
        self.depth -= 1;
        for slot in frame.base..frame.base + frame.borrowed {
            let _lent = self.stack[slot].take().map(Owned::into_ref);
        }
        let mut handled = frame.generator.and_then(|generator| self.finish_generator(generator));
        if self.profile.generator_holds_code_twice {
            self.release_option(handled.take());
        }
        if let Some(object) = frame.object.take() {
            if self.heap[object.borrow()].count > 1 {
                let slots: Vec<Option<Owned>> = self.stack.drain(frame.base..).collect();
                self.take_over(object, *frame, slots, false);
                self.release_option(handled);
                return;
            }
            self.release(object);
        }
        self.release_from(frame.base);
        self.release_option(frame.locals.take());
        self.release_option(frame.function.take());
        self.release_option(frame.code_object.take());
        self.release_option(handled);
        if self.spare_frames.len() < MOST_SPARE_FRAMES {
            frame.renew();
            self.spare_frames.push(frame);
        }
    }

    pub(super) fn call_function_ex(&mut self, has_keywords: bool) -> PyResult<Flow> {
        let keywords = if has_keywords { Some(self.pop()) } else { None };
        let args = self.pop();
        // [NULL, callable] or [callable, NULL]
        let (a, b) = (self.pop_option(), self.pop_option());
        let Some(callable) = a.or(b) else { return Err(self.type_error("nothing to call")) };
        let result = self.call_spread(callable, args, keywords)?;
        if let Some(value) = result {
            self.push(value);
            return Ok(Flow::Next);
        }
        Ok(Flow::Pushed)
    }

    /// Calls with a tuple and a dict of arguments; none: a Python function's frame was pushed.
    fn call_spread(&mut self, callable: Owned, args: Owned, keywords: Option<Owned>) -> PyResult<Option<Owned>> {
        let args = match self.spread_tuple(callable.borrow(), args) {
            Ok(args) => args,
            Err(stop) => {
                match keywords {
                    // CPython forgets them.
                    Some(keywords) if self.profile.failed_spread_forgets_keywords => drop(keywords.into_ref()),
                    keywords => self.release_option(keywords),
                }
                self.release(callable);
                return Err(stop);
            }
        };
        let mut values: Operands = self.tuple(args.borrow()).unwrap_or_default().iter().map(Owned::borrow).collect();
        let mut names = Operands::new();
        if let Some(dict) = keywords.as_ref().and_then(|dict| self.dict(dict.borrow())) {
            for entry in dict.iter() {
                names.push(entry.key.borrow());
                values.push(entry.value.borrow());
            }
        }
        if self.is_vectorcallable(callable.borrow())
            && let Err(stop) = self.check_keyword_names(&names)
        {
            self.release(callable);
            self.release(args);
            self.release_option(keywords);
            return Err(stop);
        }
        let pushes = self.function(callable.borrow()).is_some() && self.profile.spread_call_pushes_frame;
        if pushes {
            let owned = values.iter().map(|&value| self.retain(value)).collect();
            let result = self.push_function_frame(callable, owned, &names, None);
            self.release(args);
            self.release_option(keywords);
            return result.map(|()| None);
        }
        let bound = self.bind_for_tracing(callable.borrow(), &values[..values.len() - names.len()]);
        let (tuple, dict) = (Some(args.borrow()), keywords.as_ref().map(Owned::borrow));
        let result = self.call_dict(callable.borrow(), &Args { tuple, dict, ..Args::new(&values, &names) });
        self.release_option(bound);
        self.release(callable);
        self.release(args);
        self.release_option(keywords);
        result.map(Some)
    }

    fn spread_tuple(&mut self, callable: Ref, args: Owned) -> PyResult {
        if self.class_of(args.borrow()) == types::TUPLE {
            return Ok(args);
        }
        let slots = &self.class(self.class_of(args.borrow())).slots;
        if slots.iter.is_none() && slots.item.is_none() {
            let what = self.callable_label(callable)?;
            let message = format!("{what} argument after * must be an iterable, not {}", self.type_name(args.borrow()));
            self.release(args);
            return Err(self.type_error(message));
        }
        let items = self.collect(args.borrow());
        self.release(args);
        let items = items?;
        Ok(self.new_tuple(items))
    }

    /// How messages call a callable: `module.qualname()` (`_PyObject_FunctionStr`).
    pub(super) fn callable_label(&mut self, callable: Ref) -> PyResult<String> {
        let Some(qualname) = self.lookup_attr(callable, "__qualname__")? else {
            let text = self.str_of(callable)?;
            let label = self.expect_text(text.borrow()).to_owned();
            self.release(text);
            return Ok(label);
        };
        let mut label = self.text(qualname.borrow()).unwrap_or("?").to_owned();
        self.release(qualname);
        if let Some(module) = self.lookup_attr(callable, "__module__")? {
            if let Some(module) = self.text(module.borrow()).filter(|&module| module != "builtins") {
                label = format!("{module}.{label}");
            }
            self.release(module);
        }
        Ok(label + "()")
    }

    /// `**mapping` of a call: merged into the keyword arguments, a name that is there already is an error (`DICT_MERGE`).
    pub(super) fn dict_merge_op(&mut self, depth: usize) -> PyResult<Flow> {
        let mapping = self.pop();
        let dict = self.peek(depth);
        let callable = self.slot(self.stack.len() - depth - 2).or_else(|| self.slot(self.stack.len() - depth - 3));
        let result = self.merge_keywords(dict, mapping.borrow(), callable.unwrap_or(types::NONE));
        self.release(mapping);
        result.map(|()| Flow::Next)
    }

    /// Whether the exception under way is an object where that makes a difference: Python code raised it, or there is another one that is
    /// being handled and that became its context. `format_kwargs_error` of 3.11 knows a name that came twice only by what is not yet
    /// an object, and leaves any other `KeyError` as it is.
    fn is_made_already(&self) -> bool {
        let raised = self.raised.as_ref().and_then(|raised| self.exception(raised.borrow()));
        self.profile.raised_holds_type
            && (self.handled_exception().is_some() || raised.is_some_and(|exception| exception.traceback.is_some()))
    }

    fn merge_keywords(&mut self, dict: Ref, mapping: Ref, callable: Ref) -> PyResult<()> {
        let Err(stop) = self.dict_merge(dict, mapping, Existing::Refused) else { return Ok(()) };
        if self.matches_raised(types::ATTRIBUTE_ERROR) {
            self.clear_raised();
            let label = self.callable_label(callable)?;
            let message = format!("{label} argument after ** must be a mapping, not {}", self.type_name(mapping));
            return Err(self.type_error(message));
        }
        if self.matches_raised(types::KEY_ERROR)
            && !self.is_made_already()
            && let Some(raised) = self.raised.take()
        {
            let args = self.exception(raised.borrow()).and_then(|e| e.args.as_ref()).map(Owned::borrow);
            let key = args.and_then(|args| self.items(args)).and_then(|args| args.first().copied());
            let label = self.callable_label(callable)?;
            let key = self.str_of(key.unwrap_or(types::NONE))?;
            let message = format!("{label} got multiple values for keyword argument '{}'", self.expect_text(key.borrow()));
            self.release(key);
            self.release(raised);
            return Err(self.type_error(message));
        }
        Err(stop)
    }
}
