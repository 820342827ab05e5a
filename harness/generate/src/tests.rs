//! What must hold of all programs.

use std::hash::Hasher;

use proptest::prelude::*;

use crate::production::Table;
use crate::syntax::{parse, print_block};
use crate::{Generator, Profile, Reached, programs};

fn any_profile() -> impl Strategy<Value = Profile> {
    (0..Profile::ALL.len()).prop_map(|index| Profile::ALL[index])
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn printing_and_parsing_are_inverse(program in any_profile().prop_flat_map(programs)) {
        let source = program.source();
        let parsed = parse(&source);
        prop_assert!(parsed.is_ok(), "{}\n{source}", parsed.unwrap_err());
        let parsed = parsed.unwrap();
        prop_assert_eq!(print_block(&parsed), source);
        prop_assert_eq!(parsed, program.body);
    }

    #[test]
    fn a_program_depends_on_seed_profile_and_index_only(profile in any_profile(), seed: u64, index in 0_u64..50) {
        let (one, other) = (Generator::new(seed, profile), Generator::new(seed, profile));
        let before = one.program(index ^ 1);
        prop_assert_eq!(one.program(index), other.program(index));
        prop_assert_ne!(before, other.program(index));
    }

    #[test]
    fn a_program_has_as_many_lines_as_it_says(program in any_profile().prop_flat_map(programs)) {
        prop_assert_eq!(program.source().lines().count(), program.lines() as usize);
    }
}

/// What is left of each hole would be a name that nothing binds.
#[test]
fn no_hole_is_left_open() {
    for &profile in Profile::ALL {
        let generator = Generator::new(3, profile);
        for index in 0..100 {
            let source = generator.program(index).source();
            for word in source.split(|c: char| !(c.is_alphanumeric() || c == '_')) {
                let hole = Table::get().hole(word).is_some() || ["BODY", "TRY", "EXIT", "MEMBERS", "BASES"].contains(&word);
                assert!(!hole, "{profile} {index}: {word}\n{source}");
            }
        }
    }
}

#[test]
fn steering_is_deterministic_and_changes_programs() {
    let mut reached = Reached::default();
    let sources = |reached: &Reached| {
        let mut generator = Generator::new(5, Profile::default());
        generator.steer(reached);
        (0..20).map(|index| generator.program(index).source()).collect::<Vec<_>>()
    };
    let nothing = sources(&reached);
    assert_eq!(nothing, sources(&reached));
    reached.instructions.extend(Table::get().all.iter().flat_map(|production| production.gives.clone()));
    reached.error_paths.clone_from(&reached.instructions);
    let everything = sources(&reached);
    assert_ne!(nothing, everything);
    let plain = Generator::new(5, Profile::default());
    assert_eq!(everything, (0..20).map(|index| plain.program(index).source()).collect::<Vec<_>>());
}

/// The same bytes on every machine: whoever changes productions on purpose takes over what this prints.
#[test]
fn programs_are_what_they_were() {
    let mut lines = Vec::new();
    for &profile in Profile::ALL {
        let generator = Generator::new(1, profile);
        let mut hash = Fnv(0xcbf2_9ce4_8422_2325);
        (0..20).for_each(|index| hash.write(generator.program(index).source().as_bytes()));
        lines.push(format!("{profile} {:016x}", hash.finish()));
    }
    insta::assert_snapshot!(lines.join("\n"));
}

struct Fnv(u64);

impl Hasher for Fnv {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
}

#[test]
fn shrinking_ends_with_nothing_left_to_take() {
    use proptest::strategy::ValueTree;
    use proptest::test_runner::TestRunner;
    let mut runner = TestRunner::deterministic();
    let mut tree = programs(Profile::default()).new_tree(&mut runner).unwrap();
    // "Fails" as long as something is printed.
    let fails = |source: &str| source.contains("print(") || source.contains('=');
    assert!(fails(&tree.current().source()));
    let mut steps = 0;
    while tree.simplify() {
        steps += 1;
        assert!(steps < 5000);
        if !fails(&tree.current().source()) {
            assert!(tree.complicate());
        }
    }
    assert_eq!(tree.current().lines(), 1, "{}", tree.current().source());
}
