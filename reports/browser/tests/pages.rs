//! The pages of a report in a real Chromium. Run by `.ci/run`; by hand:
//! `cargo test -p refdrift-reports-browser -- --ignored`. `REFDRIFT_PICTURES=FOLDER` keeps pictures of what is seen.

#[path = "../../tests/findings/mod.rs"]
mod findings;

use std::fs;
use std::path::PathBuf;

use refdrift_record::CaseResult;
use refdrift_reports::{Changes, Head, Html};
use refdrift_reports_browser::{Failure, Window};
use tempfile::TempDir;

/// A report in a folder of its own, open in a browser.
struct Report {
    folder: TempDir,
    window: Window,
}

impl Report {
    fn of(results: &[CaseResult]) -> Result<Self, Failure> {
        let folder = tempfile::tempdir()?;
        let mut changes = Changes::new();
        for result in results.iter().skip(results.len() / 2) {
            changes.before(result);
        }
        let mut html = Html::new();
        for result in results {
            let change = changes.now(result);
            if let Some(page) = html.add(result, change) {
                fs::write(folder.path().join(page.name), page.text)?;
            }
        }
        let page = html.overview(&Head::new([&findings::header()]), Some(&changes));
        fs::write(folder.path().join(page.name), page.text)?;
        let report = Self { folder, window: Window::open()? };
        report.show(Html::OVERVIEW)?;
        Ok(report)
    }

    fn page(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn show(&self, name: &str) -> Result<(), Failure> {
        self.window.show(&self.page(name))
    }

    /// How many findings are listed.
    fn shown(&self) -> Result<u64, Failure> {
        let rows =
            self.window.eval("[...document.querySelectorAll('#rows tbody tr')].filter(row => row.offsetHeight > 0).length")?;
        Ok(rows.as_u64().unwrap_or(u64::MAX))
    }

    /// Nothing was complained about, and nothing was asked for but the pages themselves.
    fn was_quiet(&self) -> Result<(), Failure> {
        assert_eq!(self.window.console()?, Vec::<String>::new());
        let folder = self.folder.path().canonicalize()?;
        for request in self.window.requests()? {
            assert!(request.starts_with(&format!("file://{}/", folder.display())), "{request}");
        }
        Ok(())
    }

    fn keep_picture(&self, name: &str) -> Result<(), Failure> {
        if let Some(folder) = std::env::var_os("REFDRIFT_PICTURES") {
            fs::write(PathBuf::from(folder).join(name), self.window.picture()?)?;
        }
        Ok(())
    }

    /// Whether nothing is wider than the window.
    fn fits(&self) -> Result<bool, Failure> {
        let fits =
            "[document.documentElement, ...document.querySelectorAll('#rows')].every(it => it.scrollWidth <= window.innerWidth)";
        Ok(self.window.eval(fits)? == true)
    }

    /// The least contrast between any text and what is behind it, by the formula of WCAG.
    fn least_contrast(&self) -> Result<(f64, String), Failure> {
        let found = self.window.eval(&format!("({CONTRAST})()"))?;
        Ok((found[0].as_f64().unwrap_or_default(), found[1].to_string()))
    }
}

/// Walks all texts of a page; hands back the least contrast and the text that has it.
const CONTRAST: &str = "() => {
  const parse = (colour) => { const [r, g, b, a = 1] = colour.match(/[\\d.]+/g).map(Number); return [r, g, b, a]; };
  const light = ([r, g, b]) => [r, g, b].map((part) => part / 255).map((part) => part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4)
    .reduce((sum, part, index) => sum + part * [0.2126, 0.7152, 0.0722][index], 0);
  let least = [99, ''];
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const text = texts.currentNode, owner = text.parentElement;
    if (!text.data.trim() || !owner.offsetParent || owner.closest('svg, script, select')) continue;
    let behind = owner;
    while (behind && parse(getComputedStyle(behind).backgroundColor)[3] === 0) behind = behind.parentElement;
    const ground = light(parse(getComputedStyle(behind || document.body).backgroundColor));
    const ink = light(parse(getComputedStyle(owner).color));
    const contrast = (Math.max(ink, ground) + 0.05) / (Math.min(ink, ground) + 0.05);
    if (contrast < least[0]) least = [contrast, text.data.trim()];
  }
  return least;
}";

