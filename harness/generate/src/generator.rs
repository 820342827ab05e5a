//! Programs by number.

use std::collections::BTreeSet;

use crate::production::{Table, flag};
use crate::profile::Profile;
use crate::random::Random;
use crate::syntax::{Block, Expr, Stmt, Text, print_block};
use crate::visit::{Visit, lines};
use crate::writer::Writer;

/// A generated program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Program {
    /// Its statements.
    pub body: Block,
}

impl Program {
    /// Its text.
    pub fn source(&self) -> String {
        print_block(&self.body)
    }

    /// The first minor version of Python 3 that can compile it.
    pub fn since(&self) -> u8 {
        struct Newer(bool);
        impl Visit for Newer {
            fn stmt(&mut self, statement: &Stmt) {
                self.0 |= match statement {
                    Stmt::Def(it) => it.type_parameters.is_some(),
                    Stmt::Class(it) => it.type_parameters.is_some(),
                    Stmt::Import(text) => text.starts_with("type "),
                    _ => false,
                };
                self.walk_stmt(statement);
            }
        }
        let mut newer = Newer(false);
        newer.block(&self.body);
        if newer.0 { 12 } else { 11 }
    }

    /// How many lines its text has.
    pub fn lines(&self) -> u32 {
        lines(&self.body)
    }
}

/// What programs have reached so far, on any Python: names of instructions, and of those that an exception has left.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reached {
    /// Instructions that ran.
    pub instructions: BTreeSet<String>,
    /// Instructions whose error path ran.
    pub error_paths: BTreeSet<String>,
}

/// Makes programs: program `i` depends on the seed, the profile, `i`, and what was told by [`Generator::steer`], and on nothing else.
#[derive(Clone, Debug)]
pub struct Generator {
    seed: u64,
    profile: Profile,
    weights: Vec<u32>,
}

/// How many lines programs have, at least and (about) at most.
const LINES: (u32, u32) = (10, 24);

impl Generator {
    /// Programs of a seed and a profile.
    pub fn new(seed: u64, profile: Profile) -> Self {
        let weights = Table::get()
            .all
            .iter()
            .map(|production| {
                if production.has(flag::ONLY) && !production.families.iter().any(|family| profile.names(family)) {
                    return 0;
                }
                let percent = production.families.iter().fold(100, |percent, family| percent * profile.factor(family) / 100);
                let fails = if production.has(flag::FAILS) { profile.fails() } else { 100 };
                (production.weight * percent / 100 * fails / 100).max(1)
            })
            .collect();
        Self { seed, profile, weights }
    }

    /// Makes productions likelier that are there for instructions (or error paths of instructions) that nothing has reached yet.
    pub fn steer(&mut self, reached: &Reached) {
        let fresh = Self::new(self.seed, self.profile).weights;
        for ((weight, plain), production) in self.weights.iter_mut().zip(fresh).zip(&Table::get().all) {
            let seen = if production.has(flag::FAILS) { &reached.error_paths } else { &reached.instructions };
            let missing = production.gives.iter().any(|name| !seen.contains(name));
            *weight = plain * if missing { 8 } else { 1 };
        }
    }

    /// The program of that number.
    pub fn program(&self, index: u64) -> Program {
        let mut random = Random::new(self.seed, self.profile.number(), index);
        let goal = LINES.0 + random.below(LINES.1 - LINES.0 + 1);
        let mut writer = Writer::new(&self.weights, random, goal as i32);
        let mut body = Block::new();
        for family in self.profile.opens() {
            let opening = |production: &crate::production::Production| {
                production.has(flag::DEF | flag::CLASS) && production.families.iter().any(|one| one == family)
            };
            writer.statement(&mut body, opening);
            writer.statement(&mut body, uses);
        }
        Self::first_values(&mut writer, &mut body);
        let mut failed = 0;
        while writer.budget > 0 && failed < 8 {
            let before = (writer.functions.len(), writer.classes.len());
            failed += u32::from(!writer.statement(&mut body, |_| true));
            if before != (writer.functions.len(), writer.classes.len()) {
                writer.statement(&mut body, uses);
            }
        }
        let mut program = imports(&body);
        program.append(&mut body);
        Program { body: program }
    }

    /// Some variables for the rest to work with.
    fn first_values(writer: &mut Writer<'_>, body: &mut Block) {
        let binds = |production: &crate::production::Production| production.families.iter().any(|family| family == "bind");
        for _ in 0..3 {
            writer.statement(body, binds);
        }
    }
}

/// What uses functions and classes.
fn uses(production: &crate::production::Production) -> bool {
    production.families.iter().any(|family| family == "use")
}

/// The modules that productions use, by the names that they are imported as.
const MODULES: &[&str] = &["collections", "copy", "functools", "gc", "itertools", "math", "operator", "sys", "types", "weakref"];

/// The imports that a program needs.
fn imports(body: &Block) -> Block {
    struct Names(BTreeSet<&'static str>);
    impl Visit for Names {
        fn name(&mut self, name: &Text) {
            self.0.extend(MODULES.iter().find(|module| **module == &**name));
        }
        fn expr(&mut self, value: &Expr) {
            self.walk_expr(value);
        }
    }
    let mut names = Names(BTreeSet::new());
    names.block(body);
    names.0.iter().map(|name| Stmt::Import(format!("import {name}").into())).collect()
}
