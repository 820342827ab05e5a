//! Named weights: what a run of generated programs is about.

use std::fmt;
use std::str::FromStr;

/// What programs are about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Profile(&'static Row);

/// One profile: its name, what it is about, the factor of what may fail (in percent), the definitions that programs open with, and the
/// factors (in percent) of families of productions.
#[derive(Debug, PartialEq, Eq, Hash)]
struct Row {
    name: &'static str,
    about: &'static str,
    fails: u32,
    opens: &'static [&'static str],
    factors: &'static [(&'static str, u32)],
}

const ROWS: &[Row] = &[
    Row { name: "balanced", about: "a little of everything", fails: 100, opens: &["classes", "calls"], factors: &[] },
    Row {
        name: "errors",
        about: "failing operations at every position, nests of try, early exits",
        fails: 400,

        opens: &["classes", "calls"],
        factors: &[("errors", 400), ("context", 200)],
    },
    Row {
        name: "classes",
        about: "dunder methods, descriptors, metaclasses, properties, slots, super()",
        fails: 100,

        opens: &["classes", "classes"],
        factors: &[("classes", 400), ("collector", 150)],
    },
    Row {
        name: "generators",
        about: "generators, coroutines and asynchronous generators driven by hand",
        fails: 150,

        opens: &["generators", "async"],
        factors: &[("generators", 400), ("async", 300)],
    },
    Row {
        name: "containers",
        about: "containers of containers, aliases, slices, unpacking, deletion, mutation during iteration",
        fails: 100,

        opens: &[],
        factors: &[("containers", 400), ("comprehensions", 200), ("unpacking", 200)],
    },
    Row {
        name: "closures",
        about: "nested functions, nonlocal and global names, decorators, lambdas, comprehensions",
        fails: 100,

        opens: &["closures", "calls"],
        factors: &[("closures", 400), ("comprehensions", 200), ("calls", 150)],
    },
    Row {
        name: "collector",
        about: "weak references, cycles, finalisers, resurrection, collections at chosen points",
        fails: 100,

        opens: &["classes", "collector"],
        factors: &[("collector", 500), ("cycles", 300), ("classes", 150)],
    },
    Row {
        name: "matching",
        about: "pattern matching of all kinds",
        fails: 100,

        opens: &["classes"],
        factors: &[("matching", 800)],
    },
    Row {
        name: "strings",
        about: "f-strings, methods and formatting of text and bytes",
        fails: 100,

        opens: &[],
        factors: &[("strings", 500)],
    },
    Row {
        name: "calls",
        about: "all kinds of parameters and arguments, builtin and library functions that call back",
        fails: 100,

        opens: &["calls", "calls"],
        factors: &[("calls", 400), ("library", 300)],
    },
    Row {
        name: "types",
        about: "type parameters, bounds and aliases: what Python has from 3.12 on",
        fails: 100,

        opens: &["types", "classes"],
        factors: &[("types", 400)],
    },
];

impl Profile {
    /// All profiles; the first is the default.
    pub const ALL: &'static [Self] = &{
        let mut all = [Self(&ROWS[0]); ROWS.len()];
        let mut index = 0;
        while index < ROWS.len() {
            all[index] = Self(&ROWS[index]);
            index += 1;
        }
        all
    };

    /// Its name, as it is given on a command line.
    pub const fn name(self) -> &'static str {
        self.0.name
    }

    /// What its programs are about.
    pub const fn about(self) -> &'static str {
        self.0.about
    }

    /// A number that stays with the name, whatever other profiles there are.
    pub(crate) fn number(self) -> u64 {
        self.name().bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
    }

    pub(crate) fn opens(self) -> &'static [&'static str] {
        self.0.opens
    }

    pub(crate) fn fails(self) -> u32 {
        self.0.fails
    }

    /// Whether it is about a family.
    pub(crate) fn names(self, family: &str) -> bool {
        self.0.factors.iter().any(|(name, _)| *name == family)
    }

    /// The factor of a family, in percent.
    pub(crate) fn factor(self, family: &str) -> u32 {
        self.0.factors.iter().find(|(name, _)| *name == family).map_or(100, |(_, factor)| *factor)
    }
}

impl Default for Profile {
    fn default() -> Self {
        Self::ALL[0]
    }
}

impl fmt::Display for Profile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A name that no profile has.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no profile is called `{name}`; there are {}", Profile::ALL.iter().map(|profile| profile.name()).collect::<Vec<_>>().join(", "))]
pub struct UnknownProfile {
    /// What was asked for.
    pub name: String,
}

impl FromStr for Profile {
    type Err = UnknownProfile;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        let found = Self::ALL.iter().find(|profile| profile.name() == name);
        found.copied().ok_or_else(|| UnknownProfile { name: name.to_owned() })
    }
}
