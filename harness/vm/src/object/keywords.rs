//! The arguments of builtins that take keywords (`_PyArg_UnpackKeywords` in `Python/getargs.c`), in CPython's words.

use crate::heap::Ref;
use crate::object::args::Args;
use crate::vm::{PyResult, Vm};

/// The parameters of a builtin that takes keywords.
pub(crate) struct Signature {
    /// The function, as messages call it.
    pub(crate) function: &'static str,
    /// How many come before those that have names.
    pub(crate) positional_only: usize,
    /// The names of the others.
    pub(crate) names: &'static [&'static str],
    /// How many must be given.
    pub(crate) required: usize,
    /// How many may be given by position.
    pub(crate) positional: usize,
}

impl Signature {
    /// Sorts the arguments (self left out) into their places.
    pub(crate) fn bind<const N: usize>(&self, vm: &mut Vm, args: &Args<'_>) -> PyResult<[Option<Ref>; N]> {
        let mut bound = [None; N];
        let positional = args.pos();
        let given = args.values.len();
        let all = self.positional_only + self.names.len();
        let Self { function, required, .. } = *self;
        if given > all {
            let keyword = if positional.is_empty() { "keyword " } else { "" };
            let message = format!("{function}() takes at most {all} {keyword}argument{} ({given} given)", plural(all));
            return Err(vm.type_error(message));
        }
        if positional.len() > self.positional {
            let message = if self.positional == 0 {
                format!("{function}() takes no positional arguments")
            } else {
                let bound = if required < self.positional { "at most" } else { "exactly" };
                self.wrong_number(bound, self.positional, positional.len())
            };
            return Err(vm.type_error(message));
        }
        let at_least = self.positional_only.min(required);
        if positional.len() < at_least {
            let bound = if at_least < self.positional { "at least" } else { "exactly" };
            let message = self.wrong_number(bound, at_least, positional.len());
            return Err(vm.type_error(message));
        }
        for (place, &value) in bound.iter_mut().zip(positional) {
            *place = Some(value);
        }
        let mut found = 0;
        let places = bound.iter_mut().enumerate().skip(self.positional_only).zip(self.names);
        for ((index, place), name) in places.skip(positional.len().saturating_sub(self.positional_only)) {
            *place = args.keywords().find(|&(key, _)| vm.text(key) == Some(name)).map(|(_, value)| value);
            if place.is_some() {
                found += 1;
            } else if index < required {
                let message = format!("{function}() missing required argument '{name}' (pos {})", index + 1);
                return Err(vm.type_error(message));
            }
        }
        if found < args.names.len() {
            return Err(self.superfluous(vm, args));
        }
        Ok(bound)
    }

    fn wrong_number(&self, bound: &str, wanted: usize, given: usize) -> String {
        format!("{}() takes {bound} {wanted} positional argument{} ({given} given)", self.function, plural(wanted))
    }

    /// A keyword argument that has no place: its place is taken, or there is none of that name.
    pub(crate) fn superfluous(&self, vm: &mut Vm, args: &Args<'_>) -> crate::vm::Stop {
        if let Err(stop) = vm.check_keyword_names(args.names) {
            return stop;
        }
        let function = self.function;
        for (index, name) in (self.positional_only..args.pos().len()).zip(self.names) {
            if args.names.iter().any(|&key| vm.text(key) == Some(name)) {
                let position = index + 1;
                return vm.type_error(format!("argument for {function}() given by name ('{name}') and position ({position})"));
            }
        }
        let unknown = args.names.iter().find_map(|&key| vm.text(key).filter(|key| !self.names.contains(key)));
        let unknown = unknown.unwrap_or_default();
        let message = if vm.profile.unexpected_keyword_wording {
            let hint = suggest(self.names.iter().copied(), unknown).map(|name| format!(". Did you mean '{name}'?"));
            format!("{function}() got an unexpected keyword argument '{unknown}'{}", hint.unwrap_or_default())
        } else {
            format!("'{unknown}' is an invalid keyword argument for {function}()")
        };
        vm.type_error(message)
    }
}

fn plural(count: usize) -> &'static str {
    if count == 1 { "" } else { "s" }
}

/// The candidate that a mistyped name may have meant (`_Py_CalculateSuggestions` in `Python/suggestions.c`).
pub(crate) fn suggest<'a>(candidates: impl ExactSizeIterator<Item = &'a str>, name: &str) -> Option<&'a str> {
    if candidates.len() >= 750 {
        return None;
    }
    let mut best: Option<(&str, usize)> = None;
    for candidate in candidates.filter(|&candidate| candidate != name) {
        // No more than a third of the characters may have to change.
        let mut limit = (name.len() + candidate.len() + 3) * MOVE / 6;
        if let Some((_, cost)) = best {
            if cost == 0 {
                break;
            }
            limit = limit.min(cost - 1);
        }
        if let Some(cost) = edit_cost(name.as_bytes(), candidate.as_bytes(), limit) {
            best = Some((candidate, cost));
        }
    }
    best.map(|(candidate, _)| candidate)
}

const MOVE: usize = 2;
const CASE: usize = 1;

/// What it costs to turn one name into another; none if more than the limit.
fn edit_cost(mut a: &[u8], mut b: &[u8], limit: usize) -> Option<usize> {
    while let ([first, rest @ ..], [other, others @ ..]) = (a, b)
        && first == other
    {
        (a, b) = (rest, others);
    }
    while let ([rest @ .., last], [others @ .., other]) = (a, b)
        && last == other
    {
        (a, b) = (rest, others);
    }
    if a.is_empty() || b.is_empty() {
        return Some((a.len() + b.len()) * MOVE).filter(|&cost| cost <= limit);
    }
    if a.len() > 40 || b.len() > 40 {
        return None;
    }
    let mut row: Vec<usize> = (0..=a.len()).map(|length| length * MOVE).collect();
    for (index, &wanted) in b.iter().enumerate() {
        let mut diagonal = row[0];
        row[0] = (index + 1) * MOVE;
        for (place, &have) in a.iter().enumerate() {
            let substituted = diagonal + substitution_cost(wanted, have);
            diagonal = row[place + 1];
            row[place + 1] = substituted.min(diagonal.min(row[place]) + MOVE);
        }
    }
    row.last().copied().filter(|&cost| cost <= limit)
}

fn substitution_cost(a: u8, b: u8) -> usize {
    match (a == b, a.eq_ignore_ascii_case(&b)) {
        (true, _) => 0,
        (false, true) => CASE,
        (false, false) => MOVE,
    }
}

#[cfg(test)]
mod tests {
    use super::suggest;

    #[test]
    fn the_nearest_name_is_suggested_if_it_is_near() {
        let names = ["sep", "maxsplit"];
        assert_eq!(suggest(names.into_iter(), "se"), Some("sep"));
        assert_eq!(suggest(names.into_iter(), "maxSplit"), Some("maxsplit"));
        assert_eq!(suggest(names.into_iter(), "max_split"), Some("maxsplit"));
        assert_eq!(suggest(names.into_iter(), "separator"), None);
        assert_eq!(suggest(names.into_iter(), "sep"), None);
    }
}
