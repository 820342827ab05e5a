//! Text from bytes and back: UTF-8, ASCII and Latin-1. Other encodings are unsupported.

use crate::api::Missing;
use crate::heap::{Owned, Ref};
use crate::types;
use crate::types::bytes::push_escape;
use crate::vm::{PyResult, Stop, Vm};

/// An encoding that the VM has.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Encoding {
    Utf8,
    Ascii,
    Latin1,
}

/// What becomes of what an encoding has no place for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum OnError {
    Strict,
    Ignore,
    Replace,
    /// `\xe9`
    Backslashes,
    /// `&#233;`
    References,
}

/// What could not be converted: where it begins and ends, and why.
struct Failure {
    start: usize,
    end: usize,
    reason: &'static str,
}

impl Encoding {
    /// Its name in messages.
    fn name(self) -> &'static str {
        match self {
            Self::Utf8 => "utf-8",
            Self::Ascii => "ascii",
            Self::Latin1 => "latin-1",
        }
    }

    /// The encoding of that name, if it is one of those for which CPython does not ask its registry of codecs
    /// (`PyUnicode_AsEncodedString`, `_Py_normalize_encoding`).
    fn named(name: &str) -> Option<Self> {
        let mut normal = String::with_capacity(name.len());
        for c in name.chars() {
            match c {
                'a'..='z' | 'A'..='Z' | '0'..='9' | '.' => normal.push(c.to_ascii_lowercase()),
                _ if normal.is_empty() || normal.ends_with('_') => {}
                _ => normal.push('_'),
            }
        }
        match normal.trim_end_matches('_') {
            "utf_8" | "utf8" => Some(Self::Utf8),
            "ascii" | "us_ascii" => Some(Self::Ascii),
            "latin_1" | "latin1" | "iso_8859_1" | "iso8859_1" => Some(Self::Latin1),
            _ => None,
        }
    }
}

impl Vm {
    /// The encoding that an argument names; UTF-8 without one.
    fn encoding(&mut self, name: Option<Ref>) -> PyResult<Encoding> {
        let Some(name) = name else { return Ok(Encoding::Utf8) };
        let name = self.expect_text(name);
        let missing = format!("the encoding {name}");
        Encoding::named(name).ok_or_else(|| self.unsupported(Missing::Name, missing))
    }

    /// What an argument says to do on errors. Only looked at when there is one, as in CPython.
    fn on_error(&mut self, errors: Option<Ref>) -> PyResult<OnError> {
        let Some(errors) = errors else { return Ok(OnError::Strict) };
        match self.expect_text(errors) {
            "strict" => Ok(OnError::Strict),
            "ignore" => Ok(OnError::Ignore),
            "replace" => Ok(OnError::Replace),
            "backslashreplace" => Ok(OnError::Backslashes),
            "xmlcharrefreplace" => Ok(OnError::References),
            name @ ("surrogateescape" | "surrogatepass" | "namereplace") => {
                let name = format!("the error handler {name}");
                Err(self.unsupported(Missing::Name, name))
            }
            name => {
                let message = format!("unknown error handler name '{name}'");
                Err(self.raise(types::LOOKUP_ERROR, message))
            }
        }
    }
}

/// Encodes a string into a new `bytes` (`PyUnicode_AsEncodedString`).
pub(crate) fn encode(vm: &mut Vm, string: Ref, encoding: Option<Ref>, errors: Option<Ref>) -> PyResult {
    let encoding = vm.encoding(encoding)?;
    let text = vm.expect_text(string);
    let limit = match encoding {
        Encoding::Utf8 => return Ok(vm.new_bytes(text.as_bytes().to_vec())),
        Encoding::Ascii => 0x80,
        Encoding::Latin1 => 0x100,
    };
    let chars: Vec<char> = text.chars().collect();
    let mut out = Vec::with_capacity(chars.len());
    let mut index = 0;
    while let Some(&c) = chars.get(index) {
        if u32::from(c) < limit {
            out.push(u32::from(c) as u8);
            index += 1;
            continue;
        }
        let run = chars[index..].iter().take_while(|&&c| u32::from(c) >= limit).count();
        let on_error = vm.on_error(errors)?;
        let failed = &chars[index..index + run];
        match on_error {
            OnError::Strict => {
                let reason = if limit == 0x80 { "ordinal not in range(128)" } else { "ordinal not in range(256)" };
                let failure = Failure { start: index, end: index + run, reason };
                return Err(encode_error(vm, encoding, string, &failure));
            }
            OnError::Ignore => {}
            OnError::Replace => out.extend(std::iter::repeat_n(b'?', run)),
            OnError::Backslashes => {
                // What the encoding has no place for is no ASCII either.
                out.extend(super::ascii_escaped(&failed.iter().collect::<String>()).bytes());
            }
            OnError::References => failed.iter().for_each(|&c| out.extend(format!("&#{};", u32::from(c)).bytes())),
        }
        index += run;
    }
    Ok(vm.new_bytes(out))
}

/// Decodes an object: bytes, but no text (`PyUnicode_FromEncodedObject`).
pub(super) fn decode_object(vm: &mut Vm, object: Ref, encoding: Option<Ref>, errors: Option<Ref>) -> PyResult {
    if vm.bytes_value(object).is_some() {
        return decode(vm, object, encoding, errors);
    }
    if vm.text(object).is_some() {
        return Err(vm.type_error("decoding str is not supported"));
    }
    let message = format!("decoding to str: need a bytes-like object, {} found", vm.type_name(object));
    Err(vm.type_error(message))
}

