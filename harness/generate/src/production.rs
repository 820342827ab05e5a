//! The productions: Python with holes, read once from the files under `productions/`.
//!
//! A statement production opens with `## name: flag …` and goes on up to the next one. `### kind` opens a list of expression productions
//! of that kind, one a line, with their flags behind `#`. Holes are names:
//!
//! | hole | what is put there |
//! | --- | --- |
//! | `E_int` | an expression of that kind |
//! | `V_int` | a variable of that kind; `V_int1` is the same one in the whole production |
//! | `N_int` | a name that is bound to such a value from here on |
//! | `D_any` | a variable that may be deleted |
//! | `G_int`, `C_int` | a variable of the module, or of an enclosing function, to be declared global or nonlocal |
//! | `T_1` | a name that nothing else uses |
//! | `CALL_fn`, `WRONG_fn` | a call of a function (generator function, class, …) with arguments that fit, or that do not |
//! | `BODY`, `TRY`, `EXIT` | statements; statements of which one may fail; a way out of the block |
//! | `MEMBERS`, `BASES` | of a class |
//!
//! `V_obj_iter` asks for an instance of a class that can be iterated over: one of its members `provides=iter`.

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

use crate::kinds::{DEFINED, Kind, Want, bit, word};
use crate::syntax::{Block, Expr, Stmt, parse, parse_expression};
use crate::visit::{Visit, lines};

/// The files with productions, each with the words that hold for all in it.
const FILES: &[(&str, &str)] = &[
    ("expressions", include_str!("productions/expressions.py")),
    ("statements", include_str!("productions/statements.py")),
    ("functions", include_str!("productions/functions.py")),
    ("classes", include_str!("productions/classes.py")),
    ("errors", include_str!("productions/errors.py")),
    ("generators", include_str!("productions/generators.py")),
    ("matching", include_str!("productions/matching.py")),
    ("collector", include_str!("productions/collector.py")),
    ("types", include_str!("productions/types.py")),
];

/// Flags without a value. What is none of these is a family, which profiles weigh.
const FLAGS: &[&str] = &[
    "leaf", "fails", "dispatch", "grows", "loop", "func", "gen", "awaits", "agen", "top", "def", "class", "member", "init", "bare",
    "many", "named", "only",
];

/// Set where the production …
pub(crate) mod flag {
    /// … is small enough for the end of a nest.
    pub(crate) const LEAF: u32 = 1 << 0;
    /// … may raise.
    pub(crate) const FAILS: u32 = 1 << 1;
    /// … may run code of the program's own.
    pub(crate) const DISPATCH: u32 = 1 << 2;
    /// … makes something bigger.
    pub(crate) const GROWS: u32 = 1 << 3;
    /// … belongs into a loop.
    pub(crate) const LOOP: u32 = 1 << 4;
    /// … belongs into a function.
    pub(crate) const FUNC: u32 = 1 << 5;
    /// … belongs into a generator.
    pub(crate) const GEN: u32 = 1 << 6;
    /// … belongs into a coroutine.
    pub(crate) const ASYNC: u32 = 1 << 7;
    /// … belongs into an asynchronous generator.
    pub(crate) const AGEN: u32 = 1 << 8;
    /// … belongs to the top level.
    pub(crate) const TOP: u32 = 1 << 9;
    /// … defines a function.
    pub(crate) const DEF: u32 = 1 << 10;
    /// … defines a class.
    pub(crate) const CLASS: u32 = 1 << 11;
    /// … is a part of a class.
    pub(crate) const MEMBER: u32 = 1 << 12;
    /// … is an `__init__`.
    pub(crate) const INIT: u32 = 1 << 13;
    /// … can't stand in an f-string.
    pub(crate) const BARE: u32 = 1 << 14;
    /// … may stand in a class more than once.
    pub(crate) const MANY: u32 = 1 << 15;
    /// … has a `:=`.
    pub(crate) const NAMED: u32 = 1 << 16;
    /// … is in programs of the profiles alone that name its family.
    pub(crate) const ONLY: u32 = 1 << 17;
}

