//! Objects, counts and ends in words.

use refdrift_trace::{CodeUnit, ConstId, ConstantValue, Count, IMMORTAL, ObjectId, Origin, Outcome, Trajectory};

/// An object in words: `tuple #12`, `constant 'hi'`, `print`.
pub(crate) fn label(unit: &CodeUnit, trajectory: &Trajectory, object: ObjectId) -> String {
    let type_name = trajectory.type_name(object);
    match trajectory.objects.get(object as usize).map(|info| info.origin) {
        Some(Origin::Constant(id)) => match unit.pool.get(id as usize).map(|constant| &constant.value) {
            Some(ConstantValue::Code(code)) => {
                format!("code of {}", unit.codes.get(*code as usize).map_or("?", |code| unit.text(code.name)))
            }
            Some(value) => format!("constant {}", literal(unit, value)),
            None => format!("constant #{object}"),
        },
        Some(Origin::Static(name)) => trajectory.name(name).to_owned(),
        Some(Origin::Created) | None => format!("{type_name} #{object}"),
    }
}

/// A pooled object as a person would write it, cut short.
pub(crate) fn pooled(unit: &CodeUnit, id: ConstId) -> String {
    unit.pool.get(id as usize).map_or("?".to_owned(), |constant| literal(unit, &constant.value))
}

fn literal(unit: &CodeUnit, value: &ConstantValue) -> String {
    const MOST: usize = 40;
    let items = |ids: &[u32]| {
        let mut text = ids.iter().take(4).map(|id| pooled(unit, *id)).collect::<Vec<_>>().join(", ");
        if ids.len() > 4 {
            text.push_str(", …");
        }
        text
    };
    let text = match value {
        ConstantValue::None => "None".to_owned(),
        ConstantValue::Ellipsis => "...".to_owned(),
        ConstantValue::Bool(true) => "True".to_owned(),
        ConstantValue::Bool(false) => "False".to_owned(),
        ConstantValue::Int(int) => int.to_string(),
        ConstantValue::BigInt(digits) => digits.clone(),
        ConstantValue::Float(bits) => format!("{:?}", f64::from_bits(*bits)),
        ConstantValue::Complex(real, imag) => format!("({:?}+{:?}j)", f64::from_bits(*real), f64::from_bits(*imag)),
        ConstantValue::Str(text) => quoted(text),
        ConstantValue::WideStr(points) => {
            quoted(&points.iter().map(|p| char::from_u32(*p).unwrap_or(char::REPLACEMENT_CHARACTER)).collect::<String>())
        }
        ConstantValue::Bytes(bytes) => format!("b{}", quoted(&bytes.escape_ascii().to_string())),
        ConstantValue::Tuple(ids) if ids.len() == 1 => format!("({},)", items(ids)),
        ConstantValue::Tuple(ids) => format!("({})", items(ids)),
        ConstantValue::FrozenSet(ids) => format!("frozenset({{{}}})", items(ids)),
        ConstantValue::Code(code) => format!("code of {}", unit.codes.get(*code as usize).map_or("?", |code| unit.text(code.name))),
    };
    if text.chars().count() > MOST { text.chars().take(MOST).chain(['…']).collect() } else { text }
}

fn quoted(text: &str) -> String {
    let escaped = text.chars().flat_map(|c| if c == '"' { vec![c] } else { c.escape_debug().collect() }).collect::<String>();
    format!("'{escaped}'")
}

/// A count in words: `2`, `immortal`, `freed`; of an object that existed before, `+2`.
pub(crate) fn count_words(count: Option<Count>, relative: bool) -> String {
    match count {
        None => "freed".to_owned(),
        Some(IMMORTAL) => "immortal".to_owned(),
        Some(count) if relative => format!("{count:+}"),
        Some(count) => count.to_string(),
    }
}

/// The end of a run in words.
pub(crate) fn outcome_words(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Completed => "completes".to_owned(),
        Outcome::BrokenOff => "is broken off".to_owned(),
        Outcome::Raised(raised) => {
            let line = raised.line.map_or(String::new(), |line| format!(" (line {line})"));
            let colon = if raised.message.is_empty() { "" } else { ": " };
            format!("raises {}{colon}{}{line}", raised.type_name, raised.message)
        }
    }
}
