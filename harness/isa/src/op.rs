//! The common instruction set: one table, from which the enum, the names and the kinds of argument come.

/// What the `arg` of an [`Instr`](crate::Instr) means. [`decode`](crate::decode) has checked it: an index is inside its table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ArgKind {
    /// Nothing; it is 0.
    None,
    /// Index into `localsplusnames`.
    Local,
    /// Index into `consts`.
    Const,
    /// Index into `names`.
    Name,
    /// Index into `names`, shifted left by one; bit 0: `super` was written with its two arguments.
    SuperName,
    /// Index of an instruction in [`Code::instrs`](crate::Code::instrs).
    Target,
    /// A number of operands.
    Count,
    /// A place on the stack, counted from 1 at the top.
    Depth,
    /// A place on the stack, counted from 1 at the top after the operand was popped.
    DepthBelow,
    /// A [`BinaryOperator`](crate::BinaryOperator).
    Binary,
    /// A [`CompareOperator`](crate::CompareOperator).
    Compare,
    /// 1 turns the test round (`is not`, `not in`).
    Invert,
    /// Low byte: names before the starred one; the rest: names after it.
    UnpackEx,
    /// A [`Conversion`](crate::Conversion).
    Conversion,
    /// A [`FunctionAttribute`](crate::FunctionAttribute).
    FunctionAttribute,
    /// Bit 0: there is a mapping of keyword arguments.
    HasKeywords,
    /// 0 at the start of a function, 1 after `yield`, 2 after `yield from`, 3 after `await`.
    Resume,
    /// 0; 1 after `__aenter__`, 2 after `__aexit__` (words of an error message).
    Awaitable,
    /// 0, or the distance from the exception to the instruction number that lies below it, which becomes current again.
    Reraise,
}

