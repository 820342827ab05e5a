//! Who holds an object, side by side.

use refdrift_record::Evidence;

use crate::Paint;
use crate::wrap::wrap;

/// How many owners are told.
const MOST: usize = 8;

/// The owners of both sides in two columns, those that only one has marked, and what follows from it.
pub(crate) fn side_by_side(evidence: &Evidence, width: usize, paint: Paint) -> Vec<String> {
    let mut lines: Vec<String> = wrap(&evidence.conclusion, width);
    let pairs = evidence.owners.pairs();
    let known = evidence.owners.reference.is_some() || evidence.owners.subject.is_some();
    if !known {
        return lines;
    }
    let column = (width - 3) / 2;
    let heading = |side: &Option<Vec<String>>, name: &str| match side {
        Some(owners) if owners.is_empty() => format!("nothing holds it in {name}"),
        Some(_) => format!("who holds it in {name}"),
        None => format!("unknown in {name}"),
    };
    let row = |left: &str, right: &str| format!("{left:<column$} | {right}").trim_end().to_owned();
    lines.push(paint.quiet(row(&heading(&evidence.owners.reference, "CPython"), &heading(&evidence.owners.subject, "the VM"))));
    for (left, right) in pairs.iter().take(MOST) {
        let cell = |owner: Option<&str>| owner.map_or_else(|| vec!["–".to_owned()], |owner| wrap(owner, column));
        let (lefts, rights) = (cell(*left), cell(*right));
        for index in 0..lefts.len().max(rights.len()) {
            let part = |cell: &[String]| cell.get(index).cloned().unwrap_or_default();
            let line = row(&part(&lefts), &part(&rights));
            lines.push(if left == right { line } else { paint.bad(line) });
        }
    }
    if pairs.len() > MOST {
        lines.push(format!("and {} more", pairs.len() - MOST));
    }
    lines
}
