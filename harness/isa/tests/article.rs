//! The article's example, in the words of the contracts.

use refdrift_isa::assemble::Assembler;
use refdrift_isa::{Op, Provenance, Use, contract, decode, describe_step, listing};
use refdrift_trace::{CodeUnit, ConstantValue, PyVersion};

/// `foo = (a, b)` and, as a statement, `(a, b)`.
fn article(version: PyVersion) -> CodeUnit {
    let mut code = Assembler::new(version);
    let [a, b, name] = ["a", "b", "foo"].map(|text| code.name(text));
    let none = code.constant(ConstantValue::None);
    code.op("RESUME", 0).op("LOAD_NAME", a).op("LOAD_NAME", b).op("BUILD_TUPLE", 2).op("STORE_NAME", name);
    code.line(2).op("LOAD_NAME", a).op("LOAD_NAME", b).op("BUILD_TUPLE", 2).op("POP_TOP", 0);
    code.op("LOAD_CONST", none).op("RETURN_VALUE", 0);
    code.finish()
}

#[test]
fn reads_like_the_article() {
    for version in [PyVersion::new(3, 11, 7), PyVersion::new(3, 12, 1), PyVersion::new(3, 13, 0)] {
        let unit = article(version);
        let code = decode(version, unit.module()).expect("it is sound");
        let lines = listing(&code, unit.module(), &unit).expect("it is sound");
        let read: Vec<_> = lines
            .iter()
            .filter(|line| line.boundary && line.offset < 20)
            .map(|line| {
                let words = describe_step(&code, line.instrs.start as u32, unit.module(), &unit);
                format!("{} {} {line}: {words}", line.line.expect("a line"), line.offset)
            })
            .collect();
        assert_eq!(
            read,
            [
                "1 2 LOAD_NAME 0 (a): takes a reference of its own to what `a` names for the stack: +1; the name keeps its own",
                "1 4 LOAD_NAME 1 (b): takes a reference of its own to what `b` names for the stack: +1; the name keeps its own",
                "1 6 BUILD_TUPLE 2: takes over 2 references from the stack for a new tuple: nothing is counted for them; the \
                 stack owns the tuple",
                "1 8 STORE_NAME 2 (foo): transfers the reference on top of the stack to `foo`: nothing is counted for it; gives \
                 back what the name held before",
                "2 10 LOAD_NAME 0 (a): takes a reference of its own to what `a` names for the stack: +1; the name keeps its own",
                "2 12 LOAD_NAME 1 (b): takes a reference of its own to what `b` names for the stack: +1; the name keeps its own",
                "2 14 BUILD_TUPLE 2: takes over 2 references from the stack for a new tuple: nothing is counted for them; the \
                 stack owns the tuple",
                "2 16 POP_TOP: gives back the top of the stack: −1",
                "2 18 LOAD_CONST 0 (None): takes a reference of its own to None for the stack, +1; the code goes on owning the \
                 constant",
            ]
        );
    }
}

#[test]
fn the_contracts_say_the_same_as_data() {
    let tuple = contract(Op::BuildTuple).exchange(false);
    assert!(tuple.inputs.iter().all(|input| input.use_ == Use::Consumes));
    assert_eq!((tuple.pops(2), tuple.pushes(2)), (2, 1));
    assert_eq!(tuple.outputs[0].provenance, Provenance::New);
    assert_eq!(contract(Op::StoreName).flow.inputs[0].use_, Use::Consumes);
    assert_eq!(contract(Op::PopTop).flow.inputs[0].use_, Use::Releases);
}
