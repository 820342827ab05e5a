//! Why some faults are not caught.

use super::{Fate, FaultResult};

/// A reason for which no case can show certain faults.
#[derive(Clone, Copy, Debug)]
pub struct Reason {
    /// The reason.
    pub why: &'static str,
    /// The modes; all of them without any.
    pub mode: Option<&'static [&'static str]>,
    /// The sites' names.
    pub sites: &'static [&'static str],
}

/// Every reason but those that a run finds out by itself: [`UNRECORDED`], [`IMMORTAL`], [`INDISTINCT`], [`LOAN`],
/// [`LATE`], [`ORDER`], [`LOADING`] and [`UNSEEN`].
/// One that explains nothing any more is told.
const REASONS: &[Reason] = &[
    Reason {
        why: "the branch for an object of another type, which Rust asks for: the type has been checked before",
        mode: None,
        sites: &[
            "boot.rs::get_item not_implemented 1",
            "eval/calls.rs::set_function_attribute release 1",
            "eval/calls.rs::start_function_frame release 1",
            "eval/exceptions.rs::add_traceback release 1",
            "eval/exceptions.rs::generator_frame_object none 1",
            "eval/exceptions.rs::generator_frame_object release 1",
            "eval/generators.rs::resume_generator release 1",
            "eval/mod.rs::execute_other release 2",
            "modules/bisect.rs::insort release 2",
            "modules/collections/deque/mod.rs::push release 1",
            "modules/collections/deque/sequence.rs::inplace_repeat retain 3",
            "modules/collections/ordered/mod.rs::compare not_implemented 2",
            "modules/functools/lru_cache.rs::call none 1",
            "modules/functools/lru_cache.rs::call_function none 1",
            "modules/functools/lru_cache.rs::finish release 1",
            "modules/functools/lru_cache.rs::cache_info none 1",
            "modules/functools/lru_cache.rs::cache_clear none 1",
            "modules/functools/partial.rs::reduce none 1",
            "modules/hashes.rs::give_back none 2",
            "modules/heapq.rs::push release 1",
            "modules/interpreter/thread.rs::acquire none 1",
            "modules/itertools/counting.rs::cycle_next release 1",
            "modules/itertools/tee.rs::get_item release 1",
            "modules/json/encode.rs::call none 1",
            "modules/math/sums.rs::add release 1",
            "modules/sre/state.rs::step none 1",
            "modules/sre/substitute.rs::expand none 1",
            "modules/sre/substitute.rs::sub none 1",
            "modules/sys/mod.rs::call_tracing none 1",
            "object/instance.rs::set_instance_attribute release_option 1",
            "run.rs::eval_code release 1",
            "types/cell.rs::set_cell release_option 2",
            "types/class/attributes.rs::set_class_attribute release_all 1",
            "types/code_parts.rs::part none 1",
            "types/code_parts.rs::positions none 1",
            "types/descriptors/mod.rs::text_of_cpython none 1",
            "types/descriptors/mod.rs::bind_native retain 1",
            "types/descriptors/mod.rs::get_value retain 3",
            "types/dict/lookup.rs::dict_replace_at release 2",
            "types/dict/lookup.rs::dict_append release 1",
            "types/dict/lookup.rs::dict_append release 2",
            "types/dict/merge.rs::clone_table release_all 1",
            "types/dict/sharing.rs::copy_sharing release 1",
            "types/frame.rs::clear none 1",
            "types/frame.rs::back none 1",
            "types/frame_locals.rs::frame_locals none 1",
            "types/frame_locals.rs::synced_locals none 1",
            "types/frame_locals.rs::set_locals_dict_at release_option 1",
            "types/frame_proxy.rs::set_item release 1",
            "types/generator/methods.rs::generator_send none 1",
            "types/int/power.rs::power not_implemented 2",
            "types/int/power.rs::power_modulo not_implemented 1",
            "types/iterators/combine.rs::enumerate_index release 1",
            "types/iterators/over.rs::sequence_item none 1",
            "types/iterators/text.rs::set_state none 1",
            "types/list/methods.rs::insert release 1",
            "types/list/mod.rs::list_push release 1",
            "types/memory/mod.rs::another_view none 1",
            "types/set/lookup.rs::set_add_hashed release 1",
            "types/set/lookup.rs::set_copy_elements release 1",
            "types/function.rs::set_code release 2",
        ],
    },
    Reason {
        why: "the branch for a type without that slot: the method is there only where the type has the slot",
        mode: None,
        sites: &[
            "object/slotdefs/methods.rs::get retain 1",
            "types/method.rs::getattr retain 1",
            "object/slotdefs/mod.rs:: not_implemented 1",
            "object/slotdefs/mod.rs:: not_implemented 2",
            "object/slotdefs/mod.rs:: not_implemented 3",
            "object/slotdefs/mod.rs:: not_implemented 4",
            "object/slotdefs/mod.rs:: not_implemented 5",
            "object/slotdefs/mod.rs:: not_implemented 6",
            "object/slotdefs/mod.rs:: not_implemented 7",
            "object/slotdefs/mod.rs:: not_implemented 8",
            "object/slotdefs/mod.rs:: not_implemented 9",
            "object/slotdefs/wrappers.rs::unary not_implemented 1",
            "object/slotdefs/wrappers.rs::binary not_implemented 1",
            "object/slotdefs/wrappers.rs::reflected not_implemented 1",
            "object/slotdefs/wrappers.rs::repeat not_implemented 1",
            "types/object.rs::compare not_implemented 1",
        ],
    },
    Reason {
        why: "the branch for a failure that cannot be: it deals with what the VM has just made, or with names, and runs no Python code",
        mode: None,
        sites: &[
            "builtins/dir.rs::dir_of_scope release 1",
            "eval/calls.rs::push_function_frame release_option 1",
            "eval/data.rs::build_const_key_map release 1",
            "library/frame.rs::under_import_frame release_all 1",
            "library/mod.rs::run_body release_all 1",
            "modules/collections/deque/mod.rs::copy release 1",
            "modules/collections/deque/iterators.rs::new release 2",
            "modules/interpreter/charmap.rs::build release 1",
            "modules/typing/make.rs::with_module release 2",
            "types/dict/views.rs::items_difference release 1",
            "types/frame_locals.rs::current_locals release 1",
            "types/frame_locals.rs::synced_locals release 1",
            "types/frame_proxy.rs::as_dict release 1",
        ],
    },
    Reason {
        why: "gives back what was there before, and there never is anything: it is set once",
        mode: None,
        sites: &[
            "eval/calls.rs::set_function_attribute release_option 1",
            "eval/type_params.rs::with_type_params release_option 1",
            "modules/typing/make.rs::set_parameter_default release_option 1",
            "object/attribute.rs::complete_attribute_error release_option 1",
            "types/exception/group.rs::split_members release_option 1",
            "types/generic/alias.rs::parameters_of release_option 1",
            "types/generic/union.rs::parameters_of release_option 1",
        ],
    },
    Reason {
        why: "is followed by what the VM does not have: no case that comes here counts",
        mode: None,
        sites: &[
            "eval/exceptions.rs::raise_as release 2",
            "library/mod.rs::describe_raised release 1",
            "library/mod.rs::describe_raised release 2",
            "types/dict/lookup.rs::dict_insert release 3",
            "types/dict/lookup.rs::dict_insert release 4",
            "types/exception/group.rs::exception_group_match release 1",
            "types/pickling.rs::common_reduce lend 1",
            "types/pickling.rs::common_reduce lend 2",
            "types/int/power.rs::power not_implemented 3",
            "types/memory/mod.rs::new release 1",
        ],
    },
    Reason {
        why: "only while the interpreter's library is imported; a snippet that comes here is told that the VM does not have it",
        mode: None,
        sites: &["modules/mod.rs::repr_text retain 1", "modules/mod.rs::repr_text none 2", "types/module.rs::dir retain 1"],
    },
    Reason {
        why: "the compiler makes no code that comes here",
        mode: None,
        sites: &[
            "eval/matching.rs::match_keys retain 1",
            "modules/typing/make.rs::set_parameter_default release 1",
            "types/exception/group.rs::prepare_reraise none 1",
        ],
    },
    Reason {
        why: "only where no frame runs, and a snippet's frame does",
        mode: None,
        sites: &["builtins/attributes.rs::globals none 1"],
    },
    Reason {
        why: "only on later releases than the ones that are tried: 3.13.2 holds what a list shows, 3.13.0 has no FrameLocalsProxy.pop",
        mode: None,
        sites: &[
            "types/frame_proxy.rs::pop retain 1",
            "types/frame_proxy.rs::pop release 1",
            "types/frame_proxy.rs::pop retain 2",
            "types/list/mod.rs::repr_items retain 1",
            "types/list/mod.rs::repr_items release 1",
        ],
    },
    Reason {
        why: "of the stand-in for the import system's frames: a program that asks for its code gets other code in CPython, and no such case agrees",
        mode: Some(&["left-out", "twice", "late"]),
        sites: &["library/frame.rs::under_import_frame retain 1"],
    },
    Reason {
        why: "the first that anybody sees of a string that was there before, and what was there is counted relative to its first sight",
        mode: Some(&["left-out"]),
        sites: &["vm.rs::interned_for retain 2"],
    },
    Reason {
        why: "only where nothing is recorded: where it is, the same instructions are executed one by one",
        mode: None,
        sites: &[
            "eval/runs.rs::operate bool 1",
            "eval/runs.rs::operate push 1",
            "eval/runs.rs::operate release 1",
            "eval/runs.rs::run_together push 1",
            "eval/runs.rs::run_together release 1",
            "eval/runs.rs::run_together retain 1",
            "eval/runs.rs::run_together retain 2",
        ],
    },
    Reason {
        why: "only a program that knows the name sees it, and there CPython's cache of attributes holds the name, too: no such case agrees",
        mode: Some(&["left-out", "twice", "late"]),
        sites: &["modules/math.rs::rounded release 2"],
    },
    Reason {
        why: "two references to the same object go one right after the other: which of them goes first is all the same",
        mode: Some(&["early"]),
        sites: &["modules/itertools/slices.rs::pairwise_next release 1"],
    },
    Reason {
        why: "there always is a state: the arguments are part of it",
        mode: None,
        sites: &["types/exception/pickling.rs::attribute_error_state none 1"],
    },
    Reason { why: "every class has a __doc__: `object` has one", mode: None, sites: &["types/type_.rs::doc none 1"] },
];

