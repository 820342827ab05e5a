//! Generated programs as cases.

use std::borrow::Cow;
use std::time::Instant;

use refdrift_cases::{Case, VersionSelection};
use refdrift_generate::{Generator, Profile};
use refdrift_trace::PyVersion;

use crate::source::Source;

/// The programs of a seed, of several profiles in turn.
#[derive(Clone, Debug)]
pub struct Generated {
    seed: u64,
    generators: Vec<(Profile, Generator)>,
    cases: Option<u64>,
    end: Option<Instant>,
}

impl Generated {
    /// That many programs; without a number as many as are asked for until `end`.
    pub fn new(seed: u64, profiles: &[Profile], cases: Option<u64>, end: Option<Instant>) -> Self {
        let profiles = if profiles.is_empty() { Profile::ALL } else { profiles };
        let generators = profiles.iter().map(|&profile| (profile, Generator::new(seed, profile))).collect();
        Self { seed, generators, cases, end }
    }

    /// The seed.
    pub fn seed(&self) -> u64 {
        self.seed
    }

    /// The names of the profiles, with commas between them.
    pub fn profiles(&self) -> String {
        let names: Vec<&str> = self.generators.iter().map(|(profile, _)| profile.name()).collect();
        names.join(",")
    }

    /// Whose turn it is at a place, and which of that profile's programs comes.
    fn turn(&self, place: u64) -> (&(Profile, Generator), u64) {
        let profiles = self.generators.len() as u64;
        (&self.generators[(place % profiles) as usize], place / profiles)
    }

    fn name(&self, place: u64) -> String {
        let ((profile, _), index) = self.turn(place);
        format!("{profile}-{}-{index}", self.seed)
    }
}

/// The suite of generated programs.
const SUITE: &str = "generated";
/// The first minor version that is compared with; every Python can compile a program for it.
const OLDEST: u8 = 11;

impl Source for Generated {
    fn cases(&self) -> Option<u64> {
        self.cases
    }

    fn goes_on(&self, place: u64) -> bool {
        self.cases.is_none_or(|cases| place < cases) && self.end.is_none_or(|end| Instant::now() < end)
    }

    fn id(&self, place: u64) -> String {
        format!("{SUITE}/{}", self.name(place))
    }

    fn case(&self, place: u64) -> Cow<'_, Case> {
        let ((_, generator), index) = self.turn(place);
        let program = generator.program(index);
        let mut case = Case::bare(SUITE, self.name(place), program.source());
        if program.since() > OLDEST {
            case.pythons = VersionSelection::From(PyVersion { major: 3, minor: program.since(), micro: 0 });
        }
        Cow::Owned(case)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn profiles_take_turns_and_a_name_says_which_program_it_is() {
        let both = Generated::new(7, &Profile::ALL[..2], Some(4), None);
        let names = ["balanced-7-0", "errors-7-0", "balanced-7-1", "errors-7-1"];
        for (place, name) in (0..).zip(names) {
            let case = both.case(place);
            assert_eq!((case.name.as_str(), case.id()), (name, both.id(place)));
        }
        assert!(both.goes_on(3) && !both.goes_on(4));
        let alone = Generated::new(7, &Profile::ALL[1..2], None, None);
        assert_eq!(alone.case(1).source, both.case(3).source, "a program is the same whatever other profiles take part");
    }
}