/// Decodes bytes into a `str` (`PyUnicode_Decode`).
pub(crate) fn decode(vm: &mut Vm, bytes: Ref, encoding: Option<Ref>, errors: Option<Ref>) -> PyResult {
    let data = vm.bytes_value(bytes).unwrap_or_default();
    if data.is_empty() {
        return Ok(vm.retain(types::EMPTY_STR));
    }
    let data = data.to_vec();
    let encoding = vm.encoding(encoding)?;
    let mut text = String::with_capacity(data.len());
    let mut at = 0;
    while at < data.len() {
        let Some(failure) = decode_some(encoding, &data, at, &mut text) else { break };
        at = failure.end;
        match vm.on_error(errors)? {
            OnError::Strict => return Err(decode_error(vm, encoding, bytes, &failure)),
            OnError::Ignore => {}
            OnError::Replace => text.push('\u{fffd}'),
            OnError::Backslashes => {
                data[failure.start..failure.end].iter().for_each(|&byte| push_escape(&mut text, byte));
            }
            OnError::References => {
                return Err(vm.type_error("don't know how to handle UnicodeDecodeError in error callback"));
            }
        }
    }
    Ok(vm.str(text))
}

/// Decodes from `at` on, up to the end or to what can't be decoded.
fn decode_some(encoding: Encoding, data: &[u8], at: usize, text: &mut String) -> Option<Failure> {
    match encoding {
        Encoding::Latin1 => text.extend(data[at..].iter().map(|&byte| char::from(byte))),
        Encoding::Ascii => {
            let end = data[at..].iter().position(|byte| !byte.is_ascii()).map_or(data.len(), |found| at + found);
            text.extend(data[at..end].iter().map(|&byte| char::from(byte)));
            if end < data.len() {
                return Some(Failure { start: end, end: end + 1, reason: "ordinal not in range(128)" });
            }
        }
        Encoding::Utf8 => {
            let error = match std::str::from_utf8(&data[at..]) {
                Ok(valid) => {
                    text.push_str(valid);
                    return None;
                }
                Err(error) => error,
            };
            let start = at + error.valid_up_to();
            text.push_str(std::str::from_utf8(&data[at..start]).unwrap_or_default());
            return Some(match error.error_len() {
                None => Failure { start, end: data.len(), reason: "unexpected end of data" },
                Some(length) => {
                    let starts = matches!(data[start], 0xc2..=0xf4);
                    let reason = if starts { "invalid continuation byte" } else { "invalid start byte" };
                    Failure { start, end: start + length, reason }
                }
            });
        }
    }
    None
}

fn encode_error(vm: &mut Vm, encoding: Encoding, string: Ref, failure: &Failure) -> Stop {
    let object = vm.retain(string);
    unicode_error(vm, types::UNICODE_ENCODE_ERROR, encoding, object, failure)
}

fn decode_error(vm: &mut Vm, encoding: Encoding, bytes: Ref, failure: &Failure) -> Stop {
    // The exception has a copy of the bytes.
    let data = vm.bytes_value(bytes).unwrap_or_default().to_vec();
    let object = vm.new_bytes(data);
    unicode_error(vm, types::UNICODE_DECODE_ERROR, encoding, object, failure)
}

fn unicode_error(vm: &mut Vm, class: Ref, encoding: Encoding, object: Owned, failure: &Failure) -> Stop {
    let items =
        vec![vm.str(encoding.name()), object, vm.int(failure.start as i64), vm.int(failure.end as i64), vm.str(failure.reason)];
    let arguments: Vec<Ref> = items.iter().map(Owned::borrow).collect();
    let made = vm.call_pos(class, &arguments);
    vm.release_all(items);
    vm.raise_made(made)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failure(data: &[u8]) -> Option<(usize, usize, &'static str)> {
        decode_some(Encoding::Utf8, data, 0, &mut String::new()).map(|failure| (failure.start, failure.end, failure.reason))
    }

    #[test]
    fn malformed_utf8_fails_where_it_fails_in_cpython() {
        assert_eq!(failure("aé→😀".as_bytes()), None);
        assert_eq!(failure(b"a\xff"), Some((1, 2, "invalid start byte")));
        assert_eq!(failure(b"\x80"), Some((0, 1, "invalid start byte")));
        assert_eq!(failure(b"\xc0\x80"), Some((0, 1, "invalid start byte")));
        assert_eq!(failure(b"\xc3"), Some((0, 1, "unexpected end of data")));
        assert_eq!(failure(b"\xc3a"), Some((0, 1, "invalid continuation byte")));
        assert_eq!(failure(b"\xe2\x82"), Some((0, 2, "unexpected end of data")));
        assert_eq!(failure(b"\xe2\x82a"), Some((0, 2, "invalid continuation byte")));
        assert_eq!(failure(b"\xed\xa0\x80"), Some((0, 1, "invalid continuation byte")));
        assert_eq!(failure(b"\xf0\x9f\x98"), Some((0, 3, "unexpected end of data")));
        assert_eq!(failure(b"\xf4\x90\x80\x80"), Some((0, 1, "invalid continuation byte")));
        assert_eq!(failure(b"\xf5"), Some((0, 1, "invalid start byte")));
    }

    #[test]
    fn encodings_have_many_names() {
        for (name, encoding) in [("UTF-8", Encoding::Utf8), ("utf8", Encoding::Utf8), ("US-ASCII", Encoding::Ascii)] {
            assert_eq!(Encoding::named(name), Some(encoding), "{name}");
        }
        for name in ["latin-1", "Latin1", "ISO-8859-1", "iso8859-1", "latin 1"] {
            assert_eq!(Encoding::named(name), Some(Encoding::Latin1), "{name}");
        }
        for name in ["utf-16", "l1", "utf-8-sig", "foo"] {
            assert_eq!(Encoding::named(name), None, "{name}");
        }
    }
}
