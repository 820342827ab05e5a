//! Binding arguments to a Python function's parameters (`initialize_locals` in `Python/ceval.c`).

use refdrift_trace::flags;

use crate::heap::{Owned, Ref};
use crate::object::args::Arguments;
use crate::types::code::RunnableCode;
use crate::vm::{PyResult, Stop, Vm};

impl Vm {
    /// Pushes the locals of a call: parameters bound, the rest empty. All arguments are taken over, also when it fails: what
    /// was bound by then lies on the stack.
    pub(super) fn bind_arguments(&mut self, function: Ref, run: &RunnableCode, args: Arguments, names: &[Ref]) -> PyResult<()> {
        let base = self.stack.len();
        let slots = run.locals.len();
        if names.is_empty() && run.takes_exactly(args.len()) {
            self.stack.extend(args.into_iter().map(Some));
            self.stack.resize_with(base + slots, || None);
            return Ok(());
        }
        self.stack.resize_with(base + slots, || None);
        self.bind_slowly(function, run, args, names, base)
    }

    fn bind_slowly(&mut self, function: Ref, run: &RunnableCode, args: Arguments, names: &[Ref], base: usize) -> PyResult<()> {
        let object = &run.object;
        let positional = object.argcount as usize;
        let total = positional + object.kwonlyargcount as usize;
        let given = args.len() - names.len();
        let has_varargs = object.flags & flags::VARARGS != 0;
        let keyword_dict = (object.flags & flags::VARKEYWORDS != 0).then(|| {
            let dict = self.new_dict();
            let borrowed = dict.borrow();
            self.stack[base + total + usize::from(has_varargs)] = Some(dict);
            borrowed
        });
        let mut args = args.into_iter();
        for slot in 0..given.min(positional) {
            self.stack[base + slot] = args.next();
        }
        let excess = args.by_ref().take(given.saturating_sub(positional));
        if has_varargs {
            let excess = excess.collect();
            let tuple = self.new_tuple(excess);
            self.stack[base + total] = Some(tuple);
        } else {
            for argument in excess {
                self.release(argument);
            }
        }
        for &name in names {
            let Some(value) = args.next() else { break };
            if let Err(stop) = self.bind_keyword(function, run, (name, value), names, keyword_dict, base) {
                for value in args {
                    self.release(value);
                }
                return Err(stop);
            }
        }
        if given > positional && !has_varargs {
            return Err(self.too_many_positional(function, run, given, base));
        }
        if given < positional {
            self.bind_defaults(function, run, given, base)?;
        }
        if total > positional {
            self.bind_keyword_defaults(function, run, base)?;
        }
        Ok(())
    }

    fn qualname_text(&self, function: Ref) -> String {
        self.function(function).map_or_else(String::new, |function| self.expect_text(function.qualname.borrow()).to_owned())
    }

    fn bind_keyword(
        &mut self,
        function: Ref,
        run: &RunnableCode,
        (name, value): (Ref, Owned),
        names: &[Ref],
        keyword_dict: Option<Ref>,
        base: usize,
    ) -> PyResult<()> {
        let object = &run.object;
        let positional_only = object.posonlyargcount as usize;
        let total = (object.argcount + object.kwonlyargcount) as usize;
        let parameters = &run.locals[..total];
        let mut found = parameters.iter().skip(positional_only).position(|&parameter| parameter == name);
        if found.is_none() {
            let text = self.text(name);
            found = parameters.iter().skip(positional_only).position(|&parameter| self.text(parameter) == text);
        }
        let message = match found.map(|index| index + positional_only) {
            Some(slot) if self.stack[base + slot].is_none() => {
                self.stack[base + slot] = Some(value);
                return Ok(());
            }
            Some(_) => {
                let qualname = self.qualname_text(function);
                format!("{qualname}() got multiple values for argument '{}'", self.expect_text(name))
            }
            None => {
                if let Some(dict) = keyword_dict {
                    let result = self.dict_set(dict, name, value.borrow());
                    self.release(value);
                    return result;
                }
                let qualname = self.qualname_text(function);
                let misplaced: Vec<&str> = parameters[..positional_only]
                    .iter()
                    .filter_map(|&parameter| self.text(parameter))
                    .filter(|parameter| names.iter().any(|&name| self.text(name) == Some(parameter)))
                    .collect();
                if misplaced.is_empty() {
                    self.unexpected_keyword(run, &qualname, name)
                } else {
                    let misplaced = misplaced.join(", ");
                    format!("{qualname}() got some positional-only arguments passed as keyword arguments: '{misplaced}'")
                }
            }
        };
        self.release(value);
        Err(self.type_error(message))
    }

