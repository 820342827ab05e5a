"""What the interpreters know of Unicode, for `src/types/str/unicode.rs`.

    python3.X scripts/unicode.py digest                      the digest that the test of that version expects
    python3 scripts/unicode.py assigned 3.11 3.12 3.13       `unicode_assigned.rs`, from these three interpreters' commands
"""

import json
import subprocess
import sys
import unicodedata


def properties(code):
    """All that the VM asks of a character, in a line of text."""
    c = chr(code)
    # How a capital sigma before it comes out tells whether it has case, and whether it is ignored.
    before_letter = ("AΣ" + c + "A").lower()[1] == "σ"
    at_end = ("AΣ" + c).lower()[1] == "σ"
    flags = (
        c.isalpha(), c.isdecimal(), c.isdigit(), c.isnumeric(), c.islower(), c.isupper(), unicodedata.category(c) == "Lt",
        c.isspace(), c.isprintable(), c.isidentifier(), ("a" + c).isidentifier(), at_end, before_letter and not at_end,
    )
    mappings = (c.lower(), c.upper(), c.title(), c.casefold())
    mappings = "|".join("" if m == c else ",".join("%x" % ord(x) for x in m) for m in mappings)
    decimal = unicodedata.decimal(c, None)
    return "%x %s %s %s\n" % (code, "".join("01"[flag] for flag in flags), mappings, "" if decimal is None else decimal)


def characters():
    return (code for code in range(0x110000) if not 0xD800 <= code < 0xE000)


def digest():
    """FNV-1a over the lines of all characters."""
    value = 0xCBF29CE484222325
    for code in characters():
        for byte in properties(code).encode():
            value = (value ^ byte) * 0x100000001B3 & 0xFFFFFFFFFFFFFFFF
    print(unicodedata.unidata_version, hex(value))


def assigned_in(command):
    program = "import json, unicodedata as u; print(json.dumps([c for c in range(0x110000) if u.category(chr(c)) != 'Cn']))"
    return set(json.loads(subprocess.check_output([command, "-c", program])))


def ranges(codes):
    found = []
    for code in sorted(codes):
        if found and found[-1][1] == code - 1:
            found[-1][1] = code
        else:
            found.append([code, code])
    return found


def table(name, doc, codes):
    lines, line = [], "   "
    for first, last in ranges(codes):
        entry = " (%#x, %#x)," % (first, last)
        if len(line) + len(entry) > 132:
            lines.append(line)
            line = "   "
        line += entry
    lines.append(line)
    return "/// %s\n#[rustfmt::skip]\n#[allow(clippy::unreadable_literal)]\npub(super) static %s: &[(u32, u32)] = &[\n%s\n];\n" % (doc, name, "\n".join(lines))


def assigned(commands):
    v14_0, v15_0, v15_1 = map(assigned_in, commands)
    print("//! Which characters each Unicode version knows, as ranges of code points.")
    print("//!\n//! Written by `scripts/unicode.py assigned`; not to be edited by hand.\n")
    print(table("ASSIGNED_14_0", "What Unicode 14.0 has characters for.", v14_0))
    print(table("ADDED_15_0", "What Unicode 15.0 added.", v15_0 - v14_0))
    print(table("ADDED_15_1", "What Unicode 15.1 added.", v15_1 - v15_0), end="")


if sys.argv[1] == "digest":
    digest()
else:
    assigned(sys.argv[2:])
