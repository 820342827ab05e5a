//! Names in scope, and what may be done with each.

use crate::kinds::{Ty, Want, bit};
use crate::syntax::Text;

/// A variable.
#[derive(Clone, Debug)]
pub(crate) struct Variable {
    pub(crate) name: Text,
    pub(crate) ty: Ty,
    /// The block it was bound in, counted from the scope's own.
    pub(crate) level: u32,
    /// Something relies on its kind: an inner function, or more of the same production.
    pub(crate) pinned: bool,
    /// It ends with its block (`except … as e`): no inner function may use it.
    pub(crate) fleeting: bool,
}

/// Where names live.
#[derive(Clone, Debug)]
pub(crate) struct Scope {
    pub(crate) variables: Vec<Variable>,
    /// All names that were ever bound here: outer ones of the same name are out of sight.
    pub(crate) bound: Vec<Text>,
    /// Outer names that were used here: they can't be declared or bound any more.
    pub(crate) used: Vec<Text>,
    /// Whether this is a function (else a comprehension, or the module).
    pub(crate) function: bool,
    pub(crate) level: u32,
}

/// A variable's place: scope and index.
pub(crate) type Place = (usize, usize);

/// The scopes, from the module inwards.
#[derive(Debug)]
pub(crate) struct Scopes {
    pub(crate) all: Vec<Scope>,
    taken: Vec<Text>,
    temporaries: u32,
}

impl Scopes {
    pub(crate) fn new() -> Self {
        let mut scopes = Self { all: Vec::new(), taken: Vec::new(), temporaries: 0 };
        scopes.push(false);
        scopes
    }

    pub(crate) fn push(&mut self, function: bool) {
        self.all.push(Scope { variables: Vec::new(), bound: Vec::new(), used: Vec::new(), function, level: 0 });
    }

    pub(crate) fn pop(&mut self) {
        self.all.pop();
    }

    pub(crate) fn innermost(&mut self) -> &mut Scope {
        self.all.last_mut().expect("the module's scope stays")
    }

    pub(crate) fn enter_block(&mut self) {
        self.innermost().level += 1;
    }

    /// What was bound in the block may be unbound behind it.
    pub(crate) fn leave_block(&mut self) {
        let scope = self.innermost();
        scope.level -= 1;
        let level = scope.level;
        scope.variables.retain(|variable| variable.level <= level);
    }

    /// The variables in sight for which `fits` holds.
    pub(crate) fn visible(&self, fits: impl Fn(&Variable) -> bool) -> Vec<Place> {
        let mut places = Vec::new();
        for (depth, scope) in self.all.iter().enumerate().rev() {
            for (index, variable) in scope.variables.iter().enumerate() {
                if fits(variable)
                    && !self.all[depth + 1..].iter().any(|inner| inner.bound.contains(&variable.name))
                    && !(variable.fleeting && depth + 1 < self.all.len())
                {
                    places.push((depth, index));
                }
            }
        }
        places
    }

    /// Notes that the innermost scope uses a variable.
    pub(crate) fn using(&mut self, (depth, index): Place) -> (Text, Ty) {
        let inner = depth + 1 < self.all.len();
        let variable = &mut self.all[depth].variables[index];
        variable.pinned |= inner;
        let (name, ty) = (variable.name.clone(), variable.ty);
        for scope in &mut self.all[depth + 1..] {
            scope.used.push(name.clone());
        }
        (name, ty)
    }

    /// Binds a name in the innermost scope.
    pub(crate) fn bind(&mut self, name: &Text, ty: Ty, pinned: bool, fleeting: bool) {
        let scope = self.innermost();
        let level = scope.level;
        match scope.variables.iter_mut().find(|variable| variable.name == *name) {
            Some(variable) => {
                variable.ty = ty;
                variable.pinned |= pinned;
            }
            None => scope.variables.push(Variable { name: name.clone(), ty, level, pinned, fleeting }),
        }
        scope.bound.push(name.clone());
    }

    /// A name that nothing has had before.
    pub(crate) fn fresh(&mut self, stem: &str) -> Text {
        let mut name = Text::from(stem);
        let mut number = 1;
        while self.taken.contains(&name) {
            number += 1;
            name = format!("{stem}{number}").into();
        }
        self.taken.push(name.clone());
        name
    }

    pub(crate) fn temporary(&mut self) -> Text {
        self.temporaries += 1;
        format!("t{}", self.temporaries).into()
    }

    /// Variables of the innermost scope that a new value of a kind may be bound to.
    pub(crate) fn rebindable(&self, ty: Ty, same_only: bool) -> Vec<Text> {
        let Some(scope) = self.all.last() else { return Vec::new() };
        let fits = |variable: &&Variable| {
            !variable.fleeting && (variable.ty == ty || (!same_only && !variable.pinned && variable.level == scope.level))
        };
        scope.variables.iter().filter(fits).map(|variable| variable.name.clone()).collect()
    }

    /// What `del`, `global` or `nonlocal` (by the letter of the hole) may name.
    pub(crate) fn declarable(&self, letter: char, want: Want) -> Vec<Place> {
        let fits = |ty: Ty| want.kinds & bit(ty.0) != 0;
        let last = self.all.len() - 1;
        let scope = &self.all[last];
        let mut places = Vec::new();
        let range = match letter {
            'D' => last..last + 1,
            'G' if last > 0 && scope.function => 0..1,
            'C' if last > 1 && scope.function => 1..last,
            _ => return places,
        };
        for depth in range {
            for (index, variable) in self.all[depth].variables.iter().enumerate() {
                let free = match letter {
                    'D' => variable.level == scope.level && !variable.pinned,
                    _ => {
                        (depth == 0 || self.all[depth].function)
                            && self.all[depth + 1..].iter().all(|inner| !inner.bound.contains(&variable.name))
                            && !scope.used.contains(&variable.name)
                    }
                };
                if free && fits(variable.ty) && !variable.fleeting {
                    places.push((depth, index));
                }
            }
        }
        places
    }

    /// Takes a variable out of sight.
    pub(crate) fn forget(&mut self, (depth, index): Place) -> Text {
        self.all[depth].variables.remove(index).name
    }
}
