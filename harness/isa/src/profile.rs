//! What differs between the versions in behaviour, as named properties.

use refdrift_trace::PyVersion;

/// A version of the Unicode character database.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum UnicodeVersion {
    /// 14.0
    V14_0,
    /// 15.0
    V15_0,
    /// 15.1
    V15_1,
}

/// The behaviour of one version, beyond its instructions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(clippy::struct_excessive_bools, reason = "independent facts, each with its name")]
pub struct Profile {
    /// Which CPython.
    pub version: PyVersion,
    /// Some objects are not counted (PEP 683, 3.12 on).
    pub immortal_objects: bool,
    /// `type.__mro__` is computed (3.12 on), else a plain field of the class.
    pub mro_is_computed: bool,
    /// A call's stack is `[NULL, callable, argument…]` (3.11, 3.12), else `[callable, NULL, argument…]` (3.13). An attribute
    /// that [`Op::LoadMethod`](crate::Op::LoadMethod) does not find to be a method has its `NULL` on the same side.
    pub null_below_callable: bool,
    /// Interned strings are immortal (3.12 on for those interned at run time: 3.12 only).
    pub interned_immortal: bool,
    /// An error in the `close()` with which a stream ends goes to `sys.unraisablehook`.
    pub failing_close_is_unraisable: bool,
    /// An assignment to a missing attribute says that there is no `__dict__` (3.13).
    pub no_dict_told_on_set: bool,
    /// The `AttributeError` of a type knows the type and the name (3.12 on).
    pub type_attribute_error_has_context: bool,
    /// An exception that `__set_name__` raises gets a note (3.12 on), else a `RuntimeError` takes its place.
    pub set_name_adds_note: bool,
    /// `CALL` takes bound methods apart (3.12 on); on 3.11 `PRECALL` has done it.
    pub call_unbinds_methods: bool,
    /// `f(*args)` of a Python function runs in the same eval loop (3.12 on).
    pub spread_call_pushes_frame: bool,
    /// An unknown keyword argument of a Python function brings a suggestion (3.13).
    pub suggests_keywords: bool,
    /// A flag says whether the first constant is a docstring (3.14 on).
    pub docstring_flag: bool,
    /// The letters that exist twice: interned (constants and names are that one), and as a character of a string. CPython's own
    /// source has names of one letter, which are static objects before any string is cut into characters.
    pub letters_apart: &'static str,
    /// The shared strings of one character are interned from the start (3.13).
    pub characters_interned: bool,
    /// The characters, no parts of names, of which the modules frozen into CPython have a string of their own (`os.sep` on 3.11).
    pub frozen_characters: &'static str,
    /// The objects of frozen modules are part of the interpreter (up to 3.12), not read like those of a file.
    pub frozen_by_compiler: bool,
    /// Strings of the interpreter's own that are not the interned ones of that text: what `str(True)` gives, the key of the
    /// annotations, what `sys.getdefaultencoding()` gives.
    pub strings_apart: &'static [&'static str],
    /// The characters it knows.
    pub unicode: UnicodeVersion,
    /// Methods of sets take the argument tuple that there is (up to 3.12), or make one of their own of each call's arguments.
    pub set_methods_by_tuple: bool,
    /// `str.find` and its kin take an argument tuple and have messages of their own (up to 3.12).
    pub text_search_by_tuple: bool,
    /// An unknown keyword argument of a builtin is "unexpected" (3.13), not "invalid".
    pub unexpected_keyword_wording: bool,
    /// `str.splitlines(keepends)` takes the truth of any object (3.12 on), not an integer.
    pub splitlines_takes_truth: bool,
    /// `str.replace` takes `count` as a keyword argument (3.13).
    pub replace_takes_keyword: bool,
    /// `exec` and `eval` take their namespaces by keyword, too (3.13).
    pub exec_takes_keywords: bool,
    /// `exec` holds the namespace that it runs code in once more (3.12 on; measured).
    pub exec_holds_namespace: bool,
    /// A NUL in source code is a `SyntaxError` (3.11.4 on), else a `ValueError`.
    pub null_in_source_is_syntax_error: bool,
    /// A package that is not what the module's spec says is told by a `DeprecationWarning` (3.12 on), else by an `ImportWarning`.
    pub other_parent_is_deprecated: bool,
    /// A module's `__getattr__` is held while it is called (3.13 on).
    pub module_hook_is_held: bool,
    /// Calling `str` makes no argument tuple (3.13).
    pub str_by_vectorcall: bool,
    /// A slice has a hash (3.12 on).
    pub slices_hash: bool,
    /// `list.__repr__` holds each item while it runs the item's (late 3.13).
    pub list_repr_holds_items: bool,
    /// The comparison that decides between two lists holds both items (3.13).
    pub list_compare_holds_items: bool,
    /// An assignment to a slice of a list gets at the values before it fits the slice to the list (3.13).
    pub list_slice_value_first: bool,
    /// `list.sort(reverse=…)` takes the truth of any object (3.12 on), not an integer.
    pub sort_takes_any_truth: bool,
    /// A descending run may have equal items in it (3.13).
    pub sort_finds_equal_runs: bool,
    /// The symmetric difference of two sets does not hold the one that it goes through (3.13).
    pub set_xor_borrows_other: bool,
    /// An iterator over a range of big integers counts from 0 and computes each number (3.11), instead of holding the next one.
    pub long_range_iterators_count: bool,
    /// While a trace function is set, `CALL` makes a bound method of a method of a builtin type for the length of the call (3.11).
    pub tracing_binds_methods: bool,
    /// `hash(None)` is always the same (3.12 on), not taken from its address.
    pub none_hash_is_constant: bool,
    /// Calling `int` makes no argument tuple (3.13).
    pub int_by_vectorcall: bool,
    /// Calling `min` and `max` makes no argument tuple (3.13).
    pub min_max_by_vectorcall: bool,
    /// `max([])` says what is wrong in newer words (3.12 on).
    pub empty_iterable_wording: bool,
    /// `iter(1, 2)` says what is wrong in words that only 3.12 has.
    pub iter_object_wording: bool,
    /// Instances of classes that derive from `int`, `tuple` or `bytes` share their attribute names (3.12 on).
    pub var_sized_share_keys: bool,
    /// `sum` of floats keeps track of what rounding loses (3.12 on).
    pub sum_is_compensated: bool,
    /// `set.issubset` of what is no set looks at the intersection (3.12 on).
    pub subset_by_intersection: bool,
    /// A reversed iterator over a list that has come to its end keeps the list (3.13).
    pub reversed_list_is_kept: bool,
    /// Classes can have buffers by a method `__buffer__` (3.12 on).
    pub classes_have_buffers: bool,
    /// A code object keeps `co_varnames` and its kin (3.12 on), instead of making them each time.
    pub code_keeps_variable_names: bool,
    /// `bytearray([1, 2])` takes the integers of a list or tuple without an iterator (3.12 on).
    pub bytearray_takes_lists_directly: bool,
    /// `bytearray.extend("text")` says that it got text (late 3.13).
    pub bytearray_names_text: bool,
    /// `1.0 % 0.0` says "by zero" (3.13).
    pub float_modulo_by_zero_wording: bool,
    /// `int.is_integer` (3.12 on).
    pub int_has_is_integer: bool,
    /// `chr` of what is no C `int` is out of its range, not an overflow (3.13).
    pub chr_clamps: bool,
    /// `ImportError` has `name_from` (3.12 on).
    pub import_error_knows_name_from: bool,
    /// A generator holds its code on its own account, beside its frame (3.11).
    pub generator_holds_code_twice: bool,
    /// A dying generator lets go of the exception that it was handling after everything else (before 3.13), not before its code.
    pub generator_forgets_handled_last: bool,
    /// A generator's `StopIteration` with a value gets the exception that is being handled as its context (up to 3.13.1).
    pub generator_stop_has_context: bool,
    /// Closing a generator that has not started runs nothing of it (3.12 on).
    pub close_ends_unstarted_generators: bool,
    /// `generator.close` hands over the value that the generator returns (3.13).
    pub close_returns_value: bool,
    /// The warning that `~True` brings (3.12 on).
    pub bool_inversion_complaint: Option<&'static str>,
    /// `throw(type, value)` brings a warning (3.12 on).
    pub throw_of_three_is_deprecated: bool,
    /// What ends the object that a generator delegates to is dealt with by an instruction (3.12 on).
    pub bytecode_cleans_up_throw: bool,
    /// A `StopIteration` that leaves a generator is dealt with by an instruction (3.12 on).
    pub bytecode_checks_stop_iteration: bool,
    /// What a suspended generator is at is the instruction after its `yield` (3.13).
    pub suspended_at_next_instruction: bool,
    /// `SEND` of a value calls the receiver's `send` method, of a generator too (a traced 3.11).
    pub send_calls_method: bool,
    /// The object of a generator's frame that has ended knows who resumed it (3.12 on).
    pub ended_generators_know_caller: bool,
    /// An exception under way has references to its type and its traceback beside it; and it may not be an object yet (3.11).
    pub raised_holds_type: bool,
    /// How deep native calls may be nested; none where they count like Python calls (3.11).
    pub native_recursion_limit: Option<u32>,
    /// A text with too many digits before something that is no digit is told to be too long (3.11), not to be no integer.
    pub int_text_length_first: bool,
    /// Deallocations are put off where there is little room for native calls (3.13), not where they are nested too deep.
    pub trashcan_counts_native_calls: bool,
    /// A frame whose callee in the same loop has raised is past the caches of the call (up to 3.12).
    pub calls_return_past_caches: bool,
    /// `SEND` moves its operand into a generator (3.12 on), instead of sharing it.
    pub send_moves_value: bool,
    /// `__getattr__` is bound to the object before it is called (3.11).
    pub attribute_hooks_bind: bool,
    /// Looking an attribute up on a type gives a reference to it (`_PyType_LookupRef`, 3.13).
    pub lookup_gives_references: bool,
    /// The hash of a `mappingproxy` is that of its mapping (3.12 on).
    pub mapping_proxy_hashes: bool,
    /// The `repr` of a weak reference names the type of its object with its module, and that of a proxy is worded as those are (3.13).
    pub weakref_repr_names_module: bool,
    /// A class derived from a builtin type whose objects are called without an argument tuple inherits that (3.12 on).
    pub subclasses_inherit_vectorcall: bool,
    /// `operator.methodcaller` is called without an argument tuple, and holds the tuple of its own arguments whole (3.13).
    pub methodcaller_by_vectorcall: bool,
    /// Comparing weak proxies holds what they refer to (3.13).
    pub proxy_compare_holds: bool,
    /// The iterators of `deque` and `_tuplegetter` say that they are from `_collections` (3.11).
    pub deque_iterators_of_c_module: bool,
    /// Comparing two `OrderedDict` holds the keys, and notices that one was changed meanwhile (3.13).
    pub ordered_compare_is_careful: bool,
    /// `_bisect` asks the type of two objects of one type for their order before it asks both objects (3.12 on).
    pub bisect_asks_type_directly: bool,
    /// How many new objects the collector waits for, if it is on (`gc.get_threshold()[0]`).
    pub gc_first_threshold: i64,
    /// The functions in `gc.callbacks` are called with a format string (3.11): each gets arguments made for it.
    pub gc_callbacks_by_format: bool,
    /// `deque.index` holds the item that it compares (3.13).
    pub deque_index_holds_items: bool,
    /// The `repr` of an `OrderedDict` shows a dict (3.12 on), not a list of pairs.
    pub ordered_repr_is_dict: bool,
    /// The `repr` of a `functools.partial` says which module its class is from (3.13).
    pub partial_repr_names_module: bool,
    /// `itertools.batched(strict=…)` (3.13).
    pub batched_may_be_strict: bool,
    /// `itertools.pairwise` yields its result tuple again if nobody else holds it (3.13).
    pub pairwise_reuses_result: bool,
    /// A weak reference is held while its callback runs, even if it is the only one (3.13).
    pub single_weakref_held: bool,
    /// `classmethod` binds what it wraps through its `__get__` (up to 3.12).
    pub classmethod_chains_descriptors: bool,
    /// A property without a docstring holds `None` as one, and its subclasses keep a given docstring to themselves (3.11).
    pub property_keeps_none_doc: bool,
    /// Properties have a `__name__` (3.13).
    pub property_has_name: bool,
    /// The error for `super(type, obj)` that do not go together names both types (3.13).
    pub super_check_names_types: bool,
    /// What an annotation in a class names is looked for in globals that are no plain dict as in a mapping (3.13).
    pub class_asks_globals: bool,
    /// The names of the file system's encoding are interned (3.13), not made at each call.
    pub filesystem_encoding_interned: bool,
    /// The name of the module `__main__` is the interned string (3.13), not one of its own.
    pub main_name_interned: bool,
    /// The classes of `_io` are made with the module (3.12 on), and its name is the importer's.
    pub io_types_from_spec: bool,
    /// The error for an abstract class quotes the names of its abstract methods (3.12 on).
    pub abstract_methods_quoted: bool,
    /// Setting `__module__` of a class deletes its `__firstlineno__` (3.13).
    pub module_drops_first_line: bool,
    /// `MATCH_CLASS` gives its subject back before the class and the names (3.12 on).
    pub match_class_lets_subject_go_first: bool,
    /// What is said of a class pattern that names no class.
    pub match_class_complaint: &'static str,
    /// `CHECK_EG_MATCH` gives the class back before what was being handled so far, and the exception last (3.11).
    pub eg_match_gives_back_class_first: bool,
    /// `f_locals` of a function is a proxy, `locals()` a new dict (3.13), instead of a dict of the frame's.
    pub locals_by_proxy: bool,
    /// Type parameters may have defaults (3.13).
    pub type_parameters_have_defaults: bool,
    /// The function that stands for a module's code belongs to that module (3.12 on).
    pub code_knows_module: bool,
    /// Nothing can be deleted through `f_locals` (3.13.0), not even what was added through it.
    pub frame_proxy_refuses_deletion: bool,
    /// `from module import *` also goes into the variables that comprehensions of the module's code have (3.12).
    pub star_import_fills_locals: bool,
    /// The error for bases without a common resolution order stands in one line (3.13).
    pub mro_error_in_one_line: bool,
    /// `f(*x, **keywords)` with an `x` that can't be iterated over never gives the keywords back: a leak of 3.11's.
    pub failed_spread_forgets_keywords: bool,
    /// That the `__dict__` of an instance shares its keys with the class can be told: from the counts of the names (3.11: later
    /// they are immortal), or from what the collector sees (3.13).
    pub shared_keys_show: bool,
    /// The `__dict__` of a plain instance leaves the values in the instance, which shows them to the collector itself; it never shows
    /// the dict (3.13; cpython#130327 is about what comes of it).
    pub values_stay_in_instances: bool,
    /// An empty dict of an instance gives up its shared keys for the table of a dict that it is updated with (until 3.12).
    pub empty_sharer_takes_table: bool,
    /// Storing such an attribute does not make the collector learn of the dict (3.13.0 to 3.13.3, cpython#133543).
    pub stored_attributes_go_unnoticed: bool,
    /// What the class of a cause makes, if it is no exception, is never given back: a leak of 3.13's.
    pub refused_causes_forgotten: bool,
    /// What the class of a cause makes must be an exception (3.13).
    pub made_causes_are_checked: bool,
    /// The error for deleting an attribute that a type does not have knows the type and the name (3.13).
    pub type_delete_error_has_context: bool,
    /// An exception that reaches a handler without a traceback gets `None` for it, a reference that counts (3.11).
    pub missing_traceback_is_none: bool,
    /// `PREP_RERAISE_STAR` gives its list back before the original exception (3.11).
    pub reraise_star_gives_back_list_first: bool,
    /// The methods of exception groups take their one argument without a tuple (3.13).
    pub group_methods_take_one: bool,
    /// `END_ASYNC_FOR` gives the exception back before the iterator (3.11).
    pub end_async_for_gives_back_exception_first: bool,
    /// An awaitable of an asynchronous generator that is at another step is done for (3.13).
    pub busy_awaitables_are_done: bool,
    /// Closing an awaitable of an asynchronous generator throws `GeneratorExit` into the generator (3.13).
    pub closing_awaitables_throws: bool,
    /// An awaitable of an asynchronous generator that dies before it was awaited brings a warning (3.13).
    pub unawaited_steps_warn: bool,
    /// What the interpreter itself raises becomes an object only when a frame gets it, after the traceback has its first entry:
    /// the collector knows them in that order (3.11).
    pub builtin_errors_made_after_traceback: bool,
    /// Exception groups are split by any callable (3.13), not only by a Python function.
    pub group_matchers_are_callables: bool,
    /// `math.hypot` squares the halves of a float's bits (3.11), instead of a multiplication that loses nothing.
    pub norm_splits_squares: bool,
    /// `json` says of a comma before a closing bracket that it is one too many (3.13).
    pub json_names_trailing_commas: bool,
    /// `json` says which float it can't write (3.12 on).
    pub json_names_floats: bool,
    /// `json` writes a plain dict from the dict itself (3.12 on), not from a list of its items.
    pub json_walks_dicts: bool,
    /// The names in code that is made are immortal from then on, those that somebody had before, too (3.13).
    pub names_of_code_immortal: bool,
    /// The filename of code is interned (3.13).
    pub filenames_interned: bool,
    /// `json` gives text that is one chunk as it is (up to 3.11), else what a writer makes of it.
    pub json_chunks_stay: bool,
    /// `property.getter(None)` and the like give back a `None` that they do not own (up to 3.11; later `None` is immortal).
    pub copied_properties_drop_none: bool,
    /// `struct` says in the same words of all numbers what range they must be in (3.12 on).
    pub struct_ranges_told_alike: bool,
    /// Calling `dir` and `vars` makes no argument tuple (3.12 only).
    pub dir_by_vectorcall: bool,
    /// Setting an attribute of a type is not done as for any object (3.13).
    pub types_set_attributes_themselves: bool,
    /// `list[[int]]` shows the list of types as one of types (3.12 on).
    pub alias_shows_lists: bool,
    /// `list[int].__bases__` is not that of `list` (3.13).
    pub alias_has_own_bases: bool,
    /// `SimpleNamespace` takes a mapping (3.13).
    pub namespaces_take_mappings: bool,
    /// Replacements of `re.sub` are compiled to objects (3.12 on), not to Python functions.
    pub sre_templates: bool,
    /// `warnings.warn` can be told of files that don't count (`skip_file_prefixes`).
    pub warn_skips_files: bool,
    /// A `StringIO` that nobody has read from yet keeps the strings that were written to it.
    pub accumulators_keep_strings: bool,
    /// A `date` has nothing to say to a `datetime`.
    pub dates_are_no_datetimes: bool,
    /// `datetime` has UTC, and the `timedelta` of no length, once and for ever.
    pub utc_is_immortal: bool,
    /// `replace` of a date or time of a derived class calls that.
    pub replacing_calls_class: bool,
    /// A warning that no code is to blame for comes from `<sys>`, line 0, not from `sys`, line 1.
    pub warn_names_no_file: bool,
}