#[test]
#[ignore = "needs Chromium and chromedriver: .ci/run installs them and runs this"]
fn the_overview_filters_by_keyboard() -> Result<(), Failure> {
    let report = Report::of(&findings::results())?;
    let window = &report.window;
    report.keep_picture("overview-light.png")?;
    assert_eq!(window.text("document.querySelector('h1').textContent")?, "5 of 133 runs diverge");
    assert_eq!(report.shown()?, 8);

    window.type_text("/")?;
    window.type_text("send early")?;
    assert_eq!(report.shown()?, 1);
    assert_eq!(window.text("document.getElementById('shown').textContent")?, "1 of 8 shown.");
    assert!(window.text("location.search")?.contains("search=send+early"));
    window.type_text("\u{e00c}")?;
    assert_eq!(report.shown()?, 8, "Escape clears");

    window.eval("document.querySelector('#python').focus()")?;
    window.type_text("3.13.0")?;
    assert_eq!(report.shown()?, 2);
    window.eval("document.activeElement.blur()")?;
    window.type_text("j")?;
    window.type_text("j")?;
    window.type_text("k")?;
    assert_eq!(window.text("document.activeElement.textContent")?, "ownership/tuples/tuple-of-a-shared-list");
    window.type_text("\u{e007}")?;
    assert_eq!(window.text("document.querySelector('h1').textContent")?, "extra reference: list #3");
    report.was_quiet()
}

#[test]
#[ignore = "needs Chromium and chromedriver: .ci/run installs them and runs this"]
fn a_finding_says_it_all() -> Result<(), Failure> {
    let report = Report::of(&findings::results())?;
    let window = &report.window;
    report.show("finding-1.html")?;
    window.resize(1280, 2400)?;
    report.keep_picture("finding-light.png")?;
    let said = window.text("document.body.innerText")?;
    for words in [
        "The VM holds one reference more to list #3",
        "item 0 of tuple #9",
        "takes over 2 references from the stack for a new tuple",
        "refdrift explain cases/ownership.yaml::tuple-of-a-shared-list --python 3.12.1",
        "a = []\n(a, 0)",
    ] {
        assert!(said.contains(words), "{words} in\n{said}");
    }
    assert_eq!(window.text("document.querySelector('.source .here mark').textContent")?, "(a, boxes)");
    assert_eq!(window.text("document.querySelectorAll('.side .alone').length")?, "1");
    // The drawing has the theme's colours, and both lines.
    let lines =
        "document.querySelectorAll('svg.chart polyline[stroke=\"#1F5FBF\"], svg.chart polyline[stroke=\"#C25E0A\"]').length";
    assert_eq!(window.text(lines)?, "2");
    report.was_quiet()
}

#[test]
#[ignore = "needs Chromium and chromedriver: .ci/run installs them and runs this"]
fn pages_fit_a_phone_and_both_themes() -> Result<(), Failure> {
    let report = Report::of(&findings::results())?;
    let window = &report.window;
    let mut grounds = Vec::new();
    for scheme in ["light", "dark"] {
        window.prefer(scheme)?;
        for page in ["index.html", "finding-1.html", "finding-3.html", "finding-5.html", "finding-6.html"] {
            report.show(page)?;
            for (width, height, name) in [(360, 1600, "phone"), (1280, 2400, "wide")] {
                window.resize(width, height)?;
                assert!(report.fits()?, "{page} is wider than {width}");
                let picture = format!("{}-{scheme}-{name}.png", page.trim_end_matches(".html"));
                report.keep_picture(&picture)?;
            }
            let (least, text) = report.least_contrast()?;
            assert!(least >= 4.5, "{page}, {scheme}: contrast {least:.2} of {text}");
        }
        grounds.push(window.text("getComputedStyle(document.body).backgroundColor")?);
    }
    assert_ne!(grounds[0], grounds[1]);
    report.was_quiet()
}

#[test]
#[ignore = "needs Chromium and chromedriver: .ci/run installs them and runs this"]
fn a_hostile_snippet_stays_text() -> Result<(), Failure> {
    let report = Report::of(&[findings::hostile(0)])?;
    let window = &report.window;
    report.keep_picture("hostile-overview.png")?;
    assert!(window.text("document.querySelector('#rows').innerText")?.contains("hostile/<b>&\"'`|</b>"));
    window.click("#rows a")?;
    window.resize(1280, 2000)?;
    report.keep_picture("hostile-page.png")?;
    assert_eq!(window.text("document.scripts.length")?, "0");
    assert_eq!(window.text("document.images.length")?, "0");
    let source = window.text("[...document.querySelectorAll('.source td')].map(cell => cell.textContent).join('\\n')")?;
    assert_eq!(source.trim_end(), findings::HOSTILE.trim_end());
    assert!(window.text("document.title")?.contains("<script>alert(1)</script>"), "the title is the headline");
    report.was_quiet()?;

    // And were it not text, the page's policy would stop it, and this test would hear of it.
    window.eval("(() => { const bad = document.createElement('script'); bad.textContent = 'document.title = 1'; document.body.append(bad); })()")?;
    assert_ne!(window.text("document.title")?, "1");
    assert!(window.console()?.iter().any(|line| line.contains("Content Security Policy")), "the console is heard");
    Ok(())
}