/// One production.
#[derive(Debug)]
pub(crate) struct Production {
    pub(crate) form: Form,
    pub(crate) weight: u32,
    pub(crate) flags: u32,
    pub(crate) families: Vec<String>,
    /// Features that a class has by this member, and that it loses.
    pub(crate) provides: u64,
    pub(crate) drops: u64,
    /// What the function returns; anything where it does not say.
    pub(crate) returns: Kind,
    /// Instructions that it is there for.
    pub(crate) gives: Vec<String>,
    /// Of what a variable must be there before.
    pub(crate) variables: Vec<Want>,
    /// Those of them that are assigned to: an outer variable would become a local one.
    pub(crate) assigned: Vec<Want>,
    /// What must be there, or be possible to make.
    pub(crate) requires: Vec<Want>,
    /// What must be there to be called.
    pub(crate) calls: Vec<Want>,
    /// Holes of enclosing variables: global, nonlocal, deletable.
    pub(crate) declares: Vec<(char, Want)>,
    pub(crate) lines: u32,
    pub(crate) simple: bool,
}

/// What a production makes.
#[derive(Debug)]
pub(crate) enum Form {
    Statements(Block),
    Expression(Kind, Expr),
}

impl Production {
    pub(crate) fn has(&self, flag: u32) -> bool {
        self.flags & flag != 0
    }
}

/// All productions.
pub(crate) struct Table {
    pub(crate) all: Vec<Production>,
    /// Their flags, close together: of most productions nothing else is asked.
    pub(crate) flags: Vec<u32>,
    /// The expression productions of a kind.
    pub(crate) by_kind: Vec<Vec<usize>>,
    pub(crate) statements: Vec<usize>,
    pub(crate) members: Vec<usize>,
    holes: BTreeMap<Arc<str>, Hole>,
}

/// A name with a meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Hole {
    pub(crate) letter: Letter,
    pub(crate) want: Want,
    /// The same number is the same thing in one production; 0 is none.
    pub(crate) number: u8,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Letter {
    Expression,
    Variable,
    New,
    Deletable,
    Global,
    Enclosing,
    Temporary,
    Call,
    WrongCall,
}

static TABLE: LazyLock<Table> = LazyLock::new(Table::read);

