//! Writes one program: chooses productions and keeps account of names, kinds, and what may fail.

use crate::calls::{ClassInfo, Signature};
use crate::kinds::{Kind, Ty, Want, bit, kinds, names};
use crate::production::{Form, Production, Table, flag};
use crate::random::Random;
use crate::scope::{Place, Scopes, Variable};
use crate::sight::Sight;
use crate::syntax::{Block, Expr, Stmt, Text};
use crate::visit::lines;

/// What encloses the place that is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Inside {
    Module,
    Function,
    Generator,
    Coroutine,
    AsyncGenerator,
}

/// What holds at the place that is written.
#[derive(Clone, Copy, Debug)]
#[allow(clippy::struct_excessive_bools, reason = "they are independent of each other")]
pub(crate) struct Context {
    pub(crate) inside: Inside,
    /// Blocks around.
    pub(crate) depth: u32,
    /// Expressions around.
    pub(crate) nested: u32,
    /// Whether what fails here is caught.
    pub(crate) may_fail: bool,
    pub(crate) in_loop: bool,
    /// No code of the program's own may be called: it could come back here.
    pub(crate) quiet: bool,
    pub(crate) in_fstring: bool,
    /// `:=` is not allowed.
    pub(crate) no_walrus: bool,
    /// `break`, `continue` and `return` are not allowed.
    pub(crate) no_exit: bool,
    /// How often this runs, about.
    pub(crate) times: u32,
    /// What `return` gives.
    pub(crate) returns: Kind,
}

/// How deep expressions nest.
const DEEPEST_EXPRESSION: u32 = 3;
/// How deep blocks nest.
const DEEPEST_BLOCK: u32 = 4;
/// How often a statement may run before nothing may grow any more.
const GROWS_UP_TO: u32 = 8;

/// Kinds of which it must be known which one it is.
const NUMBERED: u64 = bit(Kind::Fn) | bit(Kind::GenFn) | bit(Kind::CoroFn) | bit(Kind::AgenFn) | bit(Kind::Cls) | bit(Kind::Obj);

/// What one production's holes stand for.
#[derive(Default)]
pub(crate) struct Instance {
    pub(crate) memo: Vec<(&'static str, u8, u64, Text)>,
    /// The latest function, class or instance of each kind.
    pub(crate) latest: Vec<Ty>,
    pub(crate) returns: Option<Kind>,
    /// Variables of these kinds must be of the innermost scope.
    pub(crate) assigned: &'static [Want],
}

impl Instance {
    pub(crate) fn latest(&self, kind: Kind) -> Ty {
        let numbered = bit(kind) & NUMBERED != 0;
        let known = self.latest.iter().rev().find(|ty| ty.0 == kind).copied();
        known.unwrap_or(Ty(if numbered { Kind::Any } else { kind }, 0))
    }
}

pub(crate) struct Writer<'g> {
    pub(crate) table: &'static Table,
    pub(crate) weights: &'g [u32],
    pub(crate) random: Random,
    pub(crate) scopes: Scopes,
    pub(crate) context: Context,
    pub(crate) functions: Vec<Signature>,
    pub(crate) classes: Vec<ClassInfo>,
    /// Lines that may still be written.
    pub(crate) budget: i32,
    /// Something should fail soon.
    pub(crate) hungry: bool,
    /// Names must be new ones.
    pub(crate) fresh: bool,
    pub(crate) cost: u32,
}

impl<'g> Writer<'g> {
    pub(crate) fn new(weights: &'g [u32], random: Random, budget: i32) -> Self {
        let context = Context {
            inside: Inside::Module,
            depth: 0,
            nested: 0,
            may_fail: false,
            in_loop: false,
            quiet: false,
            in_fstring: false,
            no_walrus: false,
            no_exit: false,
            times: 1,
            returns: Kind::Any,
        };
        Self {
            table: Table::get(),
            weights,
            random,
            scopes: Scopes::new(),
            context,
            functions: Vec::new(),
            classes: Vec::new(),
            budget,
            hungry: false,
            fresh: false,
            cost: 0,
        }
    }

    /// Whether a variable is what a hole asks for.
    pub(crate) fn fits(&self, variable: &Variable, want: Want) -> bool {
        let Ty(kind, id) = variable.ty;
        want.kinds & bit(kind) != 0
            && (want.features == 0
                || (matches!(kind, Kind::Obj | Kind::Cls)
                    && self.classes[usize::from(id)].features & want.features == want.features))
    }

