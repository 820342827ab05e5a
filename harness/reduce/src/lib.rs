//! Makes a Python program smaller while something about it stays true: the one that [`reduce`] is asked to keep.
//!
//! The reducer works on the program's syntax tree and edits its text. It takes things away, coarse to fine (`passes`):
//! statements and runs of them, all that mentions a name, blocks around statements, clauses, decorators, arguments,
//! parameters, annotations and elements, sub-expressions, then names and literals become short. All passes start over until
//! none of them finds anything more, or the [`Budget`] is used up.
//!
//! Every program that is tried is smaller than the one before it (`program::Size`), so this ends. What is tried, and in which
//! order, depends on nothing but the text: the same program and the same answers give the same result, however many
//! candidates are tried at once.
//!
//! The grammar takes more than Python does: whoever answers must say no to what does not compile. Where it takes less (the parts of
//! a program that it does not understand) the text stays as it is. Nothing here fails.
#![forbid(unsafe_code)]

mod passes;
mod polish;
mod program;
mod text;

use std::collections::HashSet;
use std::ops::ControlFlow;
use std::time::{Duration, Instant};

use crate::program::Program;

/// How many candidates are handed over at once, at most.
const BATCH: usize = 32;

/// Answers whether candidates keep what is to be kept: `Continue` with the place of the *first* one that does, or with none;
/// `Break` to give up here and now.
pub type Keeps<'a> = dyn FnMut(&[&str]) -> ControlFlow<(), Option<usize>> + 'a;

/// How much a reduction may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Budget {
    /// The time; the candidates that are being tried when it is up are tried to their end.
    pub time: Duration,
    /// The number of candidates tried.
    pub tries: usize,
}

impl Default for Budget {
    fn default() -> Self {
        Self { time: Duration::from_secs(10), tries: 20_000 }
    }
}

/// What came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reduced {
    /// The smallest program that was found to keep it; the one that was given if no smaller one did.
    pub source: String,
    /// How many candidates were tried: all up to the one that kept it, whatever ran beside them.
    pub tried: usize,
    /// How many of them kept it.
    pub kept: usize,
    /// Whether nothing more can be taken away; else the budget was used up, or the answer was `Break`.
    pub done: bool,
}

/// Makes a program smaller as long as `keeps` says that it keeps what it should. The program itself is not tried.
pub fn reduce(source: &str, keeps: &mut Keeps<'_>, budget: Budget) -> Reduced {
    let mut reduction = Reduction {
        keeps,
        end: Instant::now().checked_add(budget.time),
        tries: budget.tries,
        refused: HashSet::new(),
        tried: 0,
        kept: 0,
    };
    let mut program = Program::parse(source.to_owned());
    let done = reduction.run(&mut program).is_continue();
    Reduced { source: program.into_text(), tried: reduction.tried, kept: reduction.kept, done }
}

struct Reduction<'a, 'b> {
    keeps: &'a mut Keeps<'b>,
    end: Option<Instant>,
    tries: usize,
    /// What has been tried in vain.
    refused: HashSet<String>,
    tried: usize,
    kept: usize,
}

impl Reduction<'_, '_> {
    /// Runs all passes until none of them finds anything; breaks when the budget is used up.
    fn run(&mut self, program: &mut Program) -> ControlFlow<()> {
        loop {
            let kept = self.kept;
            for pass in passes::PASSES {
                self.exhaust(program, *pass)?;
            }
            if self.kept == kept {
                break;
            }
        }
        // What only makes it nicer to read comes last and need not make it smaller.
        for polish in polish::POLISHES {
            let candidate = polish(program).map(Program::parse).filter(|polished| polished.errors() <= program.errors());
            if let Some(candidate) = candidate
                && self.try_first(std::slice::from_ref(&candidate))?.is_some()
            {
                *program = candidate;
            }
        }
        ControlFlow::Continue(())
    }

    /// Tries what a pass proposes, one after the other; goes on at the same place after each success.
    fn exhaust(&mut self, program: &mut Program, pass: passes::Pass) -> ControlFlow<()> {
        let mut changes = pass(program);
        let mut next = 0;
        // Where one succeeded the next one often does, too; what else is in its batch was made in vain.
        let mut length = 1;
        while next < changes.len() {
            let mut batch = Vec::new();
            let mut places = Vec::new();
            while next < changes.len() && batch.len() < length {
                if let Some(candidate) = self.candidate(program, &changes[next]) {
                    batch.push(candidate);
                    places.push(next);
                }
                next += 1;
            }
            length = BATCH.min(length * 2);
            if let Some(first) = self.try_first(&batch)? {
                *program = batch.swap_remove(first);
                changes = pass(program);
                next = places[first];
                length = 1;
            }
        }
        ControlFlow::Continue(())
    }

    /// The program with a change, if it is worth a try: smaller, as sound as before, and not tried yet.
    fn candidate(&self, program: &Program, change: &text::Change) -> Option<Program> {
        let text = text::apply(program.text(), change)?;
        if self.refused.contains(&text) || text.trim().is_empty() {
            return None;
        }
        let candidate = Program::parse(text);
        (candidate.errors() <= program.errors() && candidate.size() < program.size()).then_some(candidate)
    }

    fn try_first(&mut self, batch: &[Program]) -> ControlFlow<(), Option<usize>> {
        if batch.is_empty() {
            return ControlFlow::Continue(None);
        }
        let left = self.tries.saturating_sub(self.tried);
        if left == 0 || self.end.is_some_and(|end| Instant::now() >= end) {
            return ControlFlow::Break(());
        }
        let texts: Vec<&str> = batch.iter().take(left).map(Program::text).collect();
        let first = (self.keeps)(&texts)?;
        let failed = first.unwrap_or(texts.len());
        self.refused.extend(texts[..failed].iter().map(|&text| text.to_owned()));
        self.tried += failed + usize::from(first.is_some());
        self.kept += usize::from(first.is_some());
        ControlFlow::Continue(first)
    }
}