impl Table {
    /// The one table.
    pub(crate) fn get() -> &'static Self {
        &TABLE
    }

    /// What a name stands for, where it is a hole.
    pub(crate) fn hole(&self, name: &str) -> Option<Hole> {
        if name.as_bytes().first().is_some_and(u8::is_ascii_uppercase) { self.holes.get(name).copied() } else { None }
    }

    fn read() -> Self {
        let mut features = Features::default();
        let mut table = Self {
            all: Vec::new(),
            flags: Vec::new(),
            by_kind: vec![Vec::new(); 64],
            statements: Vec::new(),
            members: Vec::new(),
            holes: BTreeMap::new(),
        };
        for (file, text) in FILES {
            for section in sections(text) {
                // The files are part of the program: a mistake in one is found by every test.
                let read = table.section(&section, &mut features);
                read.unwrap_or_else(|problem| panic!("{file}: {}: {problem}", section.header));
            }
        }
        table
    }

    fn section(&mut self, section: &Section, features: &mut Features) -> Result<(), String> {
        let Some(kind) = section.header.strip_prefix("# ") else {
            let (_, flags) = section.header.split_once(':').ok_or("a name, `:`, and flags are expected")?;
            let body = parse(&section.text).map_err(|problem| problem.to_string())?;
            return self.add(Form::Statements(body), flags, features);
        };
        let kind = *word(kind.trim()).and_then(|kinds| kinds.first()).ok_or("no such kind")?;
        for line in section.text.lines().filter(|line| !line.trim().is_empty()) {
            let (source, flags) = line.split_once("  # ").unwrap_or((line, ""));
            let value = parse_expression(source).map_err(|problem| format!("{source}: {problem}"))?;
            self.add(Form::Expression(kind, value), flags, features)?;
        }
        Ok(())
    }

    fn add(&mut self, form: Form, words: &str, features: &mut Features) -> Result<(), String> {
        let mut production = Production {
            form,
            weight: 12,
            flags: 0,
            families: Vec::new(),
            provides: 0,
            drops: 0,
            returns: Kind::Any,
            gives: Vec::new(),
            variables: Vec::new(),
            assigned: Vec::new(),
            requires: Vec::new(),
            calls: Vec::new(),
            declares: Vec::new(),
            lines: 1,
            simple: true,
        };
        for word in words.split_whitespace() {
            let number = |text: &str| text.parse::<u32>().map_err(|_| format!("{word}: a number is expected"));
            if let Some(index) = FLAGS.iter().position(|flag| *flag == word) {
                production.flags |= 1 << index;
            } else if let Some(factor) = word.strip_prefix('*') {
                production.weight *= number(factor)?;
            } else if let Some(divisor) = word.strip_prefix('/') {
                production.weight = (production.weight / number(divisor)?).max(1);
            } else if let Some((key, values)) = word.split_once('=') {
                match key {
                    "provides" => {
                        production.provides |= features.bits(values);
                        production.drops |= values.split(',').fold(0, |bits, one| bits | features.opposite(one));
                    }
                    "drops" => production.drops |= features.bits(values),
                    "gives" => production.gives = values.split(',').map(str::to_owned).collect(),
                    "returns" => production.returns = crate::kinds::word(values).ok_or("no such kind")?[0],
                    _ => return Err(format!("{word}: not known")),
                }
            } else {
                production.families.push(word.to_owned());
            }
        }
        self.find_holes(&mut production, features)?;
        let index = self.all.len();
        match &production.form {
            Form::Expression(kind, _) => self.by_kind[*kind as usize].push(index),
            Form::Statements(body) => {
                production.lines = lines(body);
                production.simple = body.len() == 1 && production.lines == 1;
                if production.has(flag::MEMBER) {
                    self.members.push(index);
                } else {
                    self.statements.push(index);
                }
            }
        }
        self.flags.push(production.flags);
        self.all.push(production);
        Ok(())
    }

    fn find_holes(&mut self, production: &mut Production, features: &mut Features) -> Result<(), String> {
        let mut names = Names::default();
        match &production.form {
            Form::Statements(body) => names.block(body),
            Form::Expression(_, value) => names.expr(value),
        }
        production.weight *= if names.all.iter().any(|name| needs_feature(name)) { RARE } else { 1 };
        if names.bare {
            production.flags |= flag::BARE;
        }
        if names.named {
            production.flags |= flag::NAMED;
        }
        for name in &names.assigned {
            if let Some(Hole { letter: Letter::Variable, want, .. }) = read_hole(name, features)? {
                production.assigned.push(want);
            }
        }
        for name in &names.all {
            let Some(hole) = read_hole(name, features)? else { continue };
            match hole.letter {
                Letter::Variable => production.variables.push(hole.want),
                Letter::Expression if hole.want.kinds & !DEFINED == 0 => production.requires.push(hole.want),
                Letter::Call | Letter::WrongCall => production.calls.push(hole.want),
                Letter::Global => production.declares.push(('G', hole.want)),
                Letter::Enclosing => production.declares.push(('C', hole.want)),
                Letter::Deletable => production.declares.push(('D', hole.want)),
                _ => {}
            }
            self.holes.insert(name.clone(), hole);
        }
        Ok(())
    }
}

/// How much likelier something is that only instances of few classes can do: most programs have none.
const RARE: u32 = 6;

fn needs_feature(name: &str) -> bool {
    name.starts_with("V_obj_") || name.starts_with("E_obj_") || name.starts_with("V_cls_")
}