    pub(crate) fn variables(&self, want: Want) -> Vec<Place> {
        self.scopes.visible(|variable| self.fits(variable, want))
    }

    /// The variables of the innermost scope.
    pub(crate) fn own_variables(&self, want: Want) -> Vec<Place> {
        let mut places = self.variables(want);
        places.retain(|place| place.0 + 1 == self.scopes.all.len());
        places
    }

    /// The flags of productions that may not stand here.
    pub(crate) fn forbidden(&self) -> u32 {
        let context = &self.context;
        let is = |inside: &[Inside]| inside.contains(&context.inside);
        let allowed = [
            (flag::FAILS, context.may_fail),
            (flag::DISPATCH, !context.quiet),
            (flag::GROWS, context.times <= GROWS_UP_TO),
            (flag::LOOP, context.in_loop && !context.no_exit),
            (flag::FUNC, is(&[Inside::Function]) && !context.no_exit),
            (flag::GEN, is(&[Inside::Generator]) && !context.no_exit),
            (flag::ASYNC, is(&[Inside::Coroutine, Inside::AsyncGenerator])),
            (flag::AGEN, is(&[Inside::AsyncGenerator])),
            (flag::TOP, is(&[Inside::Module]) && context.depth == 0),
            (flag::DEF, context.depth <= 1 && !context.quiet),
            (flag::CLASS, context.depth == 0 && !context.quiet),
            (flag::BARE, !context.in_fstring),
            (flag::NAMED, !context.no_walrus),
        ];
        allowed.into_iter().filter(|(_, holds)| !holds).fold(0, |all, (flag, _)| all | flag)
    }

    /// Whether a production that is not forbidden has here what it needs.
    pub(crate) fn applicable(&self, production: &Production, sight: &Sight) -> bool {
        production.variables.iter().all(|&want| sight.has(want))
            && production.assigned.iter().all(|&want| sight.has_own(want))
            && production.requires.iter().all(|&want| sight.can_have(want))
            && production.calls.iter().all(|&want| sight.can_call(want))
            && production.declares.iter().all(|&(letter, want)| !self.scopes.declarable(letter, want).is_empty())
    }

    fn weigh(&self, all: &[usize], also: impl Fn(&Production) -> bool) -> Vec<u32> {
        let sight = Sight::new(self);
        let weight = |&index: &usize| {
            let weight = self.weights[index];
            // The cheapest question first: it is asked of hundreds.
            if weight == 0 || self.table.flags[index] & sight.forbidden != 0 {
                return 0;
            }
            let production = &self.table.all[index];
            if also(production) && self.applicable(production, &sight) { weight } else { 0 }
        };
        all.iter().map(weight).collect()
    }

    /// An expression of one of the wanted kinds, and of which.
    pub(crate) fn expression(&mut self, want: Want) -> (Expr, Ty) {
        let places = self.variables(want);
        let full = self.context.nested >= DEEPEST_EXPRESSION;
        let makes = want.kinds & crate::kinds::DEFINED != want.kinds || Sight::new(self).can_make(want);
        if !places.is_empty() && (!makes || self.random.percent(if full { 75 } else { 40 })) {
            let place = *self.random.pick(&places);
            let (name, ty) = self.scopes.using(place);
            return (Expr::Name(name), ty);
        }
        let possible: Vec<Kind> = kinds(want.kinds).filter(|kind| !self.table.by_kind[*kind as usize].is_empty()).collect();
        for _ in 0..4 {
            if possible.is_empty() {
                break;
            }
            let kind = *self.random.pick(&possible);
            if let Some(made) = self.make(kind, want, full) {
                return made;
            }
        }
        if let Some(&place) = places.first() {
            let (name, ty) = self.scopes.using(place);
            return (Expr::Name(name), ty);
        }
        let all = possible.iter().find_map(|&kind| self.make(kind, want, true));
        all.unwrap_or_else(|| (Expr::Literal("None".into()), Ty(Kind::Nothing, 0)))
    }