impl Profile {
    /// The profile of a version; `None` for one that has no opcode table either.
    pub fn of(version: PyVersion) -> Option<Self> {
        crate::table::of(version)?;
        let since = |minor: u8| version.minor >= minor;
        let unicode = match version.minor {
            ..=11 => UnicodeVersion::V14_0,
            12 => UnicodeVersion::V15_0,
            _ => UnicodeVersion::V15_1,
        };
        let letters_apart = match version.minor {
            ..=11 => "BCLST_abcdefhijklmnopqrstvwxy",
            12 => "_abcdenprsx",
            _ => "",
        };
        let frozen_characters = match version.minor {
            ..=11 => "\t\n\r !\"#$%&'()*+,-./:;<=>?@[\\]^`{|}~",
            12 => "%.{}",
            _ => "",
        };
        Some(Self {
            version,
            immortal_objects: since(12),
            mro_is_computed: since(12),
            null_below_callable: !since(13),
            interned_immortal: version.minor == 12,
            failing_close_is_unraisable: version.minor >= 13,
            no_dict_told_on_set: since(13),
            type_attribute_error_has_context: since(12),
            set_name_adds_note: since(12),
            call_unbinds_methods: since(12),
            spread_call_pushes_frame: since(12),
            suggests_keywords: since(13),
            docstring_flag: since(14),
            letters_apart,
            characters_interned: since(13),
            frozen_characters,
            frozen_by_compiler: !since(13),
            strings_apart: match version.minor {
                ..12 => &["True", "False", "__annotations__", "utf-8"],
                12 => &["utf-8"],
                _ => &[],
            },
            unicode,
            set_methods_by_tuple: !since(13),
            text_search_by_tuple: !since(13),
            unexpected_keyword_wording: since(13),
            splitlines_takes_truth: since(12),
            replace_takes_keyword: since(13),
            str_by_vectorcall: since(13),
            slices_hash: since(12),
            list_repr_holds_items: (version.minor, version.micro) >= (13, 2),
            list_compare_holds_items: since(13),
            list_slice_value_first: since(13),
            sort_takes_any_truth: since(12),
            sort_finds_equal_runs: since(13),
            set_xor_borrows_other: since(13),
            long_range_iterators_count: !since(12),
            tracing_binds_methods: !since(12),
            none_hash_is_constant: since(12),
            int_by_vectorcall: since(13),
            min_max_by_vectorcall: since(13),
            empty_iterable_wording: since(12),
            iter_object_wording: version.minor == 12,
            var_sized_share_keys: since(12),
            sum_is_compensated: since(12),
            exec_takes_keywords: since(13),
            exec_holds_namespace: since(12),
            null_in_source_is_syntax_error: (version.minor, version.micro) >= (11, 4),
            other_parent_is_deprecated: since(12),
            module_hook_is_held: since(13),
            subset_by_intersection: since(12),
            reversed_list_is_kept: since(13),
            classes_have_buffers: since(12),
            code_keeps_variable_names: since(12),
            bytearray_takes_lists_directly: since(12),
            bytearray_names_text: since(13),
            float_modulo_by_zero_wording: since(13),
            int_has_is_integer: since(12),
            chr_clamps: since(13),
            import_error_knows_name_from: since(12),
            generator_holds_code_twice: !since(12),
            generator_forgets_handled_last: !since(13),
            generator_stop_has_context: (version.minor, version.micro) < (13, 2),
            close_ends_unstarted_generators: since(12),
            close_returns_value: since(13),
            bool_inversion_complaint: match version.minor {
                ..12 => None,
                12 => Some(
                    "Bitwise inversion '~' on bool is deprecated. This returns the bitwise inversion of the underlying int object \
                     and is usually not what you expect from negating a bool. Use the 'not' operator for boolean negation or ~int(x) \
                     if you really want the bitwise inversion of the underlying int.",
                ),
                13.. => Some(
                    "Bitwise inversion '~' on bool is deprecated and will be removed in Python 3.16. This returns the bitwise \
                     inversion of the underlying int object and is usually not what you expect from negating a bool. Use the 'not' \
                     operator for boolean negation or ~int(x) if you really want the bitwise inversion of the underlying int.",
                ),
            },
            throw_of_three_is_deprecated: since(12),
            bytecode_cleans_up_throw: since(12),
            bytecode_checks_stop_iteration: since(12),
            suspended_at_next_instruction: since(13),
            send_calls_method: !since(12),
            ended_generators_know_caller: since(12),
            raised_holds_type: !since(12),
            native_recursion_limit: match version.minor {
                ..=11 => None,
                12 => Some(1500),
                // It lets one more in than its limit says.
                _ => Some(10_001),
            },
            int_text_length_first: !since(12),
            trashcan_counts_native_calls: since(13),
            calls_return_past_caches: !since(13),
            send_moves_value: since(12),
            attribute_hooks_bind: !since(12),
            lookup_gives_references: since(13),
            mapping_proxy_hashes: since(12),
            weakref_repr_names_module: since(13),
            subclasses_inherit_vectorcall: since(12),
            methodcaller_by_vectorcall: since(13),
            proxy_compare_holds: since(13),
            deque_iterators_of_c_module: !since(12),
            ordered_compare_is_careful: since(13),
            bisect_asks_type_directly: since(12),
            gc_first_threshold: if since(13) { 2000 } else { 700 },
            gc_callbacks_by_format: !since(12),
            deque_index_holds_items: since(13),
            ordered_repr_is_dict: since(12),
            partial_repr_names_module: since(13),
            batched_may_be_strict: since(13),
            pairwise_reuses_result: since(13),
            single_weakref_held: since(13),
            classmethod_chains_descriptors: !since(13),
            property_keeps_none_doc: !since(12),
            property_has_name: since(13),
            super_check_names_types: since(13),
            class_asks_globals: since(13),
            filesystem_encoding_interned: since(13),
            main_name_interned: since(13),
            io_types_from_spec: since(12),
            abstract_methods_quoted: since(12),
            module_drops_first_line: since(13),
            match_class_lets_subject_go_first: since(12),
            match_class_complaint: if since(12) {
                "called match pattern must be a class"
            } else {
                "called match pattern must be a type"
            },
            reraise_star_gives_back_list_first: !since(12),
            group_methods_take_one: since(13),
            made_causes_are_checked: since(13),
            type_delete_error_has_context: since(13),
            locals_by_proxy: since(13),
            type_parameters_have_defaults: since(13),
            code_knows_module: since(12),
            frame_proxy_refuses_deletion: (version.minor, version.micro) == (13, 0),
            star_import_fills_locals: !since(13),
            mro_error_in_one_line: since(13),
            failed_spread_forgets_keywords: !since(12),
            refused_causes_forgotten: since(13),
            shared_keys_show: !since(12) || since(13),
            values_stay_in_instances: since(13),
            empty_sharer_takes_table: !since(13),
            stored_attributes_go_unnoticed: (version.minor, version.micro) >= (13, 0) && (version.minor, version.micro) < (13, 4),
            missing_traceback_is_none: !since(12),
            eg_match_gives_back_class_first: !since(12),
            builtin_errors_made_after_traceback: !since(12),
            end_async_for_gives_back_exception_first: !since(12),
            busy_awaitables_are_done: since(13),
            closing_awaitables_throws: since(13),
            unawaited_steps_warn: since(13),
            group_matchers_are_callables: since(13),
            norm_splits_squares: !since(12),
            json_names_trailing_commas: since(13),
            json_names_floats: since(12),
            json_walks_dicts: since(12),
            names_of_code_immortal: since(13),
            filenames_interned: since(13),
            json_chunks_stay: !since(12),
            copied_properties_drop_none: !since(12),
            struct_ranges_told_alike: since(12),
            dir_by_vectorcall: version.minor == 12,
            types_set_attributes_themselves: since(13),
            alias_shows_lists: since(12),
            alias_has_own_bases: since(13),
            namespaces_take_mappings: since(13),
            sre_templates: since(12),
            warn_skips_files: since(12),
            replacing_calls_class: since(13),
            utc_is_immortal: since(13),
            dates_are_no_datetimes: since(13),
            accumulators_keep_strings: !since(12),
            warn_names_no_file: since(13),
        })
    }
}