    /// The message for a keyword argument that the function does not have; 3.13 guesses which one was meant.
    fn unexpected_keyword(&self, run: &RunnableCode, qualname: &str, name: Ref) -> String {
        let text = self.expect_text(name);
        let message = format!("{qualname}() got an unexpected keyword argument '{text}'");
        if !self.profile.suggests_keywords {
            return message;
        }
        let positional_only = run.object.posonlyargcount as usize;
        let total = (run.object.argcount + run.object.kwonlyargcount) as usize;
        let candidates = run.locals[positional_only..total].iter().map(|&parameter| self.expect_text(parameter));
        match crate::object::keywords::suggest(candidates, text) {
            Some(close) => format!("{message}. Did you mean '{close}'?"),
            None => message,
        }
    }

    fn bind_defaults(&mut self, function: Ref, run: &RunnableCode, given: usize, base: usize) -> PyResult<()> {
        let positional = run.object.argcount as usize;
        let defaults = self.function(function).and_then(|function| function.fields.defaults.as_ref()).map(Owned::borrow);
        let count = defaults.and_then(|defaults| self.tuple(defaults)).map_or(0, <[Owned]>::len);
        let first = positional.saturating_sub(count);
        let missing: Vec<usize> = (given..first).filter(|&slot| self.stack[base + slot].is_none()).collect();
        if !missing.is_empty() {
            return Err(self.missing_arguments(function, run, &missing, "positional"));
        }
        for index in given.saturating_sub(first)..count {
            let slot = base + first + index;
            let default = defaults.and_then(|defaults| self.tuple(defaults)?.get(index)).map(Owned::borrow);
            if let Some(default) = default.filter(|_| self.stack[slot].is_none()) {
                let default = self.retain(default);
                self.stack[slot] = Some(default);
            }
        }
        Ok(())
    }

    fn bind_keyword_defaults(&mut self, function: Ref, run: &RunnableCode, base: usize) -> PyResult<()> {
        let positional = run.object.argcount as usize;
        let total = positional + run.object.kwonlyargcount as usize;
        let defaults = self.function(function).and_then(|function| function.fields.kwdefaults.as_ref()).map(Owned::borrow);
        let mut missing = Vec::new();
        for slot in positional..total {
            if self.stack[base + slot].is_some() {
                continue;
            }
            let default = match defaults {
                Some(defaults) => self.dict_get(defaults, run.locals[slot])?,
                None => None,
            };
            match default {
                Some(default) => {
                    let default = self.retain(default);
                    self.stack[base + slot] = Some(default);
                }
                None => missing.push(slot),
            }
        }
        if missing.is_empty() { Ok(()) } else { Err(self.missing_arguments(function, run, &missing, "keyword-only")) }
    }

    fn missing_arguments(&mut self, function: Ref, run: &RunnableCode, missing: &[usize], kind: &str) -> Stop {
        let names: Vec<String> = missing.iter().map(|&slot| format!("'{}'", self.expect_text(run.locals[slot]))).collect();
        let listed = match names.as_slice() {
            [one] => one.clone(),
            [one, two] => format!("{one} and {two}"),
            [init @ .., last] => format!("{}, and {last}", init.join(", ")),
            [] => String::new(),
        };
        let plural = if names.len() == 1 { "" } else { "s" };
        let qualname = self.qualname_text(function);
        self.type_error(format!("{qualname}() missing {} required {kind} argument{plural}: {listed}", names.len()))
    }

    fn too_many_positional(&mut self, function: Ref, run: &RunnableCode, given: usize, base: usize) -> Stop {
        let positional = run.object.argcount as usize;
        let keyword_only = run.object.kwonlyargcount as usize;
        let bound = (positional..positional + keyword_only).filter(|&slot| self.stack[base + slot].is_some()).count();
        let defaults = self.function(function).and_then(|function| function.fields.defaults.as_ref()).map(Owned::borrow);
        let defaults = defaults.and_then(|defaults| self.tuple(defaults)).map_or(0, <[Owned]>::len);
        let (takes, plural) = if defaults > 0 {
            (format!("from {} to {positional}", positional - defaults), true)
        } else {
            (positional.to_string(), positional != 1)
        };
        let keywords = if bound > 0 {
            let (s, t) = (if given == 1 { "" } else { "s" }, if bound == 1 { "" } else { "s" });
            format!(" positional argument{s} (and {bound} keyword-only argument{t})")
        } else {
            String::new()
        };
        let were = if given == 1 && bound == 0 { "was" } else { "were" };
        let s = if plural { "s" } else { "" };
        let qualname = self.qualname_text(function);
        self.type_error(format!("{qualname}() takes {takes} positional argument{s} but {given}{keywords} {were} given"))
    }
}
