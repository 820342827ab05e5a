//! The calls of a survey, and the Python that makes them.

use std::fmt::Write;

use refdrift_cases::Contract;

/// How often each call is made: the first time fills caches, the other two must do the same.
pub(super) const TIMES: usize = 3;
/// Up to so many arguments are tried where no contract says how many there are.
const MOST_ARGUMENTS: usize = 3;
/// Up to so many arguments are tried in all combinations.
const ALL_COMBINATIONS: usize = 2;

/// What may be given for an argument.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Value {
    Int,
    Str,
    List,
    Tuple,
    Dict,
    None,
    /// An object whose methods raise.
    Hostile,
}

impl Value {
    const ALL: [Self; 7] = [Self::Int, Self::Str, Self::List, Self::Tuple, Self::Dict, Self::None, Self::Hostile];

    /// What makes one, new where that can be.
    fn source(self) -> &'static str {
        match self {
            Self::Int => "int('1003')",
            Self::Str => "'-'.join(('some', 'text'))",
            Self::List => "[Item(), Item()]",
            Self::Tuple => "(Item(), Item())",
            Self::Dict => "{'key': Item()}",
            Self::None => "None",
            Self::Hostile => "Hostile()",
        }
    }

    /// What gets at the things in it.
    fn items(self) -> &'static [&'static str] {
        match self {
            Self::List | Self::Tuple => &["[0]", "[1]"],
            Self::Dict => &["['key']"],
            _ => &[],
        }
    }

    fn words(self) -> &'static str {
        match self {
            Self::Int => "int",
            Self::Str => "str",
            Self::List => "list",
            Self::Tuple => "tuple",
            Self::Dict => "dict",
            Self::None => "None",
            Self::Hostile => "an object whose methods raise",
        }
    }
}

/// One call: what is given for each argument.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Call(pub(super) Vec<Value>);

impl Call {
    /// `f(list, int)`
    pub(super) fn words(&self, function: &str) -> String {
        let arguments: Vec<&str> = self.0.iter().map(|value| value.words()).collect();
        format!("{function}({})", arguments.join(", "))
    }
}

/// All calls of a function: with as many arguments as its contract says, one fewer and one more; without a contract, with none
/// to three.
pub(super) fn all(contract: &Contract) -> Vec<Call> {
    let counts = match &contract.parameters {
        Some(parameters) => parameters.len().saturating_sub(1)..=parameters.len() + 1,
        None => 0..=MOST_ARGUMENTS,
    };
    counts.flat_map(with_arguments).collect()
}

/// All calls with so many arguments: every combination of a few; of many those in which at most one differs from the others.
fn with_arguments(count: usize) -> Vec<Call> {
    if count <= ALL_COMBINATIONS {
        let mut calls = vec![Vec::new()];
        for _ in 0..count {
            let longer = |call: &Vec<Value>| Value::ALL.map(|value| [call.as_slice(), &[value]].concat());
            calls = calls.iter().flat_map(longer).collect();
        }
        return calls.into_iter().map(Call).collect();
    }
    let mut calls = Vec::new();
    for usual in Value::ALL {
        calls.push(Call(vec![usual; count]));
        for place in 0..count {
            for other in Value::ALL.into_iter().filter(|other| *other != usual) {
                let mut values = vec![usual; count];
                values[place] = other;
                calls.push(Call(values));
            }
        }
    }
    calls
}

/// A snippet that makes calls, and where in it what can be seen.
pub(super) struct Script {
    pub(super) source: String,
    /// For each call, for each time.
    pub(super) marks: Vec<[Marks; TIMES]>,
}

/// The lines of one call.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Marks {
    /// Before the call.
    pub(super) before: u32,
    /// It has raised.
    pub(super) raised: u32,
    /// The local `result` holds what it has returned, or raised.
    pub(super) result: u32,
    /// All of it is let go.
    pub(super) after: u32,
}

/// The local that tells how many references to what another local holds the arguments hold.
pub(super) fn held(local: &str) -> String {
    format!("held_{local}")
}

