//! `unicodedata` (`Modules/unicodedata.c`), as far as the tables of two crates tell it. They are newer than CPython's: of a
//! character that its version does not have yet nothing is said; what has been said of one is not changed by later versions.

use unicode_normalization::{IsNormalized, UnicodeNormalization, char::canonical_combining_class};
use unicode_properties::GeneralCategory;

use super::function;
use crate::api::Missing;
use crate::object::args::Args;
use crate::object::class::{Arity, Method};
use crate::vm::{PyResult, Vm};

/// The functions that the VM has.
pub(super) static FUNCTIONS: &[Method] = &[
    function("name", Arity::Positional(1, 2), name),
    function("lookup", Arity::One, lookup),
    function("category", Arity::One, category),
    function("combining", Arity::One, combining),
    function("decimal", Arity::Positional(1, 2), decimal),
    function("digit", Arity::Positional(1, 2), digit),
    function("numeric", Arity::Positional(1, 2), numeric),
    function("normalize", Arity::Positional(2, 2), normalize),
];

/// A form of normalisation: its name, whether a text is in it already as far as a quick look tells, and how to bring it there.
struct Form {
    name: &'static str,
    is_quickly: fn(&str) -> IsNormalized,
    apply: fn(&str) -> String,
}

macro_rules! form {
    ($name:literal, $quickly:ident, $apply:ident) => {
        Form {
            name: $name,
            is_quickly: |text| unicode_normalization::$quickly(text.chars()),
            apply: |text| text.$apply().collect(),
        }
    };
}

static FORMS: [Form; 4] = [
    form!("NFC", is_nfc_quick, nfc),
    form!("NFD", is_nfd_quick, nfd),
    form!("NFKC", is_nfkc_quick, nfkc),
    form!("NFKD", is_nfkd_quick, nfkd),
];

/// The one character of an argument.
fn character(vm: &mut Vm, args: &Args<'_>, function: &str, most: usize) -> PyResult<char> {
    let argument = args.values[0];
    let mut characters = vm.text(argument).unwrap_or_default().chars();
    if let (Some(character), None) = (characters.next(), characters.next()) {
        return Ok(character);
    }
    let place = if most > 1 { "argument 1" } else { "argument" };
    let kind = vm.argument_type(argument);
    Err(vm.type_error(format!("{function}() {place} must be a unicode character, not {kind}")))
}

/// What a function says of a character of which there is nothing to say: its second argument, or an error.
fn default(vm: &mut Vm, args: &Args<'_>, message: &str) -> PyResult {
    match args.values.get(1) {
        Some(&default) => Ok(vm.retain(default)),
        None => Err(vm.value_error(message)),
    }
}

fn name(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let character = character(vm, args, "name", 2)?;
    match unicode_names2::name(character).filter(|_| vm.unicode().is_assigned(character)) {
        Some(name) => Ok(vm.str(name.to_string())),
        None => default(vm, args, "no such name"),
    }
}

/// Names of sequences and second names are left out.
fn lookup(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let name = vm.text(args.values[0]).map(str::to_ascii_uppercase);
    let found = name.as_deref().and_then(unicode_names2::character).filter(|&found| vm.unicode().is_assigned(found));
    let exact = |found: &char| unicode_names2::name(*found).is_some_and(|own| Some(own.to_string()) == name);
    match found.filter(exact) {
        Some(found) => Ok(vm.str(found.to_string())),
        None => Err(vm.unsupported(Missing::Name, "unicodedata.lookup() of what is no character's first name")),
    }
}

fn category(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let character = character(vm, args, "category", 1)?;
    let category = vm.unicode().category(character);
    Ok(vm.str(abbreviation(category)))
}

fn combining(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let character = character(vm, args, "combining", 1)?;
    let class = if vm.unicode().is_assigned(character) { canonical_combining_class(character) } else { 0 };
    Ok(vm.int(class.into()))
}

fn decimal(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let character = character(vm, args, "decimal", 2)?;
    match vm.unicode().decimal(character) {
        Some(value) => Ok(vm.int(value.into())),
        None => default(vm, args, "not a decimal"),
    }
}

fn digit(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let character = character(vm, args, "digit", 2)?;
    match vm.unicode().decimal(character) {
        Some(value) => Ok(vm.int(value.into())),
        None if vm.unicode().is_digit(character) => Err(unknown_value(vm)),
        None => default(vm, args, "not a digit"),
    }
}

fn numeric(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let character = character(vm, args, "numeric", 2)?;
    match vm.unicode().decimal(character) {
        Some(value) => Ok(vm.float(value.into())),
        None if vm.unicode().is_numeric(character) => Err(unknown_value(vm)),
        None => default(vm, args, "not a numeric character"),
    }
}

fn unknown_value(vm: &mut Vm) -> crate::vm::Stop {
    vm.unsupported(Missing::Name, "the value of a character that is no decimal digit")
}

/// What is in the form already is handed back itself.
fn normalize(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let [form, text] = [args.values[0], args.values[1]];
    vm.text_argument("normalize", "argument 1", form)?;
    vm.text_argument("normalize", "argument 2", text)?;
    if vm.expect_text(text).is_empty() {
        return Ok(vm.retain(text));
    }
    let Some(form) = FORMS.iter().find(|known| known.name == vm.expect_text(form)) else {
        return Err(vm.value_error("invalid normalization form"));
    };
    let given = vm.expect_text(text);
    if given.chars().any(|character| !vm.unicode().is_assigned(character)) {
        return Err(vm.unsupported(Missing::Name, "unicodedata.normalize() of characters that the version does not have"));
    }
    if given.is_ascii() || (form.is_quickly)(given) == IsNormalized::Yes {
        return Ok(vm.retain(text));
    }
    let made = (form.apply)(given);
    Ok(vm.str(made))
}

/// The two letters of a category.
fn abbreviation(category: GeneralCategory) -> &'static str {
    use GeneralCategory as G;
    match category {
        G::UppercaseLetter => "Lu",
        G::LowercaseLetter => "Ll",
        G::TitlecaseLetter => "Lt",
        G::ModifierLetter => "Lm",
        G::OtherLetter => "Lo",
        G::NonspacingMark => "Mn",
        G::SpacingMark => "Mc",
        G::EnclosingMark => "Me",
        G::DecimalNumber => "Nd",
        G::LetterNumber => "Nl",
        G::OtherNumber => "No",
        G::ConnectorPunctuation => "Pc",
        G::DashPunctuation => "Pd",
        G::OpenPunctuation => "Ps",
        G::ClosePunctuation => "Pe",
        G::InitialPunctuation => "Pi",
        G::FinalPunctuation => "Pf",
        G::OtherPunctuation => "Po",
        G::MathSymbol => "Sm",
        G::CurrencySymbol => "Sc",
        G::ModifierSymbol => "Sk",
        G::OtherSymbol => "So",
        G::SpaceSeparator => "Zs",
        G::LineSeparator => "Zl",
        G::ParagraphSeparator => "Zp",
        G::Control => "Cc",
        G::Format => "Cf",
        G::Surrogate => "Cs",
        G::PrivateUse => "Co",
        G::Unassigned => "Cn",
    }
}
