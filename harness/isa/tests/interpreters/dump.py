"""What an interpreter itself knows of its bytecode, one JSON object a line.

usage: dump.py table | code FILE... | trace FILE...
"""

import dis
import io
import json
import opcode
import struct
import sys
import tokenize
import types

KNOWN_BY_NAME = isinstance(getattr(opcode, "_inline_cache_entries"), dict)


def caches(number, name):
    entries = opcode._inline_cache_entries
    if KNOWN_BY_NAME:
        return entries.get(name, 0)
    return entries[number] if number < len(entries) else 0


def say(value):
    json.dump(value, sys.stdout, separators=(",", ":"))
    sys.stdout.write("\n")


def table():
    names = ((number, name) for name, number in opcode.opmap.items() if number < 256)
    say([[number, name, caches(number, name)] for number, name in sorted(names)])


def constant(value):
    """A constant, tagged with its type: JSON has fewer types than Python, and no lone surrogates."""
    kind = type(value).__name__
    match value:
        case bool() | None | types.EllipsisType():
            return [kind, repr(value)]
        case int():
            return [kind, str(value)]
        case float():
            return [kind, *struct.unpack("<Q", struct.pack("<d", value))]
        case complex():
            return [kind, *struct.unpack("<QQ", struct.pack("<dd", value.real, value.imag))]
        case str():
            return [kind, [ord(c) for c in value]]
        case bytes():
            return [kind, list(value)]
        case tuple() | frozenset():
            return [kind, *(constant(item) for item in value)]
    return [kind, value.co_name]


def export(code):
    """The code object as refdrift's observer exports it, and what `dis` says of it."""
    cells = [name for name in code.co_cellvars if name not in code.co_varnames]
    slots = [*code.co_varnames, *cells, *code.co_freevars]
    instructions = []
    for i in dis.get_instructions(code):
        number = opcode.opmap[i.opname]
        jumps = number in opcode.hasjrel
        effects = [dis.stack_effect(number, i.arg, jump=jump) for jump in (False, True)]
        instructions.append(
            {
                "offset": i.offset,
                "name": i.opname,
                "arg": i.arg,
                "target": i.argval if jumps else None,
                "effects": effects,
                "text": i.argrepr,
            }
        )
    entries = dis._parse_exception_table(code)
    return {
        "bytecode": code.co_code.hex(),
        "consts": [[constant(value), repr(value)] for value in code.co_consts],
        "names": list(code.co_names),
        "slots": slots,
        "exceptiontable": code.co_exceptiontable.hex(),
        "linetable": code.co_linetable.hex(),
        "firstlineno": code.co_firstlineno,
        "flags": code.co_flags,
        "stacksize": code.co_stacksize,
        "name": code.co_qualname,
        "instructions": instructions,
        "handlers": [[e.start, e.end, e.target, e.depth, e.lasti] for e in entries],
        "positions": list(code.co_positions()),
    }


def walk(code):
    yield code
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            yield from walk(constant)


def read(path):
    with tokenize.open(path) as file:
        return file.read()


def trace(source):
    """The offsets of each frame's opcode events, by code object."""
    frames = {}
    pieces = []

    def tracer(frame, event, _):
        if frame.f_code.co_filename != "<traced>":
            return None
        frame.f_trace_opcodes = True
        if frame not in frames:
            frames[frame] = []
            pieces.append((frame.f_code, frames[frame]))
        if event == "opcode":
            frames[frame].append(frame.f_lasti)
        return tracer

    code = compile(source, "<traced>", "exec", dont_inherit=True)
    sys._getframe().f_trace_opcodes = True
    sys.settrace(tracer)
    try:
        exec(code, {"__name__": "traced"})
    finally:
        sys.settrace(None)
    codes = list(dict.fromkeys(code for code, _ in pieces))
    number = {code: index for index, code in enumerate(codes)}
    return codes, [[number[code], offsets] for code, offsets in pieces]


def main():
    action, *paths = sys.argv[1:]
    if action == "table":
        table()
    for path in paths:
        if action == "code":
            try:
                code = compile(read(path), path, "exec", dont_inherit=True)
            except (SyntaxError, UnicodeDecodeError, ValueError):
                continue  # the standard library has files that are wrong on purpose
            for each in walk(code):
                say(export(each))
        else:
            stdout, sys.stdout = sys.stdout, io.StringIO()
            codes, frames = trace(read(path))
            sys.stdout = stdout
            say({"codes": [export(code) for code in codes], "frames": frames})


main()
