//! Reports of a record.

use std::collections::BTreeSet;

use insta::assert_snapshot;
use refdrift_record::{CaseResult, Signature, Standing, Summary};
use refdrift_reports::{Annotations, Change, Changes, Head, Html, Junit, Markdown, Page, Paint, Plain, Sarif};

use crate::findings::{HOSTILE, extra, header, hostile, result, results};

fn head() -> Head {
    let mut head = Head::new([&header()]);
    head.remarks.push("The run was interrupted: what was done until then is shown.".to_owned());
    head
}

fn pages(results: &[CaseResult]) -> Vec<Page> {
    let mut html = Html::new();
    let mut pages: Vec<Page> = results.iter().filter_map(|result| html.add(result, None)).collect();
    pages.push(html.overview(&head(), None));
    pages
}

/// What a page says, without its style.
fn body(page: &Page) -> &str {
    page.text.split_once("</style>").map_or("", |(_, body)| body)
}

#[test]
fn a_page_of_a_finding() {
    assert_snapshot!(body(&pages(&[extra(0, "tuples/two", "3.12.1")])[0]));
}

#[test]
fn references_whose_owner_was_not_found_are_counted() {
    let told = |result: &CaseResult| {
        let page = pages(std::slice::from_ref(result)).swap_remove(0);
        page.text.matches("that nothing found holds").count()
    };
    let mut result = extra(0, "tuples/two", "3.12.1");
    assert_eq!(told(&result), 0, "there are as many owners as references");
    let first = &mut result.divergences[0];
    (first.reference, first.subject) = (Some(6), Some(7));
    assert_eq!(told(&result), 2);
    result.divergences[0].label = "constant 7".to_owned();
    assert_eq!(told(&result), 0, "it was there before: its count says nothing about owners");
}

#[test]
fn an_overview() {
    let pages = pages(&results());
    assert_snapshot!(body(pages.last().unwrap()));
    let findings = results().iter().filter(|result| matches!(result.verdict, Standing::Diverged | Standing::Failed)).count();
    assert_eq!(pages.len(), findings + 1, "a page for what needs one, and the overview");
}