/// Whether a local is one of those.
pub(super) fn is_held(local: &str) -> bool {
    local.starts_with("held_")
}

/// What each snippet starts with. `alive` holds so much of each argument that one that is given back too often lives on.
const OPENING: &str = "\
from gc import get_referents
class Item:
    def __lt__(self, other):
        return False
class Hostile:
    def refuse(self, *args, **kwargs):
        raise RuntimeError('hostile')
    __call__ = __len__ = __iter__ = __next__ = __getitem__ = __setitem__ = __delitem__ = __contains__ = refuse
    __str__ = __repr__ = __bool__ = __int__ = __float__ = __index__ = __hash__ = __eq__ = __lt__ = refuse
    __add__ = __mul__ = __enter__ = __exit__ = __getattr__ = refuse
alive = []
";

/// The snippet that makes these calls.
pub(super) fn script(module: &str, function: &str, calls: &[Call]) -> Script {
    let mut text = Text { source: String::new(), line: 1 };
    text.add(&format!("from {module} import {function} as function\n{OPENING}"));
    let mut marks = Vec::with_capacity(calls.len());
    for (number, Call(values)) in calls.iter().enumerate() {
        text.add(&format!("def call_{number}():\n"));
        let mut locals = Vec::new();
        for (place, value) in values.iter().enumerate() {
            text.add(&format!("    a{place} = {}\n", value.source()));
            locals.push(format!("a{place}"));
            for (index, path) in value.items().iter().enumerate() {
                text.add(&format!("    i{place}_{index} = a{place}{path}\n"));
                locals.push(format!("i{place}_{index}"));
            }
        }
        if !locals.is_empty() {
            text.add(&format!("    alive.append(({},) * 8)\n", locals.join(", ")));
        }
        let arguments: Vec<String> = (0..values.len()).map(|place| format!("a{place}")).collect();
        let mut times = [Marks::default(); TIMES];
        for time in &mut times {
            time.before = text.line;
            text.add("    try:\n");
            text.add(&format!("        result = function({})\n", arguments.join(", ")));
            text.add("    except BaseException as error:\n        error.__traceback__ = None\n");
            time.raised = text.line;
            text.add("        result = error\n");
            time.result = text.line;
            text.add("    result = None\n");
            if !locals.is_empty() {
                text.add(&format!("    referents = list(map(id, get_referents({})))\n", arguments.join(", ")));
                for local in &locals {
                    text.add(&format!("    {} = referents.count(id({local}))\n", held(local)));
                }
                text.add("    del referents\n");
            }
            time.after = text.line;
            text.add("    done = True\n");
        }
        marks.push(times);
        text.add(&format!("call_{number}()\n"));
    }
    Script { source: text.source, marks }
}

struct Text {
    source: String,
    line: u32,
}

impl Text {
    fn add(&mut self, text: &str) {
        self.line += text.lines().count() as u32;
        // Writing to a string does not fail.
        let _ = self.source.write_str(text);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_arguments_come_in_all_combinations() {
        let counts = |contract: &Contract| {
            let calls = all(contract);
            [0, 1, 2, 3].map(|count| calls.iter().filter(|call| call.0.len() == count).count())
        };
        assert_eq!(counts(&Contract::default()), [1, 7, 49, 7 + 7 * 3 * 6]);
        let none = Contract { parameters: Some(Vec::new()), ..Contract::default() };
        assert_eq!(counts(&none), [1, 7, 0, 0]);
    }

    #[test]
    fn marks_are_where_the_script_says() {
        let script = script("m", "f", &[Call(vec![Value::List]), Call(Vec::new())]);
        let line = |number: u32| script.source.lines().nth(number as usize - 1).unwrap_or_default().trim().to_owned();
        for marks in script.marks.iter().flatten() {
            let lines = [marks.before, marks.raised, marks.result, marks.after].map(line);
            assert_eq!(lines, ["try:", "result = error", "result = None", "done = True"]);
        }
        assert!(script.source.contains("function(a0)") && script.source.contains("i0_1 = a0[1]"));
    }
}
