//! The lines of a source that a finding is about, with the instruction's columns marked.

use std::ops::Range;

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};
use refdrift_compare::Span;
use refdrift_record::CaseResult;

use crate::{Paint, finding};

/// How wide an excerpt may be.
const WIDTH: usize = 78;

/// The excerpt, line by line, with the numbers of the case's file; nothing where no source or no line is known.
pub(crate) fn excerpt(result: &CaseResult, paint: Paint) -> Vec<String> {
    let (Some(source), Some(line)) = (result.source.as_deref(), finding::source_line(result)) else { return Vec::new() };
    let cause = result.divergences.first().and_then(|first| first.cause.as_ref()).filter(|cause| cause.line == Some(line));
    let Some(range) = marked(source, line, cause.and_then(|cause| cause.span)) else { return Vec::new() };
    let label = cause.map(|cause| cause.instruction.clone()).or_else(|| result.reason.clone()).unwrap_or_default();
    let first = if result.path.is_empty() { 1 } else { result.source_line as usize };
    let annotation = AnnotationKind::Primary.span(range).label(label);
    let mut snippet = Snippet::source(source).line_start(first).annotation(annotation);
    if !result.path.is_empty() {
        snippet = snippet.path(result.path.as_str());
    }
    let renderer = if paint.colour { Renderer::styled() } else { Renderer::plain() };
    let text = renderer.term_width(WIDTH).render(&[Group::with_level(Level::ERROR).element(snippet)]);
    text.lines().map(|line| line.trim_end().to_owned()).collect()
}

/// The bytes of the source that are marked: the span's, else what is written in the line.
fn marked(source: &str, line: u32, span: Option<Span>) -> Option<Range<usize>> {
    let start = start_of(source, line)?;
    let text = source[start..].lines().next()?;
    let spanned = span.and_then(|span| {
        let range = start + span.start as usize..start_of(source, span.end_line)? + span.end as usize;
        (range.start < range.end && source.get(range.clone()).is_some()).then_some(range)
    });
    if spanned.is_some() {
        return spanned;
    }
    let indent = text.len() - text.trim_start().len();
    (indent < text.len()).then(|| start + indent..start + text.trim_end().len())
}

/// Where a line (from 1) starts.
fn start_of(source: &str, line: u32) -> Option<usize> {
    let before = source.split_inclusive('\n').take((line as usize).checked_sub(1)?);
    let (lines, start) = before.fold((1, 0), |(lines, bytes), text| (lines + 1, bytes + text.len()));
    (lines == line).then_some(start)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_bytes_and_may_end_on_another_line() {
        let source = "ä = 1\nf(ö,\n  2)\n";
        let span = |start, end_line, end| Some(Span { start, end_line, end });
        assert_eq!(&source[marked(source, 1, span(5, 1, 6)).unwrap()], "1");
        assert_eq!(&source[marked(source, 2, span(0, 3, 4)).unwrap()], "f(ö,\n  2)");
        // What is no part of the text is not believed: the line is marked.
        for wrong in [span(1, 1, 2), span(3, 1, 3), span(0, 9, 2), span(3, 2, 90), None] {
            assert_eq!(&source[marked(source, 1, wrong).unwrap()], "ä = 1");
        }
        assert_eq!(marked(source, 4, None), None);
        assert_eq!(marked(source, 0, None), None);
    }
}