#[test]
fn every_link_has_its_page_and_no_page_needs_anything_else() {
    let pages = pages(&results());
    let names: BTreeSet<&str> = pages.iter().map(|page| page.name.as_str()).collect();
    assert_eq!(names.len(), pages.len());
    for page in &pages {
        for link in page.text.split("href=\"").skip(1).map(|rest| rest.split('"').next().unwrap()) {
            let (file, fragment) = link.split_once('#').unwrap_or((link, ""));
            let target = pages.iter().find(|other| other.name == if file.is_empty() { &page.name } else { file });
            let target = target.unwrap_or_else(|| panic!("{}: nothing is at {link}", page.name));
            assert!(fragment.is_empty() || target.text.contains(&format!("id=\"{fragment}\"")), "{}: {link}", page.name);
        }
        for outside in ["src=\"", "@import", "url(", "<link", "http://www", "https://"] {
            // The namespace of a drawing is a name, not an address; a snippet may say what it likes.
            let text = page.text.replace("http://www.w3.org/2000/svg", "").replace(&escaped(HOSTILE), "");
            let text = text.lines().filter(|line| !line.contains("example.invalid")).collect::<String>();
            assert!(!text.contains(outside), "{}: {outside}", page.name);
        }
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&#38;").replace('<', "&#60;").replace('>', "&#62;").replace('"', "&#34;").replace('\'', "&#39;")
}

#[test]
fn a_hostile_snippet_stays_text() {
    for page in pages(&[hostile(0)]) {
        let body = body(&page);
        assert_eq!(body.matches("<script").count(), usize::from(page.name == "index.html"), "{body}");
        for bad in ["<img", "<b>&", "</td></table><", "<i>it"] {
            assert!(!body.contains(bad), "{}: {bad}", page.name);
        }
    }
    let page = &pages(&[hostile(0)])[0];
    assert!(page.text.contains("&#60;script&#62;document.title"), "{}", page.text);
}

#[test]
fn many_findings_are_counted_and_each_group_keeps_a_page() {
    let mut html = Html::new();
    let same = extra(0, "a/b", "3.12.1");
    let written = (0..6000).filter(|_| html.add(&same, None).is_some()).count();
    let mut rare = same.clone();
    rare.divergences[0].type_name = "generator".to_owned();
    assert!(html.add(&rare, None).is_some(), "the first of its group");
    let overview = html.overview(&head(), None);
    assert!(written == 5000 && overview.text.contains("1000 more findings"), "{written}");
    assert!(overview.text.contains("6,001 of 6,001 runs diverge"));
}

#[test]
fn markdown() {
    let mut markdown = Markdown::new();
    for result in &results() {
        markdown.add(result);
    }
    assert_snapshot!(markdown.render(&head()));
}

#[test]
fn annotations() {
    let mut annotations = Annotations::new();
    for result in &results() {
        annotations.add(result);
    }
    let text = annotations.render();
    for line in text.lines() {
        assert!(line.starts_with("::error ") || line.starts_with("::notice "), "a text cannot end its command: {line}");
    }
    assert_snapshot!(text);
    for _ in 0..60 {
        annotations.add(&extra(0, "a/b", "3.12.1"));
    }
    assert!(annotations.render().ends_with("::notice::refdrift: 18 more findings are not annotated\n"));
}

#[test]
fn plain_lines() {
    let mut plain = Plain::new();
    let mut summary = Summary::default();
    for result in results() {
        plain.add(&result);
        summary.add(result.verdict);
    }
    let text = plain.render(&summary, true);
    let lines = text.lines().count() - 1;
    assert_eq!(text.lines().take(lines).filter(|line| line.split('\t').count() == 9).count(), lines, "{text}");
    assert_snapshot!(text);
}

#[test]
fn junit_is_read_back_and_counts_every_run() {
    let mut junit = Junit::new();
    for result in &results() {
        junit.add(result);
    }
    let text = junit.render(&head());
    let report = quick_junit::Report::deserialize_from_str(&text).unwrap();
    let skipped: usize = report.test_suites.iter().map(|suite| suite.skipped).sum();
    assert_eq!((report.tests, report.failures, report.errors, skipped), (results().len(), 6, 2, 4));
    for suite in &report.test_suites {
        assert_eq!(suite.test_cases.len(), suite.tests);
        for case in &suite.test_cases {
            assert_eq!(case.classname.as_ref().unwrap(), &suite.name);
        }
    }
    let only = |results: &[CaseResult]| {
        let mut junit = Junit::new();
        for result in results {
            junit.add(result);
        }
        junit.render(&head())
    };
    assert_snapshot!(only(&[result(0, "a/agreed", "3.12.1"), extra(1, "a/b", "3.12.1"), hostile(2), results()[133 - 8].clone()]));
}

/// What a report breaks of JUnit's schema.
fn junit_errors(text: &str) -> Vec<String> {
    let schema = uppsala::parse(include_str!("../schemas/junit-10.xsd")).unwrap();
    let validator = uppsala::XsdValidator::from_schema(&schema).unwrap();
    validator.validate(&uppsala::parse(text).unwrap()).iter().map(ToString::to_string).collect()
}

#[test]
fn junit_keeps_its_schema() {
    for results in [results(), vec![result(0, "alone", "3.12.1"), hostile(1)], Vec::new()] {
        let mut junit = Junit::new();
        for result in &results {
            junit.add(result);
        }
        let text = junit.render(&head());
        assert_eq!(junit_errors(&text), Vec::<String>::new(), "{text}");
        for (right, wrong) in [("<testsuites ", "<testsuites skipped=\"1\" "), ("</testsuites>", "<case/></testsuites>")] {
            assert!(text.contains(right) || results.is_empty(), "{right} in {text}");
            assert!(
                !text.contains(right) || !junit_errors(&text.replacen(right, wrong, 1)).is_empty(),
                "the schema is one: {wrong}"
            );
        }
    }
}

#[test]
fn junit_of_many_runs_lists_some_and_counts_all() {
    let mut junit = Junit::new();
    let agreed = result(0, "a/b", "3.12.1");
    for _ in 0..30_000 {
        junit.add(&agreed);
    }
    for _ in 0..6_000 {
        junit.add(&extra(0, "a/b", "3.12.1"));
    }
    let report = quick_junit::Report::deserialize_from_str(&junit.render(&head())).unwrap();
    let suite = &report.test_suites[0];
    assert_eq!((suite.tests, suite.failures, suite.test_cases.len()), (36_000, 6_000, 25_000));
    assert!(
        suite.properties.iter().any(|property| property.name.as_str() == "runs not listed" && property.value.as_str() == "11000")
    );
}

/// The schema that serde-sarif's types were made from: it lies in that package's sources.
fn sarif_schema() -> serde_json::Value {
    let cargo = |arguments: &[&str]| {
        let program = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let output = std::process::Command::new(program).args(arguments).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    };
    let about = cargo(&["-vV"]);
    let host = about.lines().find_map(|line| line.strip_prefix("host: ")).unwrap();
    let manifest = concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml");
    // Only what this platform builds is there without a network.
    let text = cargo(&["metadata", "--format-version", "1", "--offline", "--filter-platform", host, "--manifest-path", manifest]);
    let metadata: serde_json::Value = serde_json::from_str(&text).unwrap();
    let package = metadata["packages"].as_array().unwrap().iter().find(|package| package["name"] == "serde-sarif").unwrap();
    let folder = std::path::Path::new(package["manifest_path"].as_str().unwrap()).parent().unwrap();
    let schema = std::fs::read_to_string(folder.join("src/schema.json")).unwrap();
    // One of its patterns (of a language's name) has a bracket that not every kind of regular expression takes.
    serde_json::from_str(&schema.replace("]?$", "?$")).unwrap()
}

#[test]
fn sarif_keeps_its_schema() {
    let mut sarif = Sarif::new();
    for result in &results() {
        sarif.add(result, Some(Change::Diverges));
    }
    let text = sarif.render(&head());
    let log: serde_json::Value = serde_json::from_str(&text).unwrap();
    let validator = jsonschema::validator_for(&sarif_schema()).unwrap();
    let errors: Vec<String> = validator.iter_errors(&log).map(|error| format!("{}: {error}", error.instance_path())).collect();
    assert!(errors.is_empty(), "{errors:#?}");
    let broken = serde_json::from_str(&text.replace("\"ruleId\"", "\"rule\"")).unwrap();
    assert!(!validator.is_valid(&broken), "the schema is one");
    let found = log["runs"][0]["results"].as_array().unwrap();
    assert_eq!(found.len(), 8);
    let rules: BTreeSet<_> = log["runs"][0]["tool"]["driver"]["rules"]
        .as_array()
        .unwrap()
        .iter()
        .map(|rule| &rule["id"])
        .map(|id| id.as_str())
        .collect();
    assert!(found.iter().all(|result| rules.contains(&result["ruleId"].as_str())), "every rule is told");
    assert_snapshot!(serde_json::to_string_pretty(&found[..1]).unwrap() + "\n" + &serde_json::to_string_pretty(&found[4]).unwrap());
}

#[test]
fn columns_of_a_file_of_its_own_are_told() {
    let mut result = extra(0, "mine", "3.12.1");
    (result.path, result.line, result.source_line) = ("mine.py".to_owned(), 1, 1);
    let mut sarif = Sarif::new();
    sarif.add(&result, None);
    let log: serde_json::Value = serde_json::from_str(&sarif.render(&head())).unwrap();
    let region = &log["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["region"];
    assert_eq!((&region["startLine"], &region["startColumn"], &region["endColumn"]), (&7.into(), &7.into(), &17.into()));
}

/// What became of the fixtures after some changes.
fn changes() -> Changes {
    let (old, mut new) = (results(), results());
    let last = new.len() - 1;
    new.remove(last);
    new[0] = CaseResult { python: "3.11.9".to_owned(), ..extra(0, &old[0].case, "3.11.7") };
    new[1] = CaseResult { verdict: Standing::Unsupported, reason: Some("type memoryview".to_owned()), ..new[1].clone() };
    new[1].found = refdrift_compare::VerdictKind::Unsupported;
    let diverged = new.iter().position(|result| result.verdict == Standing::Diverged && result.number > 100).unwrap();
    new[diverged] = result(0, &new[diverged].case.clone(), "3.12.1");
    "other".clone_into(&mut new[diverged + 2].divergences[0].type_name);
    new.push(extra(0, "a/new-one", "3.12.1"));
    new.push(result(0, "a/new-and-good", "3.12.1"));
    let mut changes = Changes::new();
    for result in &old {
        changes.before(result);
    }
    for result in &new {
        changes.now(result);
    }
    for result in &old {
        changes.gone(result);
    }
    changes
}

#[test]
fn what_became_of_the_cases() {
    let changes = changes();
    assert!(changes.got_worse() && changes.have_something_in_common());
    assert_snapshot!(changes.render(Paint::PLAIN) + "\n=====\n" + &changes.markdown());
    let mut html = Html::new();
    html.add(&extra(0, "a/b", "3.12.1"), Some(Change::Diverges));
    let overview = html.overview(&head(), Some(&changes));
    let trend = overview.text.split("id=\"trend\"").nth(1).unwrap().split("</section>").next().unwrap();
    assert_snapshot!(trend);
}

#[test]
fn nothing_changes_between_a_record_and_itself() {
    let mut changes = Changes::new();
    for result in &results() {
        changes.before(result);
    }
    for result in results() {
        let change = changes.now(&result);
        assert!(matches!(change, None | Some(Change::Still)), "{}: {change:?}", result.case);
        assert_eq!(change.is_some(), matches!(result.verdict, Standing::Diverged | Standing::Failed), "{}", result.case);
        assert!(Signature::of(&result).is_some() || result.verdict != Standing::Diverged);
    }
    for result in &results() {
        changes.gone(result);
    }
    assert!(!changes.got_worse());
}

#[test]
fn a_table_of_a_record() {
    let mut table = refdrift_reports::Table::new();
    let mut summary = Summary::default();
    for result in results() {
        table.add(&result);
        summary.add(result.verdict);
    }
    let text = table.render(&summary, false, Paint::PLAIN);
    assert_snapshot!(text);
}