    fn make(&mut self, kind: Kind, want: Want, full: bool) -> Option<(Expr, Ty)> {
        let table = self.table;
        let all = &table.by_kind[kind as usize];
        if kind == Kind::Obj && want.features != 0 {
            let class = Want { kinds: bit(Kind::Cls), features: want.features };
            return self.call(class, false).map(|(value, ty)| (value, Ty(Kind::Obj, ty.1)));
        }
        let hungry = self.hungry && self.context.may_fail && self.context.nested > 0 && self.random.percent(60);
        let mut chosen = None;
        if hungry {
            chosen = self.random.weighted(&self.weigh(all, |production| production.has(flag::FAILS)));
            self.hungry &= chosen.is_none();
        }
        if chosen.is_none() {
            chosen = self.random.weighted(&self.weigh(all, |production| !full || production.has(flag::LEAF)));
        }
        let production = &table.all[all[chosen?]];
        let Form::Expression(_, value) = &production.form else { return None };
        let before = self.context;
        self.context.nested += 1;
        let mut instance = Instance::default();
        let value = self.fill_expr(value, &mut instance);
        self.context = before;
        let ty = match kind {
            Kind::Obj => match instance.latest(Kind::Cls) {
                Ty(Kind::Cls, id) => Ty(kind, id),
                _ => Ty(Kind::Any, 0),
            },
            _ if bit(kind) & NUMBERED != 0 => instance.latest(kind),
            _ => Ty(kind, 0),
        };
        Some((value, ty))
    }

    /// Between `least` and `most` statements.
    pub(crate) fn statements(&mut self, least: u32, most: u32) -> Block {
        let mut body = Block::new();
        for _ in 0..least + self.random.below(most - least + 1) {
            self.statement(&mut body, |_| true);
        }
        if body.is_empty() {
            body.push(Stmt::Pass);
        }
        body
    }

    /// Writes one more statement (or what goes together); false where no production fits.
    pub(crate) fn statement(&mut self, into: &mut Block, also: impl Fn(&Production) -> bool) -> bool {
        let table = self.table;
        let simple = self.context.depth >= DEEPEST_BLOCK || self.budget < 3;
        let (budget, top) = (self.budget.max(1) as u32, self.context.depth == 0);
        let weights = self.weigh(&table.statements, |production| {
            (!simple || production.simple) && (top || production.lines <= budget) && also(production)
        });
        let Some(chosen) = self.random.weighted(&weights) else { return false };
        let production = &table.all[table.statements[chosen]];
        let Form::Statements(body) = &production.form else { return false };
        let before = self.context;
        self.context.nested = 0;
        let mut instance = Instance { returns: Some(production.returns), assigned: &production.assigned, ..Instance::default() };
        let start = into.len();
        self.fill_block(body, &mut instance, into);
        self.context = before;
        self.cost += self.context.times * (into.len() - start) as u32;
        if simple || production.simple || top {
            self.budget -= lines(&into[start..]) as i32;
        } else {
            self.budget -= 1;
        }
        true
    }

    /// The name that a new value is bound to.
    pub(crate) fn target(&mut self, ty: Ty, numbered: bool) -> Text {
        let same = self.scopes.rebindable(ty, true);
        let other = self.scopes.rebindable(ty, false);
        let name = if self.fresh {
            self.shadow(ty)
        } else if !same.is_empty() && self.random.percent(35) {
            self.random.pick(&same).clone()
        } else if !other.is_empty() && !numbered && self.random.percent(12) {
            self.random.pick(&other).clone()
        } else {
            let stem = *self.random.pick(names(ty.0));
            self.scopes.fresh(stem)
        };
        self.scopes.bind(&name, ty, numbered, false);
        name
    }

    /// A name of a scope of its own: a new one, or one that hides an outer variable.
    fn shadow(&mut self, ty: Ty) -> Text {
        let scope = self.scopes.innermost();
        let (used, bound) = (scope.used.clone(), scope.bound.clone());
        let outer = self.scopes.visible(|variable| {
            !matches!(&*variable.name, "args" | "kwargs") && !used.contains(&variable.name) && !bound.contains(&variable.name)
        });
        if !outer.is_empty() && self.random.percent(15) {
            let (depth, index) = *self.random.pick(&outer);
            return self.scopes.all[depth].variables[index].name.clone();
        }
        let stem = *self.random.pick(names(ty.0));
        self.scopes.fresh(stem)
    }
}