/// Of a site that is reached, but never while a snippet runs.
#[cfg(feature = "faults")]
pub(super) const UNRECORDED: &str =
    "runs only while the VM or its library is made ready: what is there before the snippet is counted relative to its start";

/// Of a site that only ever dealt with objects that are not counted.
#[cfg(feature = "faults")]
pub(super) const IMMORTAL: &str = "all that the site deals with is immortal on these Pythons: nothing is counted";

/// Of one that comes too early.
#[cfg(feature = "faults")]
pub(super) const INDISTINCT: &str =
    "given back in the same instruction, only sooner: no boundary lies between, and nobody used the object in between";

/// Of a loan that ends too early.
#[cfg(feature = "faults")]
pub(super) const LOAN: &str =
    "the loan ends in the same instruction, only sooner: no boundary lies between, and somebody else held the object";

/// Of one that comes too late.
#[cfg(feature = "faults")]
pub(super) const LATE: &str =
    "made up for at the next boundary, before anybody has seen the object, which nobody lets go meanwhile";

/// Of one that changes the order in which dying objects let go of what they hold.
#[cfg(feature = "faults")]
pub(super) const ORDER: &str = "no two known objects die together with an object of that type, or the one that goes later lives on: there is no order to be seen";

/// Of one that is only made while a module is imported.
#[cfg(feature = "faults")]
pub(super) const LOADING: &str = "runs only while a module of the library is made: what it makes counts as having been there before, relative to its first sight";

