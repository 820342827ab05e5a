//! Fills the holes of expressions and patterns.

use crate::calls::{By, Given, Signature};
use crate::kinds::{Kind, Ty, Want, bit, kinds};
use crate::production::{Hole, Letter};
use crate::syntax::{Argument, Clause, Expr, Parameter, Parameters, Pattern, Piece, Text};
use crate::writer::{Inside, Instance, Writer};

impl Writer<'_> {
    pub(crate) fn fill_expr(&mut self, value: &Expr, instance: &mut Instance) -> Expr {
        match value {
            Expr::Name(name) => self.fill_name(name, instance),
            Expr::Literal(_) => value.clone(),
            Expr::FString(pieces) => {
                let before = std::mem::replace(&mut self.context.in_fstring, true);
                let pieces = self.fill_pieces(pieces, instance);
                self.context.in_fstring = before;
                Expr::FString(pieces)
            }
            Expr::Tuple(items) => Expr::Tuple(self.fill_all(items, instance)),
            Expr::List(items) => Expr::List(self.fill_all(items, instance)),
            Expr::Set(items) => Expr::Set(self.fill_all(items, instance)),
            Expr::Bool(operator, items) => Expr::Bool(operator, self.fill_all(items, instance)),
            Expr::Dict(entries) => {
                let mut entry = |(key, value): &(Option<Expr>, Expr)| {
                    (key.as_ref().map(|key| self.fill_expr(key, instance)), self.fill_expr(value, instance))
                };
                Expr::Dict(entries.iter().map(&mut entry).collect())
            }
            Expr::Unary(operator, a) => Expr::Unary(operator, self.fill_box(a, instance)),
            Expr::Binary(a, operator, b) => {
                let a = self.fill_box(a, instance);
                Expr::Binary(a, operator, self.fill_box(b, instance))
            }
            Expr::Compare(left, rest) => {
                let left = self.fill_box(left, instance);
                Expr::Compare(left, rest.iter().map(|(operator, right)| (*operator, self.fill_expr(right, instance))).collect())
            }
            Expr::Call(callee, arguments) => {
                let callee = self.fill_box(callee, instance);
                Expr::Call(callee, self.fill_arguments(arguments, instance))
            }
            Expr::Attribute(owner, name) => {
                let owner = self.fill_box(owner, instance);
                Expr::Attribute(owner, self.bound_name(name, instance))
            }
            Expr::Subscript(owner, index) => {
                let owner = self.fill_box(owner, instance);
                Expr::Subscript(owner, self.fill_box(index, instance))
            }
            Expr::Slice(a, b, c) => {
                let mut part = |part: &Option<Box<Expr>>| part.as_ref().map(|part| self.fill_box(part, instance));
                Expr::Slice(part(a), part(b), part(c))
            }
            Expr::Starred(a) => Expr::Starred(self.fill_box(a, instance)),
            Expr::Named(name, a) => {
                let a = self.fill_box(a, instance);
                Expr::Named(self.bound_name(name, instance), a)
            }
            Expr::IfElse { test, then, other } => {
                let test = self.fill_box(test, instance);
                let then = self.fill_box(then, instance);
                Expr::IfElse { test, then, other: self.fill_box(other, instance) }
            }
            Expr::Lambda(parameters, body) => self.fill_lambda(parameters, body, instance),
            Expr::Comprehension(kind, item, value, clauses) => {
                self.scopes.push(false);
                let before = self.context;
                self.context.times *= 3;
                let clauses = clauses.iter().map(|clause| self.fill_clause(clause, instance)).collect();
                let item = self.fill_box(item, instance);
                let value = value.as_ref().map(|value| self.fill_box(value, instance));
                self.context = before;
                self.scopes.pop();
                Expr::Comprehension(*kind, item, value, clauses)
            }
            Expr::Await(a) => Expr::Await(self.fill_box(a, instance)),
            Expr::Yield(a) => Expr::Yield(a.as_ref().map(|a| self.fill_box(a, instance))),
            Expr::YieldFrom(a) => Expr::YieldFrom(self.fill_box(a, instance)),
        }
    }

    fn fill_box(&mut self, value: &Expr, instance: &mut Instance) -> Box<Expr> {
        Box::new(self.fill_expr(value, instance))
    }

    fn fill_all(&mut self, items: &[Expr], instance: &mut Instance) -> Vec<Expr> {
        items.iter().map(|item| self.fill_expr(item, instance)).collect()
    }

    pub(crate) fn fill_arguments(&mut self, arguments: &[Argument], instance: &mut Instance) -> Vec<Argument> {
        let mut one = |argument: &Argument| match argument {
            Argument::Positional(a) => Argument::Positional(self.fill_expr(a, instance)),
            Argument::Star(a) => Argument::Star(self.fill_expr(a, instance)),
            Argument::Keyword(name, a) => {
                let value = self.fill_expr(a, instance);
                Argument::Keyword(self.bound_name(name, instance), value)
            }
            Argument::DoubleStar(a) => Argument::DoubleStar(self.fill_expr(a, instance)),
        };
        arguments.iter().map(&mut one).collect()
    }

    fn fill_pieces(&mut self, pieces: &[Piece], instance: &mut Instance) -> Vec<Piece> {
        let mut one = |piece: &Piece| match piece {
            Piece::Text(_) => piece.clone(),
            Piece::Value { value, debug, conversion, spec } => Piece::Value {
                value: self.fill_expr(value, instance),
                debug: *debug,
                conversion: *conversion,
                spec: self.fill_pieces(spec, instance),
            },
        };
        pieces.iter().map(&mut one).collect()
    }

    fn fill_clause(&mut self, clause: &Clause, instance: &mut Instance) -> Clause {
        let no_walrus = std::mem::replace(&mut self.context.no_walrus, true);
        let iter = self.fill_expr(&clause.iter, instance);
        self.context.no_walrus = no_walrus;
        let fresh = std::mem::replace(&mut self.fresh, true);
        let target = self.fill_expr(&clause.target, instance);
        self.fresh = fresh;
        Clause { is_async: clause.is_async, target, iter, tests: self.fill_all(&clause.tests, instance) }
    }

    fn fill_lambda(&mut self, parameters: &Parameters, body: &Expr, instance: &mut Instance) -> Expr {
        let defaults = self.fill_defaults(parameters, instance);
        let (before, cost) = (self.context, std::mem::take(&mut self.cost));
        self.scopes.push(true);
        // A lambda is called from anywhere: it does nothing that may fail, and nothing that could come back to it.
        self.context.inside = Inside::Function;
        self.context.may_fail = false;
        self.context.quiet = true;
        self.context.times = 4;
        let (parameters, mut signature) = self.fill_parameters(parameters, defaults, instance);
        let body = self.fill_expr(body, instance);
        self.scopes.pop();
        self.context = before;
        self.cost = cost;
        signature.plain = true;
        signature.cost = 2;
        self.functions.push(signature);
        instance.latest.push(Ty(Kind::Fn, (self.functions.len() - 1) as u16));
        Expr::Lambda(Box::new(parameters), Box::new(body))
    }

    /// Defaults and annotations: they belong to the scope around the function.
    pub(crate) fn fill_defaults(&mut self, parameters: &Parameters, instance: &mut Instance) -> Vec<(Option<Expr>, Option<Expr>)> {
        let all = parameters.positional.iter().chain(&parameters.either).chain(&parameters.keyword);
        all.map(|parameter| {
            let annotation = parameter.annotation.as_ref().map(|annotation| self.fill_expr(annotation, instance));
            (annotation, parameter.default.as_ref().map(|default| self.fill_expr(default, instance)))
        })
        .collect()
    }

    /// Binds the parameters in the function's scope.
    pub(crate) fn fill_parameters(
        &mut self,
        parameters: &Parameters,
        defaults: Vec<(Option<Expr>, Option<Expr>)>,
        instance: &mut Instance,
    ) -> (Parameters, Signature) {
        let mut defaults = defaults.into_iter();
        let mut signature =
            Signature { star: parameters.star.is_some(), double_star: parameters.double_star.is_some(), ..Signature::default() };
        let mut filled = Parameters::default();
        let before = std::mem::replace(&mut self.fresh, true);
        let groups = [
            (&parameters.positional, &mut filled.positional, By::Position),
            (&parameters.either, &mut filled.either, By::Either),
            (&parameters.keyword, &mut filled.keyword, By::Keyword),
        ];
        for (from, to, by) in groups {
            for parameter in from {
                let (annotation, default) = defaults.next().unwrap_or_default();
                let ty = match self.table.hole(&parameter.name) {
                    Some(hole) => self.parameter_ty(hole),
                    None => Ty(Kind::Scalar, 0),
                };
                if ty.0 == Kind::Obj {
                    instance.latest.push(ty);
                }
                let name = self.bound_name(&parameter.name, instance);
                signature.given.push(Given { name: name.clone(), ty, optional: default.is_some(), by });
                to.push(Parameter { name, annotation, default });
            }
        }
        filled.star = parameters.star.as_ref().map(|name| self.bound_name(name, instance));
        filled.double_star = parameters.double_star.as_ref().map(|name| self.bound_name(name, instance));
        self.fresh = before;
        (filled, signature)
    }

    fn parameter_ty(&mut self, hole: Hole) -> Ty {
        let kind = kinds(hole.want.kinds).next().unwrap_or(Kind::Any);
        let kind = if hole.want.kinds.count_ones() > 1 { general(hole.want) } else { kind };
        if kind != Kind::Obj {
            return Ty(kind, 0);
        }
        // An instance of a class that something in sight is an instance of.
        let places = self.variables(hole.want);
        if places.is_empty() {
            return Ty(Kind::Any, 0);
        }
        let (depth, index) = *self.random.pick(&places);
        self.scopes.all[depth].variables[index].ty
    }

    /// What stands for a name; `N_` holes are bound here.
    fn fill_name(&mut self, name: &Text, instance: &mut Instance) -> Expr {
        let Some(hole) = self.table.hole(name) else { return Expr::Name(name.clone()) };
        match hole.letter {
            Letter::Expression => {
                let nested = self.context.nested;
                self.context.nested += 1;
                let (value, ty) = self.expression(hole.want);
                self.context.nested = nested;
                instance.latest.push(ty);
                value
            }
            Letter::Variable => {
                if let Some(known) = known(instance, "V", hole) {
                    return Expr::Name(known);
                }
                let own = instance.assigned.contains(&hole.want);
                let places = if own { self.own_variables(hole.want) } else { self.variables(hole.want) };
                if places.is_empty() {
                    let (value, ty) = self.expression(hole.want);
                    instance.latest.push(ty);
                    return value;
                }
                let place = *self.random.pick(&places);
                self.scopes.all[place.0].variables[place.1].pinned |= hole.number > 0;
                let (name, ty) = self.scopes.using(place);
                instance.latest.push(ty);
                remember(instance, "V", hole, &name);
                Expr::Name(name)
            }
            Letter::Call | Letter::WrongCall => match self.call(hole.want, hole.letter == Letter::WrongCall) {
                Some((value, ty)) => {
                    instance.latest.push(ty);
                    value
                }
                None => Expr::Literal("None".into()),
            },
            _ => Expr::Name(self.bound_name(name, instance)),
        }
    }

    /// The name that a binding place gets.
    pub(crate) fn bound_name(&mut self, name: &Text, instance: &mut Instance) -> Text {
        let Some(hole) = self.table.hole(name) else { return name.clone() };
        match hole.letter {
            Letter::New => {
                if let Some(known) = known(instance, "N", hole) {
                    return known;
                }
                let name = self.target(instance.latest(general(hole.want)), hole.number > 0);
                remember(instance, "N", hole, &name);
                name
            }
            Letter::Temporary => {
                if let Some(known) = known(instance, "T", hole) {
                    return known;
                }
                let name = self.scopes.temporary();
                remember(instance, "T", hole, &name);
                name
            }
            Letter::Deletable | Letter::Global | Letter::Enclosing => self.declared(hole, instance),
            _ => name.clone(),
        }
    }

    fn declared(&mut self, hole: Hole, instance: &mut Instance) -> Text {
        let letter = match hole.letter {
            Letter::Deletable => "D",
            Letter::Global => "G",
            _ => "C",
        };
        if let Some(known) = known(instance, letter, hole) {
            return known;
        }
        let places = self.scopes.declarable(letter.chars().next().unwrap_or('D'), hole.want);
        // Two holes in one production may find nothing left for the second.
        if places.is_empty() {
            let name = self.scopes.fresh("spare");
            remember(instance, letter, hole, &name);
            return name;
        }
        let place = *self.random.pick(&places);
        let name = if letter == "D" { self.scopes.forget(place) } else { self.scopes.using(place).0 };
        remember(instance, letter, hole, &name);
        name
    }

    pub(crate) fn fill_pattern(&mut self, pattern: &Pattern, instance: &mut Instance) -> Pattern {
        let mut all = |this: &mut Self, patterns: &[Pattern]| -> Vec<Pattern> {
            patterns.iter().map(|one| this.fill_pattern(one, instance)).collect()
        };
        match pattern {
            Pattern::Wildcard => Pattern::Wildcard,
            Pattern::Or(patterns) => Pattern::Or(all(self, patterns)),
            Pattern::Sequence(patterns) => Pattern::Sequence(all(self, patterns)),
            Pattern::Capture(name) => Pattern::Capture(self.bound_name(name, instance)),
            Pattern::Star(name) => Pattern::Star(self.bound_name(name, instance)),
            Pattern::Value(value) => Pattern::Value(self.fill_expr(value, instance)),
            Pattern::As(inner, name) => {
                let inner = self.fill_pattern(inner, instance);
                Pattern::As(Box::new(inner), self.bound_name(name, instance))
            }
            Pattern::Mapping(entries, rest) => {
                let mut entry = |(key, value): &(Expr, Pattern)| (key.clone(), self.fill_pattern(value, instance));
                let entries = entries.iter().map(&mut entry).collect();
                Pattern::Mapping(entries, rest.as_ref().map(|rest| self.bound_name(rest, instance)))
            }
            Pattern::Class(class, positional, keyword) => {
                let class = self.fill_expr(class, instance);
                let positional = positional.iter().map(|one| self.fill_pattern(one, instance)).collect();
                let keyword = keyword.iter().map(|(name, one)| (name.clone(), self.fill_pattern(one, instance))).collect();
                Pattern::Class(class, positional, keyword)
            }
        }
    }
}

/// The kind of what is bound to a hole that takes several.
fn general(want: Want) -> Kind {
    match want.kinds.count_ones() {
        1 => kinds(want.kinds).next().unwrap_or(Kind::Any),
        _ if want.kinds & bit(Kind::Any) == 0 && want.kinds & bit(Kind::Scalar) != 0 => Kind::Scalar,
        _ => Kind::Any,
    }
}

fn known(instance: &Instance, letter: &'static str, hole: Hole) -> Option<Text> {
    let same = |known: &&(&'static str, u8, u64, Text)| known.0 == letter && known.1 == hole.number && known.2 == hole.want.kinds;
    if hole.number == 0 { None } else { instance.memo.iter().find(same).map(|known| known.3.clone()) }
}

fn remember(instance: &mut Instance, letter: &'static str, hole: Hole, name: &Text) {
    instance.memo.push((letter, hole.number, hole.want.kinds, name.clone()));
}
