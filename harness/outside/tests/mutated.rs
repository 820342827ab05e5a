//! What is nearly right, and what is not right at all: nothing panics.

use proptest::collection::vec;
use proptest::prelude::*;
use refdrift_outside::{TARGETS, bytecode, case_file, record, seeds, wire};

/// What is done to a seed.
#[derive(Clone, Debug)]
enum Mutation {
    /// A byte becomes another.
    Set(usize, u8),
    /// A bit is turned.
    Flip(usize, u8),
    /// Bytes come in.
    Insert(usize, Vec<u8>),
    /// Bytes go.
    Remove(usize, usize),
    /// A part comes twice.
    Repeat(usize, usize),
    /// All behind it goes.
    Cut(usize),
}

fn mutation() -> impl Strategy<Value = Mutation> {
    let place = any::<usize>;
    prop_oneof![
        (place(), any::<u8>()).prop_map(|(at, byte)| Mutation::Set(at, byte)),
        (place(), 0_u8..8).prop_map(|(at, bit)| Mutation::Flip(at, bit)),
        (place(), vec(any::<u8>(), 1..8)).prop_map(|(at, bytes)| Mutation::Insert(at, bytes)),
        (place(), 1_usize..16).prop_map(|(at, count)| Mutation::Remove(at, count)),
        (place(), 1_usize..32).prop_map(|(at, count)| Mutation::Repeat(at, count)),
        place().prop_map(Mutation::Cut),
    ]
}

fn mutate(bytes: &mut Vec<u8>, mutation: Mutation) {
    let length = bytes.len();
    let place = |at: usize| at % (length + 1);
    match mutation {
        Mutation::Set(at, byte) => {
            if let Some(old) = bytes.get_mut(place(at)) {
                *old = byte;
            }
        }
        Mutation::Flip(at, bit) => {
            if let Some(old) = bytes.get_mut(place(at)) {
                *old ^= 1 << bit;
            }
        }
        Mutation::Insert(at, new) => drop(bytes.splice(place(at)..place(at), new)),
        Mutation::Remove(at, count) => drop(bytes.drain(place(at)..(place(at) + count).min(length))),
        Mutation::Repeat(at, count) => {
            let part = bytes[place(at)..(place(at) + count).min(length)].to_vec();
            drop(bytes.splice(place(at)..place(at), part));
        }
        Mutation::Cut(at) => bytes.truncate(place(at)),
    }
}

/// A seed of a target with some mutations; one time in eight bytes of no kind.
fn bytes(target: &'static str) -> impl Strategy<Value = Vec<u8>> {
    let mutated = (0..seeds(target).len(), vec(mutation(), 0..6)).prop_map(move |(seed, mutations)| {
        let mut bytes = seeds(target).swap_remove(seed);
        for mutation in mutations {
            mutate(&mut bytes, mutation);
        }
        bytes
    });
    prop_oneof![7 => mutated, 1 => vec(any::<u8>(), 0..200)]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: if cfg!(miri) { 20 } else { 2000 }, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn messages(bytes in bytes("wire")) {
        wire(&bytes);
    }

    #[test]
    #[cfg_attr(miri, ignore = "works on files")]
    fn records(bytes in bytes("record")) {
        record(&bytes);
    }

    #[test]
    #[cfg_attr(miri, ignore = "works on files")]
    fn case_files(bytes in bytes("case_file")) {
        case_file(&bytes);
    }

    #[test]
    fn tables_of_bytecode(bytes in bytes("bytecode")) {
        bytecode(&bytes);
    }
}

/// Seeds that nobody understands would let every test pass.
#[test]
#[cfg_attr(miri, ignore = "works on files")]
fn seeds_are_right() {
    use refdrift_trace::Response;
    for (name, target) in TARGETS {
        assert!(!seeds(name).is_empty(), "{name}");
        for seed in seeds(name) {
            target(&seed);
        }
    }
    for seed in seeds("wire") {
        let Ok(Response::Finished(observation)) = postcard::from_bytes(&seed) else { panic!("no observation") };
        assert!(observation.trajectory.is_sound());
        assert!(refdrift_isa::decode(observation.unit.version, observation.unit.module()).is_ok());
    }
    let folder = tempfile::tempdir().unwrap();
    for (name, target) in [("record.jsonl", "record"), ("cases.yaml", "case_file")] {
        std::fs::write(folder.path().join(name), &seeds(target)[0]).unwrap();
    }
    let mut reader = refdrift_record::Reader::open(&folder.path().join("record.jsonl")).unwrap();
    assert_eq!(reader.by_ref().map(Result::unwrap).count(), 3);
    let cases = refdrift_cases::load(&[folder.path().join("cases.yaml")], folder.path());
    assert_eq!(cases.map(|cases| cases.len()).map_err(|errors| format!("{errors:?}")), Ok(2));
}
