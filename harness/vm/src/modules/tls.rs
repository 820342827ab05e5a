//! `_ssl` (`Modules/_ssl.c`): the objects that `ssl` asks for when it is imported, which much else imports. It opens no connection.

use super::function;
use crate::api::Missing;
use crate::object::args::Args;
use crate::object::class::{Arity, Method};
use crate::object::keywords::Signature;
use crate::vm::{PyResult, Vm};

/// Identifier, number, short and long name, as `OpenSSL` has them.
const OBJECTS: &[(&str, i64, &str, &str)] = &[
    ("1.3.6.1.5.5.7.3.1", 129, "serverAuth", "TLS Web Server Authentication"),
    ("1.3.6.1.5.5.7.3.2", 130, "clientAuth", "TLS Web Client Authentication"),
];

pub(super) static FUNCTIONS: &[Method] = &[function("txt2obj", Arity::Raw, text_to_object)];

/// `txt2obj(txt, name=False)`
fn text_to_object(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    const SIGNATURE: Signature =
        Signature { function: "txt2obj", positional_only: 0, names: &["txt", "name"], required: 1, positional: 2 };
    let [text, _] = SIGNATURE.bind(vm, args)?;
    let known = text.and_then(|text| vm.text(text)).and_then(|text| OBJECTS.iter().find(|(identifier, ..)| *identifier == text));
    let Some(&(identifier, number, short, long)) = known else {
        return Err(vm.unsupported(Missing::Name, "_ssl.txt2obj of another object"));
    };
    let fields = vec![vm.int(number), vm.str(short), vm.str(long), vm.str(identifier)];
    Ok(vm.new_tuple(fields))
}