fn read_hole(name: &str, features: &mut Features) -> Result<Option<Hole>, String> {
    let Some((head, rest)) = name.split_once('_') else { return Ok(None) };
    let letter = match head {
        "E" => Letter::Expression,
        "V" => Letter::Variable,
        "N" => Letter::New,
        "D" => Letter::Deletable,
        "G" => Letter::Global,
        "C" => Letter::Enclosing,
        "T" => Letter::Temporary,
        "CALL" => Letter::Call,
        "WRONG" => Letter::WrongCall,
        _ => return Ok(None),
    };
    let stem = rest.trim_end_matches(|c: char| c.is_ascii_digit());
    let number = rest[stem.len()..].parse().unwrap_or(0);
    if letter == Letter::Temporary {
        return Ok(Some(Hole { letter, want: Want { kinds: 0, features: 0 }, number }));
    }
    let (kind, feature) = stem.split_once('_').unwrap_or((stem, ""));
    let kinds = word(kind).ok_or_else(|| format!("{name}: no such kind"))?;
    let features = if feature.is_empty() { 0 } else { features.bit(feature) };
    Ok(Some(Hole { letter, want: Want { kinds: kinds.iter().fold(0, |bits, &kind| bits | bit(kind)), features }, number }))
}

/// Features that say that something fails.
const FAILING: &[&str] = &[
    "fadd", "fbool", "fcall", "fdesc", "fenter", "feq", "fexit", "fformat", "fgetitem", "fhash", "fiadd", "fiter", "fmeth",
    "fprop", "frepr", "fsetattr", "fsetitem",
];

/// The features of classes, by their order of appearance.
#[derive(Default)]
struct Features(Vec<String>);

impl Features {
    fn bits(&mut self, names: &str) -> u64 {
        names.split(',').fold(0, |bits, name| bits | self.bit(name))
    }

    /// What works (`iter`) and the same that fails (`fiter`) exclude each other: the later member overrides.
    fn opposite(&mut self, name: &str) -> u64 {
        let failing = format!("f{name}");
        let known = self.0.contains(&failing) || FAILING.contains(&failing.as_str());
        (if known { self.bit(&failing) } else { 0 })
            | name.strip_prefix('f').filter(|_| FAILING.contains(&name)).map_or(0, |name| self.bit(name))
    }

    fn bit(&mut self, name: &str) -> u64 {
        let index = self.0.iter().position(|known| known == name).unwrap_or_else(|| {
            self.0.push(name.to_owned());
            self.0.len() - 1
        });
        assert!(index < 64, "more than 64 features");
        1 << index
    }
}

/// The names in a production, and whether it can't stand in an f-string.
#[derive(Default)]
struct Names {
    all: Vec<Arc<str>>,
    /// Those that are assigned to.
    assigned: Vec<Arc<str>>,
    bare: bool,
    named: bool,
}

impl Visit for Names {
    fn name(&mut self, name: &Arc<str>) {
        self.all.push(name.clone());
    }

    fn expr(&mut self, value: &Expr) {
        match value {
            Expr::FString(_) | Expr::Lambda(..) | Expr::Named(..) => self.bare = true,
            Expr::Literal(text) if text.contains(['\\', '"', '{']) => self.bare = true,
            _ => {}
        }
        self.named |= matches!(value, Expr::Named(..));
        self.walk_expr(value);
    }

    fn stmt(&mut self, statement: &Stmt) {
        match statement {
            Stmt::Assign(targets, _) => targets.iter().for_each(|target| self.target(target)),
            Stmt::Augmented(target, ..) => self.target(target),
            Stmt::For(it) => self.target(&it.target),
            _ => {}
        }
        self.walk_stmt(statement);
    }
}

impl Names {
    fn target(&mut self, target: &Expr) {
        match target {
            Expr::Name(name) => self.assigned.push(name.clone()),
            Expr::Tuple(items) | Expr::List(items) => items.iter().for_each(|item| self.target(item)),
            Expr::Starred(item) => self.target(item),
            _ => {}
        }
    }
}

struct Section {
    header: String,
    text: String,
}

fn sections(text: &str) -> Vec<Section> {
    let mut sections: Vec<Section> = Vec::new();
    for line in text.lines() {
        if let Some(header) = line.strip_prefix("##") {
            sections.push(Section { header: header.trim_start_matches(' ').to_owned(), text: String::new() });
        } else if let Some(section) = sections.last_mut() {
            section.text.push_str(line);
            section.text.push('\n');
        }
    }
    sections
}