/// Of a mistake with objects that come and go within one instruction.
#[cfg(feature = "faults")]
pub(super) const UNSEEN: &str =
    "no object that the site deals with is ever on a stack or in a variable: it comes and goes within one instruction";

impl Reason {
    fn explains(&self, site: &str, result: &FaultResult) -> bool {
        result.site == site && self.mode.is_none_or(|modes| modes.contains(&result.mode.as_str()))
    }
}

/// Why a fault is not caught, if that is written down.
pub fn reason_for(result: &FaultResult) -> Option<&'static str> {
    REASONS.iter().find(|reason| reason.sites.iter().any(|site| reason.explains(site, result))).map(|reason| reason.why)
}

/// The sites, with the reasons, of which a whole run says otherwise: the site is gone, or its faults are caught.
pub fn stale_reasons(results: &[FaultResult]) -> Vec<(&'static str, &'static str)> {
    let all = REASONS.iter().flat_map(|reason| reason.sites.iter().map(move |&site| (reason, site)));
    let stale = all.filter(|(reason, site)| {
        let mut about = results.iter().filter(|result| reason.explains(site, result)).peekable();
        about.peek().is_none() || about.any(|result| result.fate == Fate::Caught)
    });
    stale.map(|(reason, site)| (site, reason.why)).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    use super::*;
    use crate::faults::Sites;

    #[test]
    fn every_reason_is_of_a_site_that_there_is_and_each_site_has_one() {
        let sites = Sites::read(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))).unwrap();
        let mut seen = BTreeSet::new();
        for site in REASONS.iter().flat_map(|reason| reason.sites) {
            // Which calls transfer something only running shows; a whole run tells of those that are gone.
            assert!(site.ends_with(" transfer") || sites.find(site).is_some(), "no site is called {site}");
            assert!(seen.insert(site), "{site} has two reasons");
        }
    }
}
