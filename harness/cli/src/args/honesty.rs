//! The arguments of `refdrift honesty`.

use clap::{Args, ValueEnum};
use refdrift_generate::Profile;
use refdrift_runner::Question;

use super::{Format, Profiles, RunArgs, profile_help, profiles};

pub(crate) const HONESTY_HELP: &str = "\
What refdrift says of the VM is worth what its view of CPython is worth; this measures the view.
  self    two observers of the same Python, each in a process of its own with other addresses and another
          past, see the same boundaries, counts and frees; compared as `check` compares the VM
  plain   an observed program prints the same, ends with the same exception and lets go in the same order
          as in the interpreter itself, with nothing hooked. Both end with the same teardown. What a
          program prints in `__del__` and weak references' callbacks tells the order; error output and
          the counts, which nobody sees in a plain run, are not compared
  valgrind  the observer, run by valgrind with a CPython that has no arenas of its own (PYTHONMALLOC=malloc),
          neither reads nor writes memory that is not there, or not any more. An error ends the observer, so
          it is told for the program that showed it. Slow: a second and more for each program, of which
          20,000 steps are looked at at most

A difference after something that depends on addresses (`id()`, the order of a set) is counted apart.

Examples:
  refdrift honesty self                           the bundled cases
  refdrift honesty self --cases 100000 --seed 1 --python all
  refdrift honesty plain cases/ownership mine.py
  refdrift honesty valgrind cases/weakref

Exit codes: 0 no difference, 1 a difference, 2 bad input, 3 an engine failed, 4 nothing was compared,
130 interrupted.";

/// What is to be measured.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Measure {
    /// Two observers of the same Python see the same
    #[value(name = "self")]
    Itself,
    /// Observed programs do what they do unobserved
    Plain,
    /// The observer keeps away from memory that was freed
    Valgrind,
}

impl Measure {
    /// What a program is where all is well, what it is where not, and the verb for that.
    pub(crate) const fn words(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::Itself | Self::Plain => ("same", "differ", "differs"),
            Self::Valgrind => ("clean", "with errors", "has an error"),
        }
    }
}

impl From<Measure> for Question {
    fn from(measure: Measure) -> Self {
        match measure {
            Measure::Itself => Self::Itself,
            Measure::Plain => Self::Plain,
            Measure::Valgrind => Self::Valgrind,
        }
    }
}

#[derive(Debug, Args)]
pub(crate) struct HonestyArgs {
    #[arg(value_enum)]
    pub(crate) measure: Measure,
    #[command(flatten)]
    pub(crate) run: RunArgs,
    /// Run that many generated programs instead of cases
    #[arg(short = 'n', long, value_name = "N", conflicts_with = "paths")]
    pub(crate) cases: Option<u64>,
    /// The seed of the generated programs
    #[arg(short, long, value_name = "S", default_value_t = 1, requires = "cases")]
    pub(crate) seed: u64,
    #[arg(long, value_name = "NAME", help = profile_help(), value_parser = profiles, requires = "cases")]
    profile: Vec<Profiles>,
}

impl HonestyArgs {
    /// The profiles of the generated programs, in order; none stands for all.
    pub(crate) fn profiles(&self) -> Vec<Profile> {
        self.profile.iter().flat_map(|profiles| profiles.0.iter().copied()).collect()
    }

    pub(crate) fn format(&self) -> Format {
        self.run.format
    }
}
