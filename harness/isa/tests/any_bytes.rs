//! Whatever the bytes are: an error or a result, in bounded work, and no panic.

use refdrift_isa::assemble::Assembler;
use refdrift_isa::{DecodeError, decode, describe_step, listing, table};
use refdrift_trace::{CodeUnit, ConstantValue, PyVersion, SlotKind};

const VERSIONS: [PyVersion; 3] = [PyVersion::new(3, 11, 7), PyVersion::new(3, 12, 1), PyVersion::new(3, 13, 0)];

/// How many codes a test makes up, which Miri runs a thousand times slower.
const CODES: usize = if cfg!(miri) { 100 } else { 40_000 };

/// Numbers that are the same in each run (xorshift).
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, end: usize) -> usize {
        (self.next() % end as u64) as usize
    }

    fn bytes(&mut self, most: usize) -> Vec<u8> {
        (0..self.below(most)).map(|_| self.next() as u8).collect()
    }
}

/// Asks for all there is to know; whether it was decoded at all.
fn use_all(unit: &CodeUnit) -> bool {
    let object = unit.module();
    let Ok(code) = decode(unit.version, object) else { return false };
    code.depths();
    listing(&code, object, unit).expect("it was decoded");
    for (index, instr) in code.instrs.iter().enumerate() {
        describe_step(&code, index as u32, object, unit);
        code.handler_for(index as u32);
        code.position(instr.offset);
        assert!(code.index_of_offset(instr.offset).is_some());
    }
    assert_eq!(code.handler_for(u32::MAX), None);
    assert_eq!(code.index_of_offset(u32::MAX), None);
    assert!(code.step(u32::MAX).is_empty());
    true
}

#[test]
fn any_bytes_at_all() {
    let mut numbers = Numbers(0x1234_5678_9abc_def1);
    for _ in 0..CODES {
        let version = VERSIONS[numbers.below(3)];
        let mut code = Assembler::new(version);
        code.constant(ConstantValue::None);
        code.code_mut().bytecode = numbers.bytes(40);
        code.code_mut().exceptiontable = numbers.bytes(30);
        code.code_mut().linetable = numbers.bytes(30);
        use_all(&code.finish());
    }
}

#[test]
fn real_opcodes_with_any_argument() {
    let mut numbers = Numbers(0xfeed_f00d_dead_beef);
    let mut decoded = 0;
    for _ in 0..CODES {
        let version = VERSIONS[numbers.below(3)];
        let mut code = Assembler::new(version);
        for index in 0..4 {
            code.name(&index.to_string());
            code.constant(ConstantValue::Int(index));
            code.local(&index.to_string(), SlotKind::LOCAL);
        }
        let rows = table::of(version).expect("a table").rows();
        for _ in 0..numbers.below(12) {
            let arg = if numbers.below(10) == 0 { numbers.next() as u32 } else { numbers.below(6) as u32 };
            code.op(rows[numbers.below(rows.len())].name, arg);
        }
        code.op("RETURN_VALUE", 0);
        let end = code.here();
        let start = numbers.below(end as usize) as u32;
        code.handler(start..end, numbers.below(end as usize) as u32, numbers.below(3) as u32, numbers.below(2) == 0);
        decoded += usize::from(use_all(&code.finish()));
    }
    assert!(decoded > CODES / 40, "only {decoded} were decoded: this tests nothing");
}

#[test]
fn each_kind_of_nonsense_has_its_error() {
    let error = |version: usize, build: &dyn Fn(&mut Assembler)| {
        let mut code = Assembler::new(VERSIONS[version]);
        build(&mut code);
        let unit = code.finish();
        decode(unit.version, unit.module()).map(|_| ()).expect_err("nonsense")
    };
    let unknown = |opcode| error(1, &|code| code.code_mut().bytecode = vec![9, 0, opcode, 0]);
    assert_eq!(unknown(254), DecodeError::Opcode { offset: 2, opcode: 254 });
    assert_eq!(unknown(0), DecodeError::Opcode { offset: 2, opcode: 0 });
    assert_eq!(error(1, &|_| ()), DecodeError::Endless);
    assert_eq!(error(0, &|code| _ = code.op("NOP", 0)), DecodeError::Endless);
    assert_eq!(error(2, &|code| code.code_mut().bytecode = vec![30]), DecodeError::Truncated { offset: 0 });
    // LOAD_ATTR without its nine cache entries.
    assert_eq!(error(2, &|code| code.code_mut().bytecode = vec![30, 0, 82, 0]), DecodeError::Truncated { offset: 2 });
    assert_eq!(
        error(1, &|code| _ = code.op("LOAD_NAME", 300).op("RETURN_VALUE", 0)),
        DecodeError::Argument { offset: 2, name: "LOAD_NAME", arg: 300 }
    );
    assert_eq!(
        error(0, &|code| _ = code.op("JUMP_FORWARD", 7).op("RETURN_VALUE", 0)),
        DecodeError::Target { offset: 0, name: "JUMP_FORWARD" }
    );
    assert_eq!(
        error(0, &|code| _ = code.op("JUMP_BACKWARD", 7).op("RETURN_VALUE", 0)),
        DecodeError::Argument { offset: 0, name: "JUMP_BACKWARD", arg: 7 }
    );
    assert_eq!(error(1, &|code| _ = code.op("RETURN_VALUE", 0).handler(0..1, 9, 0, false)), DecodeError::ExceptionTable);
    let version = PyVersion::new(3, 14, 0);
    assert_eq!(decode(version, Assembler::new(version).finish().module()).expect_err("no table"), DecodeError::Version(version));
}
