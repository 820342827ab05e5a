//! `refdrift report`: all formats from one reading of a record.

use std::io::{self, Write};
use std::path::PathBuf;

use refdrift_record::CaseResult;
use refdrift_reports::{Annotations, Change, Changes, Html, Junit, Markdown, Plain, Sarif, Table};

use crate::args::{ReportArgs, TextFormat};
use crate::outputs::{Pages, write_file};
use crate::records::{Read, Records};
use crate::{Failure, compare, exit, paint, prepare};

pub(crate) fn report(args: &ReportArgs) -> Result<u8, Failure> {
    let cancelled = prepare::cancelled_by_keyboard()?;
    let records = Records::open(&args.records, &cancelled)?;
    let against = args.against.as_slice();
    let mut changes = if against.is_empty() { None } else { Some(compare::before(against, &args.records, &cancelled)?) };
    let mut outputs = Outputs::new(args)?;
    let read = records.read(&mut |result| {
        let change = changes.as_mut().and_then(|changes| changes.now(result));
        outputs.add(result, change)
    })?;
    if let Some(changes) = &mut changes {
        compare::gone(changes, against, &cancelled)?;
    }
    outputs.finish(&read, changes.as_ref())?;
    Ok(exit::AGREED)
}

/// What was asked for.
struct Outputs {
    html: Option<(Html, Pages)>,
    junit: Option<(Junit, PathBuf)>,
    sarif: Option<(Sarif, PathBuf)>,
    markdown: Option<(Markdown, PathBuf)>,
    github: Option<Annotations>,
    table: Option<Table>,
    plain: Option<Plain>,
}

impl Outputs {
    fn new(args: &ReportArgs) -> Result<Self, Failure> {
        let html = args.html.as_deref().map(Pages::create).transpose()?.map(|pages| (Html::new(), pages));
        let mut outputs = Self {
            html,
            junit: args.junit.clone().map(|path| (Junit::new(), path)),
            sarif: args.sarif.clone().map(|path| (Sarif::new(), path)),
            markdown: args.markdown.clone().map(|path| (Markdown::new(), path)),
            github: args.github.then(Annotations::new),
            table: None,
            plain: None,
        };
        let none = outputs.html.is_none() && outputs.junit.is_none() && outputs.sarif.is_none() && outputs.markdown.is_none();
        let format = args.format.or_else(|| (none && outputs.github.is_none()).then_some(TextFormat::Table));
        outputs.table = (format == Some(TextFormat::Table)).then(Table::new);
        outputs.plain = (format == Some(TextFormat::Plain)).then(Plain::new);
        Ok(outputs)
    }

    fn add(&mut self, result: &CaseResult, change: Option<Change>) -> Result<(), Failure> {
        if let Some((html, pages)) = &mut self.html
            && let Some(page) = html.add(result, change)
        {
            pages.write(&page)?;
        }
        self.junit.iter_mut().for_each(|(junit, _)| junit.add(result));
        self.sarif.iter_mut().for_each(|(sarif, _)| sarif.add(result, change));
        self.markdown.iter_mut().for_each(|(markdown, _)| markdown.add(result));
        self.github.iter_mut().for_each(|github| github.add(result));
        self.table.iter_mut().for_each(|table| table.add(result));
        self.plain.iter_mut().for_each(|plain| plain.add(result));
        Ok(())
    }

    fn finish(self, read: &Read, changes: Option<&Changes>) -> Result<(), Failure> {
        if let Some((html, pages)) = self.html {
            pages.write(&html.overview(&read.head, changes))?;
            pages.finish()?;
        }
        if let Some((junit, path)) = self.junit {
            write_file(&path, junit.render(&read.head))?;
        }
        if let Some((sarif, path)) = self.sarif {
            write_file(&path, sarif.render(&read.head))?;
        }
        if let Some((markdown, path)) = self.markdown {
            let trend = changes.map(|changes| changes.markdown() + "\n").unwrap_or_default();
            write_file(&path, markdown.render(&read.head) + &trend)?;
        }
        let mut text = self.github.map(|github| github.render()).unwrap_or_default();
        if let Some(table) = self.table {
            text += &table.render(&read.summary, read.interrupted, paint());
            text += &changes.map(|changes| format!("\n{}", changes.render(paint()))).unwrap_or_default();
        }
        text += &self.plain.map(|plain| plain.render(&read.summary, read.interrupted)).unwrap_or_default();
        io::stdout().write_all(text.as_bytes())?;
        Ok(())
    }
}