macro_rules! ops {
    ($($(#[doc = $doc:literal])+ $op:ident = $name:literal, $arg:ident;)+) => {
        /// An instruction of the common set. The words are CPython's; a stack is written with its top on the right.
        ///
        /// What an instruction does to ownership is told by its [`contract`](crate::contract).
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[repr(u8)]
        pub enum Op { $($(#[doc = $doc])+ $op,)+ }

        impl Op {
            /// All of them, in the order of their numbers.
            pub const ALL: &'static [Op] = &[$(Op::$op,)+];

            /// Its name in CPython's spelling: `BUILD_TUPLE`.
            pub const fn name(self) -> &'static str {
                match self { $(Op::$op => $name,)+ }
            }

            /// What its argument means.
            pub const fn arg_kind(self) -> ArgKind {
                match self { $(Op::$op => ArgKind::$arg,)+ }
            }
        }
    };
}

ops! {
    /// Does nothing (also an `EXTENDED_ARG` prefix where CPython reports it as a step of its own).
    Nop = "NOP", None;
    /// Entry of a frame, or of a generator that runs again.
    Resume = "RESUME", Resume;

    /// `[value] → []`
    PopTop = "POP_TOP", None;
    /// `[] → [NULL]`
    PushNull = "PUSH_NULL", None;
    /// `[…] → […, the value at that depth]`
    Copy = "COPY", Depth;
    /// Exchanges the top with the value at that depth.
    Swap = "SWAP", Depth;
    /// `[receiver, value] → [value]`: the end of a `yield from` or `await`.
    EndSend = "END_SEND", None;

    /// `[] → [constant]`
    LoadConst = "LOAD_CONST", Const;
    /// `[] → [None]`: what an instruction of 3.12 and later pushes where that of 3.11 pushes nothing.
    LoadNone = "LOAD_NONE", None;
    /// Locals dict, then globals, then builtins.
    LoadName = "LOAD_NAME", Name;
    /// `[value] → []`, into the locals dict.
    StoreName = "STORE_NAME", Name;
    /// Out of the locals dict.
    DeleteName = "DELETE_NAME", Name;
    /// Globals, then builtins. The `NULL` of a call is a [`Op::PushNull`] before (3.11, 3.12) or after it (3.13).
    LoadGlobal = "LOAD_GLOBAL", Name;
    /// `[value] → []`, into the globals dict.
    StoreGlobal = "STORE_GLOBAL", Name;
    /// Out of the globals dict.
    DeleteGlobal = "DELETE_GLOBAL", Name;
    /// A local that the compiler knows to be set (3.12 on). On 3.13 it also loads the cell itself, for a closure.
    LoadFast = "LOAD_FAST", Local;
    /// A local that may be unset: `UnboundLocalError`. (3.11's `LOAD_FAST`; `LOAD_FAST_CHECK` since.)
    LoadFastCheck = "LOAD_FAST_CHECK", Local;
    /// Moves a local, set or not, to the stack and leaves it unset (a comprehension's variable, 3.12 on).
    LoadFastAndClear = "LOAD_FAST_AND_CLEAR", Local;
    /// `[value] → []`. The value may be `NULL`: a comprehension restores a variable that was unset.
    StoreFast = "STORE_FAST", Local;
    /// Unsets a local; `UnboundLocalError` if it is not set.
    DeleteFast = "DELETE_FAST", Local;
    /// Puts a new cell, with what the local holds, in the local's place.
    MakeCell = "MAKE_CELL", Local;
    /// Puts the cells of the function's closure into the frame's last locals.
    CopyFreeVars = "COPY_FREE_VARS", Count;
    /// `[] → [cell]` (3.11, 3.12)
    LoadClosure = "LOAD_CLOSURE", Local;
    /// `[] → [content of the cell]`
    LoadDeref = "LOAD_DEREF", Local;
    /// `[mapping] → [value]`, from the mapping, else from the cell. (3.11's `LOAD_CLASSDEREF` is [`Op::LoadLocals`] and this.)
    LoadFromDictOrDeref = "LOAD_FROM_DICT_OR_DEREF", Local;
    /// `[mapping] → [value]`, from the mapping, else globals, else builtins (3.12 on).
    LoadFromDictOrGlobals = "LOAD_FROM_DICT_OR_GLOBALS", Name;
    /// `[] → [locals dict]`
    LoadLocals = "LOAD_LOCALS", None;
    /// `[value] → []`, into the cell.
    StoreDeref = "STORE_DEREF", Local;
    /// Empties the cell; an error if it is empty.
    DeleteDeref = "DELETE_DEREF", Local;

    /// `+x`
    UnaryPositive = "UNARY_POSITIVE", None;
    /// `-x`
    UnaryNegative = "UNARY_NEGATIVE", None;
    /// `not x`
    UnaryNot = "UNARY_NOT", None;
    /// `~x`
    UnaryInvert = "UNARY_INVERT", None;
    /// `bool(x)` (3.13)
    ToBool = "TO_BOOL", None;
    /// `[left, right] → [result]`
    BinaryOp = "BINARY_OP", Binary;
    /// `[container, key] → [item]`
    BinarySubscr = "BINARY_SUBSCR", None;
    /// `[value, container, key] → []`
    StoreSubscr = "STORE_SUBSCR", None;
    /// `[container, key] → []`
    DeleteSubscr = "DELETE_SUBSCR", None;
    /// `[container, start, stop] → [result]` (3.12 on)
    BinarySlice = "BINARY_SLICE", None;
    /// `[value, container, start, stop] → []` (3.12 on)
    StoreSlice = "STORE_SLICE", None;
    /// `[left, right] → [result]`. 3.13's conversion to `bool` is a [`Op::ToBool`] of its own after it.
    CompareOp = "COMPARE_OP", Compare;
    /// `[left, right] → [bool]`
    IsOp = "IS_OP", Invert;
    /// `[item, container] → [bool]`
    ContainsOp = "CONTAINS_OP", Invert;

    /// `[item…] → [tuple]`
    BuildTuple = "BUILD_TUPLE", Count;
    /// `[item…] → [list]`
    BuildList = "BUILD_LIST", Count;
    /// `[item…] → [set]`
    BuildSet = "BUILD_SET", Count;
    /// `[key, value, …] → [dict]`; the argument counts pairs.
    BuildMap = "BUILD_MAP", Count;
    /// `[value…, tuple of keys] → [dict]`; the argument counts values.
    BuildConstKeyMap = "BUILD_CONST_KEY_MAP", Count;
    /// `[string…] → [string]`
    BuildString = "BUILD_STRING", Count;
    /// `[start, stop] → [slice]` or `[start, stop, step] → [slice]`
    BuildSlice = "BUILD_SLICE", Count;
    /// `[…, iterable] → […]`, onto the list at that depth.
    ListExtend = "LIST_EXTEND", DepthBelow;
    /// `[…, iterable] → […]`, into the set at that depth.
    SetUpdate = "SET_UPDATE", DepthBelow;
    /// `[…, mapping] → […]`, into the dict at that depth.
    DictUpdate = "DICT_UPDATE", DepthBelow;
    /// As [`Op::DictUpdate`], for `f(**kwargs)`: a key that is there is an error that names the callable.
    DictMerge = "DICT_MERGE", DepthBelow;
    /// `[…, item] → […]`, onto the list at that depth.
    ListAppend = "LIST_APPEND", DepthBelow;
    /// `[…, item] → […]`, into the set at that depth.
    SetAdd = "SET_ADD", DepthBelow;
    /// `[…, key, value] → […]`, into the dict at that depth.
    MapAdd = "MAP_ADD", DepthBelow;
    /// `[list] → [tuple]`
    ListToTuple = "LIST_TO_TUPLE", None;
    /// `[value] → [str(value), repr(value) or ascii(value)]`
    ConvertValue = "CONVERT_VALUE", Conversion;
    /// `[value] → [string]`: `format(value, '')`, but a `str` passes as it is.
    FormatSimple = "FORMAT_SIMPLE", None;
    /// `[value, spec] → [string]`
    FormatWithSpec = "FORMAT_WITH_SPEC", None;

    /// `[iterable] → [iterator]`
    GetIter = "GET_ITER", None;
    /// `[iterator] → [iterator, item]`, or, at its end, `[]` and on to the target (past `END_FOR` where there is one).
    ForIter = "FOR_ITER", Target;
    /// As [`Op::GetIter`], but a generator or coroutine passes as it is.
    GetYieldFromIter = "GET_YIELD_FROM_ITER", None;
    /// `[receiver, value] → [receiver, yielded]`, or, when the receiver returned, `[receiver, result]` and on to the target.
    /// (3.11 gives the receiver back too: an [`Op::EndSend`] of its own does that here.)
    Send = "SEND", Target;
    /// `[value] → []`: the value goes to whoever resumed the generator; what it sends is pushed on the way back.
    YieldValue = "YIELD_VALUE", None;
    /// Makes a generator (or coroutine) of the frame, and returns it to the caller. The first `send` pushes `None`.
    ReturnGenerator = "RETURN_GENERATOR", None;
    /// `[object] → [awaitable's iterator]`
    GetAwaitable = "GET_AWAITABLE", Awaitable;
    /// `[object] → [asynchronous iterator]`
    GetAiter = "GET_AITER", None;
    /// `[iterator] → [iterator, awaitable]`
    GetAnext = "GET_ANEXT", None;
    /// `[iterator, exception] → []` for a `StopAsyncIteration`; raises any other exception again.
    EndAsyncFor = "END_ASYNC_FOR", None;
    /// `[iterator, last value, exception] → [None, result]` for a `StopIteration`; raises any other again (3.12 on).
    CleanupThrow = "CLEANUP_THROW", None;
    /// `[value] → [wrapped value]`: what an asynchronous generator yields.
    AsyncGenWrap = "ASYNC_GEN_WRAP", None;
    /// `[exception] → [exception]`: a `StopIteration` that leaves a generator becomes a `RuntimeError` (3.12 on).
    StopIterationError = "STOPITERATION_ERROR", None;

    /// On to the target.
    Jump = "JUMP", Target;
    /// `[condition] → []`; any object before 3.13.
    PopJumpIfTrue = "POP_JUMP_IF_TRUE", Target;
    /// `[condition] → []`; any object before 3.13.
    PopJumpIfFalse = "POP_JUMP_IF_FALSE", Target;
    /// `[value] → []`
    PopJumpIfNone = "POP_JUMP_IF_NONE", Target;
    /// `[value] → []`
    PopJumpIfNotNone = "POP_JUMP_IF_NOT_NONE", Target;
    /// `[condition] → [condition]` and on to the target, or `[]` (3.11).
    JumpIfTrueOrPop = "JUMP_IF_TRUE_OR_POP", Target;
    /// `[condition] → [condition]` and on to the target, or `[]` (3.11).
    JumpIfFalseOrPop = "JUMP_IF_FALSE_OR_POP", Target;

    /// `[sequence] → [item…]`, the first on top.
    UnpackSequence = "UNPACK_SEQUENCE", Count;
    /// `[sequence] → [item…, list, item…]`, the first on top.
    UnpackEx = "UNPACK_EX", UnpackEx;

    /// `[object] → [attribute]`
    LoadAttr = "LOAD_ATTR", Name;
    /// `[object] → [function, object]` for a method; else the attribute with a `NULL` on the side that the version's
    /// [`Profile::null_below_callable`](crate::Profile::null_below_callable) says.
    LoadMethod = "LOAD_METHOD", Name;
    /// `[value, object] → []`
    StoreAttr = "STORE_ATTR", Name;
    /// `[object] → []`
    DeleteAttr = "DELETE_ATTR", Name;
    /// `[super, class, self] → [attribute]` (3.12 on)
    LoadSuperAttr = "LOAD_SUPER_ATTR", SuperName;
    /// `[super, class, self] → ` as [`Op::LoadMethod`] (3.12 on)
    LoadSuperMethod = "LOAD_SUPER_METHOD", SuperName;

    /// 3.11, before [`Op::Call`], with its argument: a bound method under `NULL` becomes its function and its object. A step of
    /// its own. (Later versions do it inside `CALL`.)
    Precall = "PRECALL", Count;
    /// `[NULL or function, callable or self, argument…] → [result]` (3.11, 3.12),
    /// `[callable, self or NULL, argument…] → [result]` (3.13); the argument leaves out those two.
    Call = "CALL", Count;
    /// As [`Op::Call`], with a tuple of keyword names on top (3.13).
    CallKw = "CALL_KW", Count;
    /// Names the keyword arguments of the next [`Op::Call`] (3.11, 3.12).
    KwNames = "KW_NAMES", Const;
    /// `[NULL, callable, arguments, keywords?] → [result]`; the first two change places on 3.13.
    CallFunctionEx = "CALL_FUNCTION_EX", HasKeywords;
    /// `[code] → [function]`
    MakeFunction = "MAKE_FUNCTION", None;
    /// `[value, function] → [function]` (on 3.11 and 3.12 a part of `MAKE_FUNCTION`).
    SetFunctionAttribute = "SET_FUNCTION_ATTRIBUTE", FunctionAttribute;
    /// `[value] → []`, to the caller.
    ReturnValue = "RETURN_VALUE", None;
    /// A constant to the caller (3.12, 3.13).
    ReturnConst = "RETURN_CONST", Const;
    /// Leaves the interpreter's C function; no compiled code has it.
    InterpreterExit = "INTERPRETER_EXIT", None;
    /// `[None] → []`; no compiled code has it (3.13).
    ExitInitCheck = "EXIT_INIT_CHECK", None;

    /// `[] → `, `[exception] → ` or `[exception, cause] → `: raises.
    RaiseVarargs = "RAISE_VARARGS", Count;
    /// `[exception] → []`: raises it again.
    Reraise = "RERAISE", Reraise;
    /// `[exception] → [the one handled before, exception]`: it is now the one that is handled.
    PushExcInfo = "PUSH_EXC_INFO", None;
    /// `[the one handled before] → []`: it is handled again.
    PopExcept = "POP_EXCEPT", None;
    /// `[exception, type] → [exception, bool]`
    CheckExcMatch = "CHECK_EXC_MATCH", None;
    /// `[exception, type] → [rest, match]`
    CheckEgMatch = "CHECK_EG_MATCH", None;
    /// `[exception, list] → [exception or None]`: what is to be raised again after `except*`.
    PrepReraiseStar = "PREP_RERAISE_STAR", None;
    /// `[exit, instruction number, previous, exception] → […, result of exit]`
    WithExceptStart = "WITH_EXCEPT_START", None;
    /// `[manager] → [exit, result of enter]`
    BeforeWith = "BEFORE_WITH", None;
    /// `[manager] → [exit, awaitable]`
    BeforeAsyncWith = "BEFORE_ASYNC_WITH", None;
    /// `[] → [AssertionError]`
    LoadAssertionError = "LOAD_ASSERTION_ERROR", None;

    /// `[] → [builtins.__build_class__]`
    LoadBuildClass = "LOAD_BUILD_CLASS", None;
    /// Makes `__annotations__` in the locals dict where it is missing.
    SetupAnnotations = "SETUP_ANNOTATIONS", None;
    /// `[level, names] → [module]`
    ImportName = "IMPORT_NAME", Name;
    /// `[module] → [module, attribute]`
    ImportFrom = "IMPORT_FROM", Name;
    /// `[module] → []`: its names into the locals dict.
    ImportStar = "IMPORT_STAR", None;
    /// `[value] → []`: `sys.displayhook`, for interactive code.
    PrintExpr = "PRINT_EXPR", None;

    /// `[subject] → [subject, bool]`
    MatchMapping = "MATCH_MAPPING", None;
    /// `[subject] → [subject, bool]`
    MatchSequence = "MATCH_SEQUENCE", None;
    /// `[subject, keys] → [subject, keys, tuple of values or None]`
    MatchKeys = "MATCH_KEYS", None;
    /// `[subject, class, names] → [tuple of attributes or None]`; the argument counts positional patterns.
    MatchClass = "MATCH_CLASS", Count;
    /// `[object] → [object, length]`
    GetLen = "GET_LEN", None;

    /// `[name] → [TypeVar]` (3.12 on)
    TypeVar = "TYPEVAR", None;
    /// `[name] → [ParamSpec]` (3.12 on)
    ParamSpec = "PARAMSPEC", None;
    /// `[name] → [TypeVarTuple]` (3.12 on)
    TypeVarTuple = "TYPEVARTUPLE", None;
    /// `[name, function that makes the bound] → [TypeVar]` (3.12 on)
    TypeVarWithBound = "TYPEVAR_WITH_BOUND", None;
    /// `[name, function that makes the constraints] → [TypeVar]` (3.12 on)
    TypeVarWithConstraints = "TYPEVAR_WITH_CONSTRAINTS", None;
    /// `[parameters] → [typing.Generic[…]]` (3.12 on)
    SubscriptGeneric = "SUBSCRIPT_GENERIC", None;
    /// `[(name, parameters, function that makes the value)] → [alias]` (3.12 on)
    TypeAlias = "TYPEALIAS", None;
    /// `[function, parameters] → [function]` (3.12 on)
    SetFunctionTypeParams = "SET_FUNCTION_TYPE_PARAMS", None;
    /// `[type parameter, function that makes the default] → [type parameter]` (3.13)
    SetTypeparamDefault = "SET_TYPEPARAM_DEFAULT", None;
}

impl std::fmt::Display for Op {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

impl Op {
    /// The instruction of that name, in either spelling: `BUILD_TUPLE`, `BuildTuple`.
    pub fn by_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|op| op.name() == name || format!("{op:?}") == name)
    }

    /// Whether execution never goes on to the instruction after it.
    pub const fn is_terminal(self) -> bool {
        matches!(
            self,
            Self::Jump | Self::ReturnValue | Self::ReturnConst | Self::RaiseVarargs | Self::Reraise | Self::InterpreterExit
        )
    }
}
