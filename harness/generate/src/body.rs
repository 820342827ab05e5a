//! Fills the holes of statements: blocks, functions, classes.

use crate::calls::{ClassInfo, any};
use crate::kinds::{Kind, Ty, Want, bit, names};
use crate::production::{Form, Letter, flag};
use crate::sight::Sight;
use crate::syntax::{Argument, Block, Case, Class, Def, Expr, For, Handler, Stmt, Text, Try};
use crate::visit::Visit;
use crate::writer::{Context, Inside, Instance, Writer};

impl Writer<'_> {
    /// Fills statements; `BODY` and its like become as many as they like.
    pub(crate) fn fill_block(&mut self, body: &[Stmt], instance: &mut Instance, into: &mut Block) {
        for statement in body {
            match statement {
                Stmt::Expr(Expr::Name(name)) if &**name == "BODY" => self.body(into),
                Stmt::Expr(Expr::Name(name)) if &**name == "TRY" => self.risky(into),
                Stmt::Expr(Expr::Name(name)) if &**name == "EXIT" => {
                    let exit = self.exit();
                    into.push(exit);
                }
                _ => {
                    let filled = self.fill_statement(statement, instance);
                    into.push(filled);
                }
            }
        }
    }

    /// Up to three statements.
    fn body(&mut self, into: &mut Block) {
        let most = if self.budget > 6 { 3 } else { 1 };
        into.extend(self.statements(1, most));
    }

    /// Statements of which one, likely, fails.
    fn risky(&mut self, into: &mut Block) {
        let before = self.context.may_fail;
        self.context.may_fail = true;
        if self.random.percent(40) {
            self.body(into);
        }
        self.hungry = self.random.percent(70);
        into.extend(self.statements(1, 1));
        self.hungry = false;
        if self.random.percent(30) {
            self.body(into);
        }
        self.context.may_fail = before;
    }

    /// A way out of the block that is written.
    fn exit(&mut self) -> Stmt {
        let mut ways: Vec<Stmt> = Vec::new();
        let context = self.context;
        if context.in_loop && !context.no_exit {
            ways.extend([Stmt::Break, Stmt::Continue]);
        }
        if context.inside != Inside::Module && !context.no_exit {
            let kinds = if context.returns == Kind::Any { any().kinds } else { bit(context.returns) };
            let bare = context.inside == Inside::AsyncGenerator;
            ways.push(Stmt::Return(if bare { None } else { Some(self.expression(Want { kinds, features: 0 }).0) }));
        }
        if context.may_fail {
            let error = self.expression(Want { kinds: bit(Kind::Exc), features: 0 }).0;
            ways.push(Stmt::Raise(Some(error), None));
        }
        if ways.is_empty() { Stmt::Pass } else { ways.swap_remove(self.random.index(ways.len())) }
    }

    /// A block of its own: what is bound in it is forgotten behind it.
    fn suite(&mut self, body: &Block, instance: &mut Instance, change: impl FnOnce(&mut Context)) -> Block {
        let mut filled = Block::new();
        if body.is_empty() {
            return filled;
        }
        let before = self.context;
        self.context.depth += 1;
        change(&mut self.context);
        self.scopes.enter_block();
        self.fill_block(body, instance, &mut filled);
        self.scopes.leave_block();
        self.context = before;
        filled
    }

    fn fill_statement(&mut self, statement: &Stmt, instance: &mut Instance) -> Stmt {
        match statement {
            Stmt::Expr(value) => Stmt::Expr(self.fill_expr(value, instance)),
            Stmt::Assign(targets, value) => {
                let value = self.fill_expr(value, instance);
                Stmt::Assign(targets.iter().map(|target| self.fill_expr(target, instance)).collect(), value)
            }
            Stmt::Augmented(target, operator, value) => {
                let target = self.fill_expr(target, instance);
                Stmt::Augmented(target, operator, self.fill_expr(value, instance))
            }
            Stmt::Annotated(target, annotation, value) => {
                let value = value.as_ref().map(|value| self.fill_expr(value, instance));
                let target = self.fill_expr(target, instance);
                Stmt::Annotated(target, self.fill_expr(annotation, instance), value)
            }
            Stmt::Delete(targets) => {
                let targets: Vec<Expr> = targets.iter().map(|target| self.fill_expr(target, instance)).collect();
                let scope = self.scopes.innermost();
                for target in &targets {
                    scope.variables.retain(|variable| !matches!(target, Expr::Name(name) if *name == variable.name));
                }
                Stmt::Delete(targets)
            }
            Stmt::Pass | Stmt::Break | Stmt::Continue | Stmt::Import(_) => statement.clone(),
            Stmt::Return(value) => Stmt::Return(value.as_ref().map(|value| self.fill_expr(value, instance))),
            Stmt::Raise(what, cause) => {
                let what = what.as_ref().map(|what| self.fill_expr(what, instance));
                Stmt::Raise(what, cause.as_ref().map(|cause| self.fill_expr(cause, instance)))
            }
            Stmt::Global(names) => Stmt::Global(names.iter().map(|name| self.bound_name(name, instance)).collect()),
            Stmt::Nonlocal(names) => Stmt::Nonlocal(names.iter().map(|name| self.bound_name(name, instance)).collect()),
            Stmt::Assert(test, message) => {
                let test = self.fill_expr(test, instance);
                Stmt::Assert(test, message.as_ref().map(|message| self.fill_expr(message, instance)))
            }
            Stmt::If(arms, otherwise) => {
                let mut arm = |(test, body): &(Expr, Block)| (self.fill_expr(test, instance), self.suite(body, instance, |_| {}));
                let arms = arms.iter().map(&mut arm).collect();
                Stmt::If(arms, self.suite(otherwise, instance, |_| {}))
            }
            Stmt::While(test, body, otherwise) => {
                let test = self.fill_expr(test, instance);
                let body = self.suite(body, instance, looping);
                Stmt::While(test, body, self.suite(otherwise, instance, |_| {}))
            }
            Stmt::For(it) => {
                let iter = self.fill_expr(&it.iter, instance);
                // The target belongs to the block: it is unbound where nothing is iterated over.
                self.scopes.enter_block();
                let target = self.fill_expr(&it.target, instance);
                let body = self.suite(&it.body, instance, looping);
                self.scopes.leave_block();
                let otherwise = self.suite(&it.otherwise, instance, |_| {});
                Stmt::For(Box::new(For { is_async: it.is_async, target, iter, body, otherwise }))
            }
            Stmt::Try(it) => self.fill_try(it, instance),
            Stmt::With { is_async, items, body } => {
                let mut filled = Vec::new();
                for (manager, target) in items {
                    let manager = self.fill_expr(manager, instance);
                    filled.push((manager, target.as_ref().map(|target| self.fill_expr(target, instance))));
                }
                Stmt::With { is_async: *is_async, items: filled, body: self.suite(body, instance, |_| {}) }
            }
            Stmt::Match(subject, cases) => {
                let subject = self.fill_expr(subject, instance);
                let mut filled = Vec::new();
                for case in cases {
                    self.scopes.enter_block();
                    let fresh = std::mem::replace(&mut self.fresh, true);
                    let pattern = self.fill_pattern(&case.pattern, instance);
                    self.fresh = fresh;
                    let guard = case.guard.as_ref().map(|guard| self.fill_expr(guard, instance));
                    let body = self.suite(&case.body, instance, |_| {});
                    self.scopes.leave_block();
                    filled.push(Case { pattern, guard, body });
                }
                Stmt::Match(subject, filled)
            }
            Stmt::Def(it) => self.fill_def(it, instance),
            Stmt::Class(it) => self.fill_class(it, instance),
        }
    }

    fn fill_try(&mut self, it: &Try, instance: &mut Instance) -> Stmt {
        let body = self.suite(&it.body, instance, |_| {});
        let otherwise = self.suite(&it.otherwise, instance, |_| {});
        let mut handlers = Vec::new();
        for handler in &it.handlers {
            let kind = handler.kind.as_ref().map(|kind| self.fill_expr(kind, instance));
            self.scopes.enter_block();
            let name = handler.name.as_ref().map(|name| self.handler_name(name, instance));
            let body = self.suite(&handler.body, instance, |context| context.no_exit |= it.star);
            self.scopes.leave_block();
            handlers.push(Handler { kind, name, body });
        }
        let finally = self.suite(&it.finally, instance, |_| {});
        Stmt::Try(Box::new(Try { body, handlers, star: it.star, otherwise, finally }))
    }

    /// The name of a handler is unbound behind it: a new one, and no inner function sees it.
    fn handler_name(&mut self, name: &Text, instance: &mut Instance) -> Text {
        let Some(hole) = self.table.hole(name) else { return name.clone() };
        let name = self.scopes.fresh(names(Kind::Exc)[0]);
        self.scopes.bind(&name, Ty(Kind::Exc, 0), true, true);
        let letter = if hole.letter == Letter::Temporary { "T" } else { "N" };
        instance.memo.push((letter, hole.number, hole.want.kinds, name.clone()));
        name
    }

    fn fill_def(&mut self, it: &Def, instance: &mut Instance) -> Stmt {
        let decorators = it.decorators.iter().map(|one| self.fill_expr(one, instance)).collect();
        let defaults = self.fill_defaults(&it.parameters, instance);
        let type_parameters = it.type_parameters.clone();
        let returns = it.returns.as_ref().map(|one| self.fill_expr(one, instance));
        let hole = self.table.hole(&it.name);
        let hole = hole.filter(|hole| hole.letter == Letter::New);
        let name = match hole {
            Some(hole)
                if hole.number == 0
                    || !instance
                        .memo
                        .iter()
                        .any(|known| known.0 == "N" && known.1 == hole.number && known.2 == hole.want.kinds) =>
            {
                let stem = *self.random.pick(names(first_kind(hole.want)));
                let name = self.scopes.fresh(stem);
                instance.memo.push(("N", hole.number, hole.want.kinds, name.clone()));
                name
            }
            _ => self.bound_name(&it.name, instance),
        };
        let (before, cost) = (self.context, std::mem::take(&mut self.cost));
        self.scopes.push(true);
        let yields = yields(&it.body);
        self.context = Context {
            inside: match (it.is_async, yields) {
                (false, false) => Inside::Function,
                (false, true) => Inside::Generator,
                (true, false) => Inside::Coroutine,
                (true, true) => Inside::AsyncGenerator,
            },
            depth: before.depth + 1,
            nested: 0,
            // What fails in a function that nothing is known of, fails where it is called.
            may_fail: hole.is_some_and(|hole| hole.want.kinds == bit(Kind::Fn)) && !before.quiet && self.random.percent(30),
            in_loop: false,
            quiet: before.quiet || hole.is_none() || yields || it.is_async || self.random.percent(50),
            in_fstring: false,
            no_walrus: false,
            no_exit: false,
            times: 4,
            returns: instance.returns.unwrap_or(Kind::Any),
        };
        let (parameters, mut signature) = self.fill_parameters(&it.parameters, defaults, instance);
        for star in [&parameters.star, &parameters.double_star].into_iter().flatten() {
            let kind = if Some(star) == parameters.star.as_ref() { Kind::Tuple } else { Kind::Dict };
            self.scopes.bind(star, Ty(kind, 0), true, false);
        }
        let mut body = Block::new();
        self.fill_block(&it.body, instance, &mut body);
        signature.fails = self.context.may_fail;
        signature.plain = self.context.quiet;
        signature.cost = self.cost / 4 + 2;
        self.scopes.pop();
        self.context = before;
        self.cost = cost;
        if let Some(hole) = hole {
            let ty = Ty(first_kind(hole.want), self.functions.len() as u16);
            self.functions.push(signature);
            self.scopes.bind(&name, ty, true, false);
            instance.latest.push(ty);
        }
        Stmt::Def(Box::new(Def { is_async: it.is_async, decorators, name, type_parameters, parameters, returns, body }))
    }

    fn fill_class(&mut self, it: &Class, instance: &mut Instance) -> Stmt {
        let decorators = it.decorators.iter().map(|one| self.fill_expr(one, instance)).collect();
        let mut info = ClassInfo::default();
        let mut arguments = Vec::new();
        let mut inherits = false;
        let has_init = it.body.iter().any(|one| matches!(one, Stmt::Def(def) if &*def.name == "__init__"));
        for argument in &it.arguments {
            match argument {
                Argument::Positional(Expr::Name(name)) if &**name == "BASES" => {
                    if let Some(base) = self.base(&mut info) {
                        inherits = true;
                        arguments.push(Argument::Positional(base));
                    }
                }
                _ => arguments.extend(self.fill_arguments(std::slice::from_ref(argument), instance)),
            }
        }
        let hole = self.table.hole(&it.name).filter(|hole| hole.letter == Letter::New);
        let name = match hole {
            Some(hole) => {
                let stem = *self.random.pick(names(first_kind(hole.want)));
                let name = self.scopes.fresh(stem);
                instance.memo.push(("N", hole.number, hole.want.kinds, name.clone()));
                name
            }
            None => self.bound_name(&it.name, instance),
        };
        let before = self.context;
        self.context.quiet = true;
        self.context.may_fail = false;
        self.context.no_walrus = true;
        self.context.depth += 1;
        let mut body = Block::new();
        for statement in &it.body {
            match statement {
                Stmt::Expr(Expr::Name(name)) if &**name == "MEMBERS" => {
                    let init = !has_init && (!inherits || self.random.percent(30));
                    self.members(&mut info, init, &mut body);
                }
                _ => self.fill_block(std::slice::from_ref(statement), instance, &mut body),
            }
        }
        self.context = before;
        if let Some(hole) = hole {
            let kind = first_kind(hole.want);
            let id = if kind == Kind::Cls { self.classes.len() as u16 } else { 0 };
            if kind == Kind::Cls {
                self.classes.push(info);
            }
            self.scopes.bind(&name, Ty(kind, id), true, false);
            instance.latest.push(Ty(kind, id));
        }
        Stmt::Class(Box::new(Class { decorators, name, type_parameters: it.type_parameters.clone(), arguments, body }))
    }

    /// A class to inherit from, sometimes; with it come its features.
    fn base(&mut self, info: &mut ClassInfo) -> Option<Expr> {
        let places = self.variables(Want { kinds: bit(Kind::Cls), features: 0 });
        if places.is_empty() || self.random.percent(50) {
            return None;
        }
        let place = *self.random.pick(&places);
        let (name, ty) = self.scopes.using(place);
        info.features = self.classes[usize::from(ty.1)].features;
        Some(Expr::Name(name))
    }

    fn members(&mut self, info: &mut ClassInfo, init: bool, body: &mut Block) {
        let table = self.table;
        let mut used = Vec::new();
        let wanted = 1 + self.random.below(3);
        for round in 0..wanted + u32::from(init) {
            let initial = init && round == 0;
            let sight = Sight::new(self);
            let weights: Vec<u32> = table
                .members
                .iter()
                .map(|&index| {
                    let production = &table.all[index];
                    let fits = production.has(flag::INIT) == initial
                        && (production.has(flag::MANY) || !used.contains(&index))
                        && (production.provides == 0 || info.features & production.provides != production.provides)
                        && !production.has(sight.forbidden)
                        && self.applicable(production, &sight);
                    if fits { self.weights[index] } else { 0 }
                })
                .collect();
            let Some(chosen) = self.random.weighted(&weights) else { continue };
            let index = table.members[chosen];
            used.push(index);
            let production = &table.all[index];
            info.features = (info.features & !production.drops) | production.provides;
            if let Form::Statements(statements) = &production.form {
                let mut instance = Instance { returns: Some(production.returns), ..Instance::default() };
                self.fill_block(statements, &mut instance, body);
            }
        }
    }
}

fn looping(context: &mut Context) {
    context.in_loop = true;
    context.times *= 3;
}

fn first_kind(want: Want) -> Kind {
    crate::kinds::kinds(want.kinds).next().unwrap_or(Kind::Any)
}

/// Whether a body yields by itself.
fn yields(body: &Block) -> bool {
    struct Yields(bool);
    impl Visit for Yields {
        fn expr(&mut self, value: &Expr) {
            self.0 |= matches!(value, Expr::Yield(_) | Expr::YieldFrom(_));
            if !matches!(value, Expr::Lambda(..)) {
                self.walk_expr(value);
            }
        }
        fn stmt(&mut self, statement: &Stmt) {
            if !matches!(statement, Stmt::Def(_) | Stmt::Class(_)) {
                self.walk_stmt(statement);
            }
        }
    }
    let mut found = Yields(false);
    found.block(body);
    found.0
}
