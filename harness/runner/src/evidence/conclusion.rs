//! The difference between two sides' owners, in one sentence.

use refdrift_compare::Divergence;
use refdrift_trace::{IMMORTAL, Owner};

/// What one engine has of an object at the boundary where the two part.
#[derive(Clone, Debug, Default)]
pub(super) struct Side {
    /// Its count; none if it is freed or was never there.
    pub(super) count: Option<i32>,
    /// Who holds it; none if that could not be found out.
    pub(super) owners: Option<Vec<Owner>>,
    /// Who held it at the boundary before.
    pub(super) before: Vec<Owner>,
    /// Why the owners could not be found out.
    pub(super) unknown: Option<String>,
}

impl Side {
    /// The owners in words.
    pub(super) fn words(&self) -> Option<Vec<String>> {
        self.owners.as_ref().map(|owners| owners.iter().map(ToString::to_string).collect())
    }

    fn references(&self) -> usize {
        self.count.map_or(0, |count| usize::try_from(count).unwrap_or(0))
    }

    /// How many references more it counts than owners are known. Code written in C may hold some for a while, on both sides.
    fn unheld(&self) -> usize {
        self.references().saturating_sub(self.owners.as_ref().map_or(0, Vec::len))
    }
}

/// Who holds one reference more, who one less, or that nobody seems to.
pub(super) fn conclude(divergence: &Divergence, reference: &Side, subject: &Side) -> String {
    let (Some(there), Some(here)) = (&reference.owners, &subject.owners) else {
        let why = reference.unknown.as_ref().or(subject.unknown.as_ref());
        return format!("the owners are not known: {}", why.map_or("an engine did not get there again", String::as_str));
    };
    if [reference.count, subject.count].contains(&Some(IMMORTAL)) || reference.count == subject.count {
        return divergence.detail.clone();
    }
    let hidden = reference.unheld();
    let out_of_sight = if hidden > 0 && subject.unheld() < hidden {
        format!(" (nor does anything show that holds {} of CPython's: code written in C may)", words(hidden))
    } else {
        String::new()
    };
    let called = divergence.place.as_ref().is_some_and(|site| site.offset.is_some() && site.code != "<module>");
    let unseen = if called { "code written in C that waits for this call, or a leak" } else { "a leak" };
    let (mut only_in_reference, mut only_in_subject) = (without(there, here), without(here, there));
    drop_same_holders(&mut only_in_reference, &mut only_in_subject);
    let object = &divergence.label;
    // Objects that were there before are counted from where they were met: who held them then counts for nothing here.
    let (theirs, ours) = (reference.count.unwrap_or(0), subject.count.unwrap_or(0));
    let difference = words(ours.abs_diff(theirs) as usize);
    if ours > theirs {
        let letting_go = if reference.count.is_none() { "has freed it" } else { "does not" };
        let lost = without(&subject.before, here);
        return match (only_in_subject.is_empty(), reference.count) {
            (false, _) => format!("the VM holds {object} by {}; CPython {letting_go}{out_of_sight}", list(&only_in_subject)),
            (true, _) if subject.unheld() > reference.unheld() && !lost.is_empty() => format!(
                "the VM counts {difference} more to {object} than hold it: {} let go without giving the reference back",
                list(&lost)
            ),
            (true, _) if subject.unheld() > reference.unheld() => {
                format!("the VM counts {difference} more to {object} than hold it, by nothing that it knows: {unseen}")
            }
            (true, _) => format!("the VM counts {difference} more to {object}, though the same hold it on both sides"),
        };
    }
    let gained = without(here, &subject.before);
    if !only_in_reference.is_empty() {
        let lacking = if subject.count.is_none() { "has freed it" } else { "does not" };
        return format!("CPython holds {object} by {}; the VM {lacking}", list(&only_in_reference));
    }
    if subject.count.is_some() && here.len() > subject.references() && !gained.is_empty() {
        return format!("the VM counts {difference} fewer to {object} than hold it: {} took it without counting", list(&gained));
    }
    if reference.unheld() > subject.unheld() {
        return format!("CPython has {difference} more to {object}, and nothing that it can reach holds it: {unseen}");
    }
    format!("the VM counts {difference} fewer to {object}, though the same hold it on both sides")
}

