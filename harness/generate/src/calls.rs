//! Functions and classes that the program has defined, and calls of them.

use crate::kinds::{Kind, Ty, Want, bit};
use crate::scope::Place;
use crate::syntax::{Argument, Expr, Text};
use crate::writer::Writer;

/// A parameter, as a caller sees it.
#[derive(Clone, Debug)]
pub(crate) struct Given {
    pub(crate) name: Text,
    pub(crate) ty: Ty,
    pub(crate) optional: bool,
    pub(crate) by: By,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum By {
    Position,
    Either,
    Keyword,
}

/// A function.
#[derive(Clone, Debug, Default)]
#[allow(clippy::struct_excessive_bools, reason = "they are independent of each other")]
pub(crate) struct Signature {
    pub(crate) given: Vec<Given>,
    pub(crate) star: bool,
    pub(crate) double_star: bool,
    /// Whether a call may raise.
    pub(crate) fails: bool,
    /// Whether it calls nothing of the program's own.
    pub(crate) plain: bool,
    /// Whether the program calls it somewhere.
    pub(crate) called: bool,
    /// About how many statements a call runs.
    pub(crate) cost: u32,
}

/// A class.
#[derive(Clone, Debug, Default)]
pub(crate) struct ClassInfo {
    pub(crate) features: u64,
}

/// The statements that one call may run, with all that it calls.
const COSTLIEST: u32 = 150;

impl Writer<'_> {
    /// Variables that can be called here.
    fn callable(&self, want: Want) -> Vec<Place> {
        self.scopes.visible(|variable| self.fits(variable, want) && self.may_call(variable.ty))
    }

    /// Whether a class or a function of the program's own can be called here.
    pub(crate) fn may_call(&self, ty: Ty) -> bool {
        match ty.0 {
            Kind::Cls => !self.context.quiet,
            Kind::Fn | Kind::GenFn | Kind::CoroFn | Kind::AgenFn => {
                let function = &self.functions[usize::from(ty.1)];
                (self.context.may_fail || !function.fails)
                    && (function.plain || !self.context.quiet)
                    && function.cost * self.context.times <= COSTLIEST
                    && function.given.iter().all(|given| {
                        !matches!(given.ty.0, Kind::Obj) || !self.scopes.visible(|variable| variable.ty == given.ty).is_empty()
                    })
            }
            _ => false,
        }
    }

    /// A call with arguments that fit, or with such that do not; and what was called.
    pub(crate) fn call(&mut self, want: Want, wrong: bool) -> Option<(Expr, Ty)> {
        let places = self.callable(want);
        if places.is_empty() {
            return None;
        }
        let mut place = *self.random.pick(&places);
        // What nothing calls shows nothing.
        let idle = places.iter().find(|place| {
            let Ty(kind, id) = self.scopes.all[place.0].variables[place.1].ty;
            kind != Kind::Cls && !self.functions[usize::from(id)].called
        });
        if let Some(&idle) = idle
            && self.random.percent(70)
        {
            place = idle;
        }
        let (name, ty) = self.scopes.using(place);
        if ty.0 != Kind::Cls {
            self.functions[usize::from(ty.1)].called = true;
        }
        let before = self.context;
        self.context.nested += 1;
        let mut arguments = if ty.0 == Kind::Cls { self.arguments_of_class() } else { self.arguments(ty.1) };
        if wrong {
            let value = self.expression(scalar()).0;
            if self.random.percent(50) {
                arguments.push(Argument::Keyword("missing".into(), value));
            } else {
                // One star may not stand behind two.
                arguments.insert(0, Argument::Star(Expr::List(vec![value; 6])));
            }
        }
        self.context = before;
        Some((Expr::Call(Box::new(Expr::Name(name)), arguments), ty))
    }

    /// Classes take `value` and `other`, which need not be given.
    fn arguments_of_class(&mut self) -> Vec<Argument> {
        let mut arguments = Vec::new();
        let count = self.random.below(3);
        if count > 0 {
            arguments.push(Argument::Positional(self.expression(scalar()).0));
        }
        if count > 1 {
            let value = self.expression(any()).0;
            arguments.push(if self.random.percent(30) {
                Argument::Keyword("other".into(), value)
            } else {
                Argument::Positional(value)
            });
        }
        arguments
    }

    fn arguments(&mut self, id: u16) -> Vec<Argument> {
        let function = self.functions[usize::from(id)].clone();
        let (mut positional, mut keyword, mut starred) = (Vec::new(), Vec::new(), Vec::new());
        // From the first parameter on that is given by keyword, or not at all, none can be given by position.
        let mut by_position = true;
        let star = self.random.percent(15);
        for given in &function.given {
            if given.optional && self.random.percent(40) {
                by_position = false;
                continue;
            }
            let value = self.argument(given.ty);
            match given.by {
                By::Keyword => keyword.push((given.name.clone(), value)),
                By::Either if !by_position || self.random.percent(20) => {
                    by_position = false;
                    keyword.push((given.name.clone(), value));
                }
                By::Position if !by_position => {}
                _ if star => starred.push(value),
                _ => positional.push(value),
            }
        }
        let mut arguments: Vec<Argument> = positional.into_iter().map(Argument::Positional).collect();
        if !starred.is_empty() {
            arguments.push(Argument::Star(if self.random.percent(50) { Expr::List(starred) } else { Expr::Tuple(starred) }));
        }
        if function.star && by_position {
            for _ in 0..self.random.below(3) {
                arguments.push(Argument::Positional(self.expression(scalar()).0));
            }
        }
        if function.double_star {
            for name in ["extra", "more"] {
                if self.random.percent(30) {
                    keyword.push((name.into(), self.expression(scalar()).0));
                }
            }
        }
        if !keyword.is_empty() && self.random.percent(25) {
            let quoted = |name: Text| Expr::Literal(format!("'{name}'").into());
            let entries = keyword.into_iter().map(|(name, value)| (Some(quoted(name)), value)).collect();
            arguments.push(Argument::DoubleStar(Expr::Dict(entries)));
        } else {
            arguments.extend(keyword.into_iter().map(|(name, value)| Argument::Keyword(name, value)));
        }
        arguments
    }

    fn argument(&mut self, ty: Ty) -> Expr {
        if ty.0 == Kind::Obj {
            let places = self.scopes.visible(|variable| variable.ty == ty);
            if !places.is_empty() {
                let place = *self.random.pick(&places);
                return Expr::Name(self.scopes.using(place).0);
            }
        }
        let kinds = if ty.0 == Kind::Scalar {
            scalar().kinds
        } else if ty.0 == Kind::Any {
            any().kinds
        } else {
            bit(ty.0)
        };
        self.expression(Want { kinds, features: 0 }).0
    }
}

fn of(word: &str) -> Want {
    let kinds = crate::kinds::word(word).unwrap_or_default();
    Want { kinds: kinds.iter().fold(0, |bits, &kind| bits | bit(kind)), features: 0 }
}

/// Any plain value.
pub(crate) fn scalar() -> Want {
    of("scalar")
}

/// Any value.
pub(crate) fn any() -> Want {
    of("any")
}
