//! The format mini-language: what `format(x, "…")` understands (`Python/formatter_unicode.c`).

/// How something is to be formatted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct FormatSpec {
    /// What fills the width.
    pub(super) fill: char,
    /// `<`, `>`, `^` or `=`
    pub(super) align: char,
    /// `#`
    pub(super) alternate: bool,
    /// `z`
    pub(super) no_negative_zero: bool,
    /// `+`, `-` or a blank, if given.
    pub(super) sign: Option<char>,
    /// The least number of characters.
    pub(super) width: Option<usize>,
    /// What stands between groups of digits.
    pub(super) separator: Option<char>,
    /// How many digits there are in a group.
    pub(super) group: usize,
    /// What follows the point.
    pub(super) precision: Option<usize>,
    /// The presentation type; none for a float's own.
    pub(super) kind: Option<char>,
}

/// Why a specification makes no sense, in CPython's words; all of them are a `ValueError`.
pub(super) type SpecError = String;

impl FormatSpec {
    /// Reads a specification for an object of that type; a kind and an alignment that it has by default.
    pub(super) fn parse(text: &str, type_name: &str, default_kind: Option<char>, default_align: char) -> Result<Self, SpecError> {
        let mut spec = Self {
            fill: ' ',
            align: default_align,
            alternate: false,
            no_negative_zero: false,
            sign: None,
            width: None,
            separator: None,
            group: 3,
            precision: None,
            kind: default_kind,
        };
        let chars: Vec<char> = text.chars().collect();
        let mut rest = chars.as_slice();
        let (mut fill_given, mut align_given) = (false, false);
        match *rest {
            [fill, align, ref others @ ..] if is_align(align) => {
                (spec.fill, spec.align, rest) = (fill, align, others);
                (fill_given, align_given) = (true, true);
            }
            [align, ref others @ ..] if is_align(align) => {
                (spec.align, rest) = (align, others);
                align_given = true;
            }
            _ => {}
        }
        if let [sign @ (' ' | '+' | '-'), others @ ..] = rest {
            (spec.sign, rest) = (Some(*sign), others);
        }
        spec.no_negative_zero = take(&mut rest, 'z');
        spec.alternate = take(&mut rest, '#');
        if !fill_given && take(&mut rest, '0') {
            spec.fill = '0';
            if !align_given && default_align == '>' {
                spec.align = '=';
            }
        }
        spec.width = number(&mut rest)?;
        if take(&mut rest, ',') {
            spec.separator = Some(',');
        }
        if take(&mut rest, '_') {
            if spec.separator.is_some() {
                return Err(BOTH_SEPARATORS.to_owned());
            }
            spec.separator = Some('_');
        }
        if spec.separator == Some('_') && rest.first() == Some(&',') {
            return Err(BOTH_SEPARATORS.to_owned());
        }
        if take(&mut rest, '.') {
            spec.precision = Some(number(&mut rest)?.ok_or("Format specifier missing precision")?);
        }
        match *rest {
            [] => {}
            [kind] => spec.kind = Some(kind),
            _ => return Err(format!("Invalid format specifier '{text}' for object of type '{type_name}'")),
        }
        spec.check_separator()?;
        Ok(spec)
    }

    fn check_separator(&mut self) -> Result<(), SpecError> {
        let Some(separator) = self.separator else { return Ok(()) };
        match self.kind {
            None | Some('d' | 'e' | 'f' | 'g' | 'E' | 'G' | '%' | 'F') => Ok(()),
            Some('b' | 'o' | 'x' | 'X') if separator == '_' => {
                self.group = 4;
                Ok(())
            }
            Some(kind) => Err(format!("Cannot specify '{separator}' with '{}'.", shown(kind))),
        }
    }
}

const BOTH_SEPARATORS: &str = "Cannot specify both ',' and '_'.";

fn is_align(c: char) -> bool {
    matches!(c, '<' | '>' | '=' | '^')
}

fn take(rest: &mut &[char], wanted: char) -> bool {
    match *rest {
        [first, others @ ..] if *first == wanted => {
            *rest = others;
            true
        }
        _ => false,
    }
}

/// Decimal digits as a number; none if there are none.
fn number(rest: &mut &[char]) -> Result<Option<usize>, SpecError> {
    let mut value = None;
    while let [first, others @ ..] = *rest {
        let Some(digit) = first.to_digit(10) else { break };
        let next = i64::from(digit);
        let so_far: i64 = value.unwrap_or(0);
        let grown = so_far.checked_mul(10).and_then(|so_far| so_far.checked_add(next));
        value = Some(grown.ok_or("Too many decimal digits in format string")?);
        *rest = others;
    }
    Ok(value.map(|value| value as usize))
}

/// A presentation type in an error message.
fn shown(kind: char) -> String {
    if (33..128).contains(&u32::from(kind)) { kind.to_string() } else { format!("\\x{:x}", u32::from(kind)) }
}

/// The message for a presentation type that a type does not have.
pub(super) fn unknown_kind(kind: Option<char>, type_name: &str) -> SpecError {
    format!("Unknown format code '{}' for object of type '{type_name}'", shown(kind.unwrap_or('\0')))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(text: &str) -> String {
        FormatSpec::parse(text, "int", Some('d'), '>').unwrap_err()
    }

    #[test]
    fn all_parts_are_read() {
        let spec = FormatSpec::parse("*^+z#020_.3f", "float", None, '>').unwrap();
        let expected = FormatSpec {
            fill: '*',
            align: '^',
            alternate: true,
            no_negative_zero: true,
            sign: Some('+'),
            width: Some(20),
            separator: Some('_'),
            group: 3,
            precision: Some(3),
            kind: Some('f'),
        };
        assert_eq!(spec, expected);
        let zero = FormatSpec::parse("05", "int", Some('d'), '>').unwrap();
        assert_eq!((zero.fill, zero.align, zero.width), ('0', '=', Some(5)));
    }

    #[test]
    fn nonsense_is_refused_in_cpython_s_words() {
        assert_eq!(error(",_"), "Cannot specify both ',' and '_'.");
        assert_eq!(error("_,"), "Cannot specify both ',' and '_'.");
        assert_eq!(error("."), "Format specifier missing precision");
        assert_eq!(error(",x"), "Cannot specify ',' with 'x'.");
        assert_eq!(error("5.2.3"), "Invalid format specifier '5.2.3' for object of type 'int'");
        assert_eq!(error("99999999999999999999"), "Too many decimal digits in format string");
        assert_eq!(unknown_kind(Some('q'), "int"), "Unknown format code 'q' for object of type 'int'");
        assert_eq!(unknown_kind(Some('é'), "int"), "Unknown format code '\\xe9' for object of type 'int'");
    }
}
