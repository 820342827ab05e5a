//! The contracts, one row for each instruction, in the order of [`Op`](crate::Op).
//!
//! A row: operands `=>` results; the jump's own pair where it has one; the place beside the stack; what an error does; the
//! sentence. In a sentence `{arg}` is the argument in words and `{n thing}` its number of things.

use super::{Contract, Effect, Exchange, Holder, Input, OnError, Output, Provenance, Times, Use};
use crate::Op;

macro_rules! times {
    () => {
        Times::Once
    };
    ($times:ident) => {
        Times::$times
    };
}

macro_rules! exchange {
    ([$($in:literal $use:ident $(* $in_times:ident)?),*] [$($out:literal $from:ident $(* $out_times:ident)?),*]) => {
        Exchange {
            inputs: &[$(Input { name: $in, times: times!($($in_times)?), use_: Use::$use }),*],
            outputs: &[$(Output { name: $out, times: times!($($out_times)?), provenance: Provenance::$from }),*],
        }
    };
}

macro_rules! optional {
    () => {
        None
    };
    ($($some:tt)+) => {
        Some($($some)+)
    };
}

macro_rules! contracts {
    ($($op:ident: $in:tt => $out:tt $(, jumps $jump_in:tt => $jump_out:tt)? $(, at $holder:ident $effect:ident)?; $error:ident; $words:literal;)+) => {
        pub(super) const CONTRACTS: &[Contract] = &[$(Contract {
            op: Op::$op,
            flow: exchange!($in $out),
            jump: optional!($(exchange!($jump_in $jump_out))?),
            place: optional!($((Holder::$holder, Effect::$effect))?),
            on_error: OnError::$error,
            words: $words,
        },)+];
    };
}