fn words(references: usize) -> String {
    if references == 1 { "one reference".to_owned() } else { format!("{references} references") }
}

/// The first few by name.
fn list(owners: &[Owner]) -> String {
    const MOST: usize = 4;
    let mut names: Vec<String> = owners.iter().take(MOST).map(ToString::to_string).collect();
    if owners.len() > MOST {
        names.push(format!("{} more", owners.len() - MOST));
    }
    match names.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
        _ => names.concat(),
    }
}

/// Those of a list that are not in another, each as often as it is there more.
fn without(owners: &[Owner], others: &[Owner]) -> Vec<Owner> {
    let mut others = others.to_vec();
    let mut rest = owners.to_vec();
    rest.retain(|owner| match others.iter().position(|other| other == owner) {
        Some(place) => {
            others.remove(place);
            false
        }
        None => true,
    });
    rest
}

/// What one holder holds is the same, though the engines may call it otherwise.
fn drop_same_holders(there: &mut Vec<Owner>, here: &mut Vec<Owner>) {
    there.retain(|owner| match here.iter().position(|other| other.of == owner.of && !owner.of.is_empty()) {
        Some(place) => {
            here.remove(place);
            false
        }
        None => true,
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use refdrift_compare::DivergenceKind;

    fn side(count: Option<i32>, before: &[&str], owners: &[&str]) -> Side {
        let list = |owners: &[&str]| owners.iter().map(|owner| Owner::alone(*owner)).collect::<Vec<_>>();
        Side { count, owners: Some(list(owners)), before: list(before), unknown: None }
    }

    fn said(reference: &Side, subject: &Side) -> String {
        let divergence = Divergence {
            kind: DivergenceKind::ExtraReference,
            step: 1,
            subject_step: 1,
            place: None,
            cause: None,
            object: Some(0),
            subject_object: Some(0),
            type_name: "list".to_owned(),
            label: "list #0".to_owned(),
            reference: reference.count,
            subject: subject.count,
            owners: Vec::new(),
            detail: "the detail".to_owned(),
        };
        conclude(&divergence, reference, subject)
    }

    #[test]
    fn one_sentence_names_who_it_is() {
        let one = |owner: &'static str| side(Some(1), &[owner], &[owner]);
        let kept = side(Some(2), &["global a", "local x of f"], &["global a", "local x of f"]);
        assert_eq!(said(&one("global a"), &kept), "the VM holds list #0 by local x of f; CPython does not");
        assert_eq!(said(&kept, &one("global a")), "CPython holds list #0 by local x of f; the VM does not");
        assert_eq!(said(&side(None, &[], &[]), &one("global a")), "the VM holds list #0 by global a; CPython has freed it");
        assert_eq!(said(&one("global a"), &side(None, &[], &[])), "CPython holds list #0 by global a; the VM has freed it");
        assert_eq!(
            said(&one("global a"), &side(Some(2), &["global a", "stack slot 0 of f"], &["global a"])),
            "the VM counts one reference more to list #0 than hold it: stack slot 0 of f let go without giving the reference back"
        );
        assert_eq!(
            said(&kept, &side(Some(1), &["global a"], &["global a", "local x of f"])),
            "the VM counts one reference fewer to list #0 than hold it: local x of f took it without counting"
        );
        assert_eq!(
            said(&side(Some(1), &[], &[]), &side(None, &[], &[])),
            "CPython has one reference more to list #0, and nothing that it can reach holds it: a leak"
        );
        assert_eq!(said(&one("global a"), &one("global a")), "the detail");
        let unknown = Side { unknown: Some("it crashed".to_owned()), ..Side::default() };
        assert_eq!(said(&unknown, &kept), "the owners are not known: it crashed");
    }

    #[test]
    fn other_words_for_the_same_holder_are_no_difference() {
        let side = |count, owners: &[(&str, &str)]| Side {
            count: Some(count),
            owners: Some(owners.iter().map(|(role, of)| Owner::new(*role, *of)).collect()),
            ..Side::default()
        };
        let reference = side(1, &[("a field", "zip #3")]);
        let subject = side(2, &[("iterator", "zip #3"), ("item 0", "list #4")]);
        assert_eq!(said(&reference, &subject), "the VM holds list #0 by item 0 of list #4; CPython does not");
    }
}