contracts! {
    Nop: [] => []; Never; "touches no reference";
    Resume: [] => []; Unwinds; "touches no reference";

    PopTop: ["value" Releases] => []; Never; "gives back the top of the stack: −1";
    PushNull: [] => ["NULL" Empty]; Never; "puts NULL on the stack: no object, nothing is counted";
    Copy: ["value" Peeks] => ["the same" Duplicated]; Never; "takes another reference to the value at depth {arg} for the top of the stack: +1";
    Swap: ["value" Passes, "top" Passes] => ["top" PassedOn, "value" PassedOn]; Never; "exchanges the top of the stack with the value at depth {arg}: nothing is counted";
    EndSend: ["receiver" Releases, "value" Passes] => ["value" PassedOn]; Never; "at its end gives back the iterator below the value: −1; the value passes on";

    LoadConst: [] => ["constant" Duplicated], at Constants Lends; Never; "takes a reference of its own to {arg} for the stack, +1; the code goes on owning the constant";
    LoadNone: [] => ["None" Duplicated]; Never; "takes a reference to None for the stack: +1";
    LoadName: [] => ["value" Duplicated], at Names Lends; Unwinds; "takes a reference of its own to what {arg} names for the stack: +1; the name keeps its own";
    StoreName: ["value" Consumes] => [], at Names Takes; GivesBack; "transfers the reference on top of the stack to {arg}: nothing is counted for it; gives back what the name held before";
    DeleteName: [] => [], at Names Drops; Unwinds; "gives back what {arg} names: −1; the name is gone";
    LoadGlobal: [] => ["value" Duplicated], at Globals Lends; Unwinds; "takes a reference of its own to what the global {arg} names for the stack: +1; the global keeps its own";
    StoreGlobal: ["value" Consumes] => [], at Globals Takes; GivesBack; "transfers the reference on top of the stack to the global {arg}: nothing is counted for it; gives back what the global held before";
    DeleteGlobal: [] => [], at Globals Drops; Unwinds; "gives back what the global {arg} names: −1; the global is gone";
    LoadFast: [] => ["value" Duplicated], at Local Lends; Never; "takes a reference of its own to what {arg} holds for the stack: +1; the local keeps its own";
    LoadFastCheck: [] => ["value" Duplicated], at Local Lends; Unwinds; "takes a reference of its own to what {arg} holds for the stack: +1; the local keeps its own";
    LoadFastAndClear: [] => ["value or NULL" PassedOn], at Local Yields; Never; "moves what {arg} holds to the stack, if anything: nothing is counted; the local is empty";
    StoreFast: ["value" Consumes] => [], at Local Takes; Never; "transfers the reference on top of the stack to {arg}: nothing is counted for it; gives back what the local held before";
    DeleteFast: [] => [], at Local Drops; Unwinds; "gives back what {arg} holds: −1; the local is empty";
    MakeCell: [] => [], at Local Takes; Unwinds; "makes a cell and transfers what {arg} holds into it: nothing is counted for that; the local owns the cell";
    CopyFreeVars: [] => [], at Closure Lends; Never; "takes a reference to {n cell} of the function's closure for the frame: +1 for each";
    LoadClosure: [] => ["cell" Duplicated], at Local Lends; Unwinds; "takes a reference of its own to the cell of {arg} for the stack: +1";
    LoadDeref: [] => ["value" Duplicated], at Cell Lends; Unwinds; "takes a reference of its own to what the cell of {arg} holds for the stack: +1; the cell keeps its own";
    LoadFromDictOrDeref: ["mapping" Releases] => ["value" Duplicated], at Cell Lends; GivesBack; "takes a reference of its own to what {arg} names in the mapping, or else in its cell, for the stack: +1; gives back the mapping";
    LoadFromDictOrGlobals: ["mapping" Releases] => ["value" Duplicated], at Globals Lends; GivesBack; "takes a reference of its own to what {arg} names in the mapping, or else in the globals, for the stack: +1; gives back the mapping";
    LoadLocals: [] => ["mapping" Duplicated], at Names Lends; Unwinds; "takes a reference to the frame's dict of names for the stack: +1";
    StoreDeref: ["value" Consumes] => [], at Cell Takes; Never; "transfers the reference on top of the stack to the cell of {arg}: nothing is counted for it; gives back what the cell held before";
    DeleteDeref: [] => [], at Cell Drops; Unwinds; "gives back what the cell of {arg} holds: −1; the cell is empty";

    UnaryPositive: ["operand" Releases] => ["result" Received]; GivesBack; "gives back the operand; the result comes with a reference that the stack owns";
    UnaryNegative: ["operand" Releases] => ["result" Received]; GivesBack; "gives back the operand; the result comes with a reference that the stack owns";
    UnaryNot: ["operand" Releases] => ["bool" Duplicated]; GivesBack; "gives back the operand; takes a reference to True or False for the stack: +1";
    UnaryInvert: ["operand" Releases] => ["result" Received]; GivesBack; "gives back the operand; the result comes with a reference that the stack owns";
    ToBool: ["operand" Releases] => ["bool" Duplicated]; GivesBack; "gives back the operand; takes a reference to True or False for the stack: +1";
    BinaryOp: ["left" Releases, "right" Releases] => ["result" Received]; GivesBack; "gives back both operands of {arg}, the left one first; the result comes with a reference that the stack owns";
    BinarySubscr: ["container" Releases, "key" Releases] => ["item" Received]; GivesBack; "gives back the container and the key; the item comes with a reference that the stack owns, the container keeps its own";
    StoreSubscr: ["value" Releases, "container" Releases, "key" Releases] => []; GivesBack; "the container takes references of its own to what it keeps and gives back what it held there; the stack gives back the value, the container and the key, so the value's count stays";
    DeleteSubscr: ["container" Releases, "key" Releases] => []; GivesBack; "the container gives back the item; the stack gives back the container and the key";
    BinarySlice: ["container" Releases, "start" Consumes, "stop" Consumes] => ["result" Received]; GivesBack; "transfers start and stop to a slice that lives only as long as the instruction, gives back the container; the result comes with a reference that the stack owns";
    StoreSlice: ["value" Releases, "container" Releases, "start" Consumes, "stop" Consumes] => []; GivesBack; "transfers start and stop to a slice that lives only as long as the instruction; the container takes references of its own to what it keeps; the stack gives back the value and the container";
    CompareOp: ["left" Releases, "right" Releases] => ["result" Received]; GivesBack; "gives back both operands of {arg}, the left one first; the result comes with a reference that the stack owns";
    IsOp: ["left" Releases, "right" Releases] => ["bool" Duplicated]; Never; "gives back both operands, the left one first; takes a reference to True or False for the stack: +1";
    ContainsOp: ["item" Releases, "container" Releases] => ["bool" Duplicated]; GivesBack; "gives back the item and the container; takes a reference to True or False for the stack: +1";

    BuildTuple: ["item" Consumes * Arg] => ["tuple" New]; GivesBack; "takes over {n reference} from the stack for a new tuple: nothing is counted for them; the stack owns the tuple";
    BuildList: ["item" Consumes * Arg] => ["list" New]; GivesBack; "takes over {n reference} from the stack for a new list: nothing is counted for them; the stack owns the list";
    BuildSet: ["item" Releases * Arg] => ["set" New]; GivesBack; "makes a new set, owned by the stack, which takes references of its own to what it keeps of {n item}; the stack gives its own back, so counts stay, but for an item that the set has already: −1";
    BuildMap: ["key and value" Releases * Pairs] => ["dict" New]; GivesBack; "makes a new dict, owned by the stack, which takes references of its own to what it keeps of {n pair}; the stack gives its own back, the top first, so counts stay, but for a key that the dict has already and the value that this replaces: −1";
    BuildConstKeyMap: ["value" Releases * Arg, "keys" Releases] => ["dict" New]; GivesBack; "makes a new dict, owned by the stack, which takes references of its own to the keys (+1 each) and to {n value}; the stack gives back its values and the tuple of keys";
    BuildString: ["piece" Releases * Arg] => ["string" Received]; GivesBack; "joins {n string} and gives them back; the stack owns the result";
    BuildSlice: ["bound" Releases * Arg] => ["slice" New]; GivesBack; "makes a new slice, owned by the stack, with references of its own to {n bound}; the stack gives its own back, so their counts stay";
    ListExtend: ["iterable" Releases] => []; GivesBack; "the list at depth {arg} takes references of its own to the items of the iterable; gives back the iterable";
    SetUpdate: ["iterable" Releases] => []; GivesBack; "the set at depth {arg} takes references of its own to the items of the iterable that it has not; gives back the iterable";
    DictUpdate: ["mapping" Releases] => []; GivesBack; "the dict at depth {arg} takes references of its own to the keys and values of the mapping; gives back the mapping";
    DictMerge: ["mapping" Releases] => []; GivesBack; "the dict at depth {arg} takes references of its own to the keys and values of the mapping; gives back the mapping";
    ListAppend: ["item" Consumes] => []; GivesBack; "transfers the top of the stack to the list at depth {arg}: nothing is counted";
    SetAdd: ["item" Releases] => []; GivesBack; "the set at depth {arg} takes a reference of its own to the item, if it has no equal one; the stack gives its own back";
    MapAdd: ["key" Consumes, "value" Consumes] => []; GivesBack; "transfers the key and the value to the dict at depth {arg}: nothing is counted; a key that the dict has already is given back, and so is the value that this one replaces";
    ListToTuple: ["list" Releases] => ["tuple" New]; GivesBack; "makes a new tuple, owned by the stack, with references of its own to the items: +1 each; gives back the list";
    ConvertValue: ["value" Releases] => ["string" Received]; GivesBack; "gives back the value; the stack owns the string that {arg} made of it";
    FormatSimple: ["value" Releases] => ["string" Received]; GivesBack; "gives back the value; the stack owns the string made of it; a str passes on as it is";
    FormatWithSpec: ["value" Releases, "specification" Releases] => ["string" Received]; GivesBack; "gives back the value and its format; the stack owns the string made of them";

    GetIter: ["iterable" Releases] => ["iterator" Received]; GivesBack; "gives back the iterable; the stack owns the iterator, which holds a reference of its own to what it iterates over";
    ForIter: ["iterator" Peeks] => ["item" Received], jumps ["iterator" Releases] => []; Unwinds; "the iterator stays on the stack and transfers its next item there; at the end the stack gives back the iterator: −1";
    GetYieldFromIter: ["iterable" Releases] => ["iterator" Received]; GivesBack; "gives back the iterable; the stack owns the iterator; a generator or coroutine passes on as it is";
    Send: ["receiver" Peeks, "value" Releases] => ["yielded" Received]; GivesBack; "gives back the value that was sent; the stack owns what the receiver yields, or at last returns; the receiver stays below it";
    YieldValue: ["value" Consumes] => ["sent" PassedOn]; GivesBack; "transfers the top of the stack to whoever resumed the generator: nothing is counted; what it is sent lies there when it runs again";
    ReturnGenerator: [] => ["sent" PassedOn]; Unwinds; "makes a generator that takes over the frame with all its references, and transfers it to the caller: nothing is counted";
    GetAwaitable: ["object" Releases] => ["iterator" Received]; GivesBack; "gives back the object; the stack owns the iterator to wait on; a coroutine passes on as it is";
    GetAiter: ["object" Releases] => ["iterator" Received]; GivesBack; "gives back the object; the stack owns its asynchronous iterator";
    GetAnext: ["iterator" Peeks] => ["awaitable" Received]; Unwinds; "the asynchronous iterator stays; the stack owns the awaitable of its next item";
    EndAsyncFor: ["iterator" Releases, "exception" Releases] => []; Unwinds; "gives back the exception that ended the loop and the asynchronous iterator";
    CleanupThrow: ["iterator" Releases, "last value" Releases, "exception" Releases] => ["None" Duplicated, "result" Duplicated]; Unwinds; "takes references to None and to the result that the exception carries: +1 each; gives back the iterator, the last value and the exception";
    AsyncGenWrap: ["value" Releases] => ["wrapped value" New]; Unwinds; "makes a wrapper, owned by the stack, with a reference of its own to the value; the stack gives its own back, so the count stays";
    StopIterationError: ["exception" Releases] => ["exception" Received]; GivesBack; "makes a RuntimeError of a StopIteration that leaves a generator, and gives that back; any other exception passes on as it is";

    Jump: [] => []; Never; "touches no reference";
    PopJumpIfTrue: ["condition" Releases] => []; GivesBack; "gives back the condition: −1";
    PopJumpIfFalse: ["condition" Releases] => []; GivesBack; "gives back the condition: −1";
    PopJumpIfNone: ["value" Releases] => []; Never; "gives back the value that was compared with None: −1";
    PopJumpIfNotNone: ["value" Releases] => []; Never; "gives back the value that was compared with None: −1";
    JumpIfTrueOrPop: ["condition" Releases] => [], jumps ["condition" Peeks] => []; Unwinds; "leaves a true condition on the stack and jumps; gives back a false one: −1";
    JumpIfFalseOrPop: ["condition" Releases] => [], jumps ["condition" Peeks] => []; Unwinds; "leaves a false condition on the stack and jumps; gives back a true one: −1";

    UnpackSequence: ["sequence" Releases] => ["item" Duplicated * Arg]; GivesBack; "takes a reference of its own to {n item} for the stack: +1 for each (what an iterator yields is transferred); gives back the sequence";
    UnpackEx: ["sequence" Releases] => ["item" Received * After, "list" New, "item" Received * Before]; GivesBack; "takes over what an iterator over the sequence yields, {arg}; the starred items go to a new list, owned by the stack; gives back the sequence";

    LoadAttr: ["object" Releases] => ["attribute" Received]; GivesBack; "the stack owns a reference to the attribute {arg}; gives back the object";
    LoadMethod: ["object" Passes] => ["function or NULL" Received, "object or attribute" PassedOn]; Unwinds; "takes a reference to the method {arg} for the stack: +1; the object passes on as its first argument, no bound method is made; if {arg} is no method the object is given back and the stack owns the attribute";
    StoreAttr: ["value" Releases, "object" Releases] => []; GivesBack; "the object takes a reference of its own to the value as {arg} and gives back what the attribute held before; the stack gives back the value and the object, so the value's count stays";
    DeleteAttr: ["object" Releases] => []; GivesBack; "the object gives back what its attribute {arg} held: −1; the stack gives back the object";
    LoadSuperAttr: ["super" Releases, "class" Releases, "self" Releases] => ["attribute" Received]; GivesBack; "the stack owns a reference to the attribute {arg}; gives back super, the class and self";
    LoadSuperMethod: ["super" Releases, "class" Releases, "self" Passes] => ["function" Received, "self" PassedOn]; GivesBack; "takes a reference to the method {arg} for the stack; gives back super and the class; self passes on as its first argument, no bound method is made";

    Precall: ["function or NULL" Passes, "callable or self" Passes, "argument" Peeks * Arg] => ["function or NULL" PassedOn, "callable or self" PassedOn]; Never; "under {n argument}, takes a bound method apart: takes references to its function and its object for the stack, +1 each, and gives the bound method back; anything else stays as it is";
    Call: ["callable or NULL" Releases, "self or callable" Releases, "argument" Consumes * Arg] => ["result" Received]; GivesBack; "a Python function takes over {n argument} from the stack for its frame: nothing is counted for them; a built-in one borrows them and the stack gives them back after it; gives back the callable; the result comes with a reference that the stack owns";
    CallKw: ["callable" Releases, "self or NULL" Releases, "argument" Consumes * Arg, "names" Releases] => ["result" Received]; GivesBack; "a Python function takes over {n argument} from the stack for its frame: nothing is counted for them; a built-in one borrows them and the stack gives them back after it; gives back the names and the callable; the result comes with a reference that the stack owns";
    KwNames: [] => []; Never; "borrows the names of the keyword arguments for the call that follows: nothing is counted, the code owns them";
    CallFunctionEx: ["callable or NULL" Releases, "NULL or callable" Releases, "arguments" Releases, "keywords" Releases * Flag] => ["result" Received]; GivesBack; "the callable takes references of its own to the arguments it keeps; gives back the arguments and the callable; the result comes with a reference that the stack owns";
    MakeFunction: ["code" Releases] => ["function" New]; GivesBack; "makes a new function, owned by the stack, with references of its own to its code, names and globals; the stack gives its reference to the code back";
    SetFunctionAttribute: ["value" Consumes, "function" Passes] => ["function" PassedOn]; Never; "transfers the function's {arg} from the stack to the function: nothing is counted";
    ReturnValue: ["value" Consumes] => []; Never; "transfers the top of the stack to the caller: nothing is counted; the frame then gives back what its locals hold";
    ReturnConst: [] => [], at Constants Lends; Never; "takes a reference of its own to {arg} and transfers it to the caller: +1; the frame then gives back what its locals hold";
    InterpreterExit: ["value" Consumes] => []; Never; "transfers the top of the stack out of the interpreter";
    ExitInitCheck: ["None" Releases] => []; Unwinds; "gives back the None that __init__ returned";

    RaiseVarargs: ["exception and cause" Consumes * Arg] => []; Raises; "takes over {n reference} from the stack; the exception, made now if a class was raised, is in flight with them";
    Reraise: ["exception" Consumes] => []; Raises; "the exception on top of the stack is in flight again: its reference is transferred";
    PushExcInfo: ["exception" Passes] => ["previous" PassedOn, "exception" PassedOn], at Handled Takes; Never; "moves the exception that was handled so far below the new one; the new one is handled now, with a second reference: +1";
    PopExcept: ["previous" Consumes] => [], at Handled Takes; Never; "transfers the exception that was handled before back to its place; gives back the one that has been handled: −1";
    CheckExcMatch: ["exception" Peeks, "type" Releases] => ["bool" Duplicated]; GivesBack; "the exception stays; gives back the type it was compared with; takes a reference to True or False for the stack: +1";
    CheckEgMatch: ["exception" Releases, "type" Releases] => ["rest" Received, "match" Received]; GivesBack; "gives back the type; the stack owns the part of the exception that matches and the rest of it, and gives back the whole";
    PrepReraiseStar: ["exception" Releases, "list" Releases] => ["exception or None" Received]; GivesBack; "gives back the list and the exception; the stack owns what is left to raise";
    WithExceptStart: ["exit" Peeks, "instruction number" Peeks, "previous" Peeks, "exception" Peeks] => ["result" Received]; Unwinds; "lends the exception to the manager's exit method; the result comes with a reference that the stack owns";
    BeforeWith: ["manager" Releases] => ["exit" Received, "result" Received]; GivesBack; "the stack owns the manager's bound exit method, which holds the manager, and the result of its enter method; gives back the manager";
    BeforeAsyncWith: ["manager" Releases] => ["exit" Received, "awaitable" Received]; GivesBack; "the stack owns the manager's bound exit method, which holds the manager, and the awaitable of its enter method; gives back the manager";
    LoadAssertionError: [] => ["AssertionError" Duplicated]; Never; "takes a reference of its own to AssertionError for the stack: +1";

    LoadBuildClass: [] => ["builder" Duplicated]; Unwinds; "takes a reference of its own to the class builder for the stack: +1";
    SetupAnnotations: [] => [], at Names Takes; Unwinds; "makes a dict that __annotations__ owns, where there is none";
    ImportName: ["level" Releases, "names" Releases] => ["module" Received]; GivesBack; "gives back level and names; the stack owns a reference to the module {arg}";
    ImportFrom: ["module" Peeks] => ["attribute" Received]; Unwinds; "the module stays; the stack owns a reference to its {arg}";
    ImportStar: ["module" Releases] => [], at Names Takes; GivesBack; "the frame's names take references of their own to what the module exports; gives back the module";
    PrintExpr: ["value" Releases] => []; GivesBack; "lends the value to sys.displayhook, then gives it back: −1";

    MatchMapping: ["subject" Peeks] => ["bool" Duplicated]; Never; "the subject stays; takes a reference to True or False for the stack: +1";
    MatchSequence: ["subject" Peeks] => ["bool" Duplicated]; Never; "the subject stays; takes a reference to True or False for the stack: +1";
    MatchKeys: ["subject" Peeks, "keys" Peeks] => ["values or None" Received]; Unwinds; "subject and keys stay; the stack owns a new tuple with references of its own to the values, or one to None";
    MatchClass: ["subject" Releases, "class" Releases, "names" Releases] => ["attributes or None" Received]; GivesBack; "gives back the subject, the class and the names; the stack owns a new tuple with references of its own to the attributes, or one to None";
    GetLen: ["object" Peeks] => ["length" Received]; Unwinds; "the object stays; the stack owns its length";

    TypeVar: ["name" Releases] => ["type parameter" New]; GivesBack; "makes a type parameter, owned by the stack, with a reference of its own to the name; the stack gives its own back";
    ParamSpec: ["name" Releases] => ["type parameter" New]; GivesBack; "makes a type parameter, owned by the stack, with a reference of its own to the name; the stack gives its own back";
    TypeVarTuple: ["name" Releases] => ["type parameter" New]; GivesBack; "makes a type parameter, owned by the stack, with a reference of its own to the name; the stack gives its own back";
    TypeVarWithBound: ["name" Releases, "function" Releases] => ["type parameter" New]; GivesBack; "makes a type parameter, owned by the stack, with references of its own to the name and to the function that makes its bound; the stack gives its own back";
    TypeVarWithConstraints: ["name" Releases, "function" Releases] => ["type parameter" New]; GivesBack; "makes a type parameter, owned by the stack, with references of its own to the name and to the function that makes its constraints; the stack gives its own back";
    SubscriptGeneric: ["parameters" Releases] => ["generic" Received]; GivesBack; "gives back the parameters; the stack owns the generic base made of them";
    TypeAlias: ["parts" Releases] => ["alias" New]; GivesBack; "makes a type alias, owned by the stack, with references of its own to its parts; gives back the tuple that held them";
    SetFunctionTypeParams: ["function" Passes, "parameters" Releases] => ["function" PassedOn]; GivesBack; "the function takes a reference of its own to its type parameters; the stack gives its own back";
    SetTypeparamDefault: ["type parameter" Passes, "function" Releases] => ["type parameter" PassedOn]; GivesBack; "the type parameter takes a reference of its own to the function that makes its default; the stack gives its own back";
}

const _: () = {
    assert!(CONTRACTS.len() == Op::ALL.len(), "an instruction has no contract");
    let mut row = 0;
    while row < CONTRACTS.len() {
        assert!(CONTRACTS[row].op as usize == row, "the contracts are not in the order of the instructions");
        row += 1;
    }
};
