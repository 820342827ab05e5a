//! Takes the paths of the machine that records out of what is kept, all of them alike: what the VM makes of them is then the same
//! as what CPython said of them, wherever both lay.

use std::path::MAIN_SEPARATOR;

use refdrift_cases::Case;
use refdrift_trace::{
    CodeUnit, CompileAnswer, ConstantValue, Member, MemberValue, ModuleAnswer, Observation, Outcome, Request, Response, TextAnswer,
};

use super::Said;
use crate::observer::ObserverError;

/// Where CPython is said to lie.
const HOME: &str = "/python";

/// Where a case is said to lie whose path is absolute.
const CASES: &str = "/cases";

/// Where CPython lies on many machines: that tells nothing of one.
const COMMON: [&str; 2] = ["/usr", "/usr/local"];

/// What `sys` calls the places where CPython lies.
const PREFIXES: [&str; 4] = ["prefix", "exec_prefix", "base_prefix", "base_exec_prefix"];

/// What stands in the environment of every machine, and says something else on each.
const ENVIRONMENT: [(&str, &str); 3] = [("HOME", "/"), ("PATH", "/usr/bin:/bin"), ("TMPDIR", "/tmp")];

/// Paths, each with what stands for it.
#[derive(Clone, Debug, Default)]
pub(super) struct Neutral(Vec<(String, &'static str)>);

impl Neutral {
    /// What is neutral for an interpreter, of which `text` hands over the texts.
    pub(super) fn of(text: &mut dyn FnMut(&[&str]) -> Option<String>) -> Self {
        let mut paths: Vec<_> = PREFIXES.iter().filter_map(|prefix| text(&["sys", prefix])).collect();
        paths.retain(|path| path.len() > 1 && !COMMON.contains(&path.as_str()));
        // One may lie within another.
        paths.sort_by_key(|path| (std::cmp::Reverse(path.len()), path.clone()));
        paths.dedup();
        Self(paths.into_iter().map(|path| (path, HOME)).collect())
    }

    /// The same, and the folder of a case where its path is no relative one.
    pub(super) fn and_folder_of(&self, case: &Case) -> Self {
        let folder = case.path.parent().filter(|folder| folder.is_absolute() && folder.parent().is_some());
        let folder = folder.map(|folder| (folder.display().to_string(), CASES));
        Self(folder.into_iter().chain(self.0.iter().cloned()).collect())
    }

    /// Makes what was asked neutral.
    pub(super) fn request(&self, request: &mut Request) {
        match request {
            Request::Compile(compile) => {
                self.text(&mut compile.filename);
                if let Ok(source) = std::str::from_utf8(&compile.source) {
                    compile.source = self.of_text(source).into_bytes();
                }
            }
            Request::Interned(text) | Request::Counted(text) => self.text(text),
            _ => {}
        }
    }

    /// Makes the answer to a request neutral.
    pub(super) fn answer(&self, request: &Request, response: &mut Response) {
        if let (Request::Text(path), Response::Text(TextAnswer::Text(text))) = (request, &mut *response)
            && path.last().is_some_and(|name| name.starts_with("environ"))
        {
            *text = environment(text);
        }
        self.response(response);
    }

    /// Makes what came of a run neutral.
    pub(super) fn said(&self, said: &mut Said) {
        match said {
            Ok(response) => self.response(response),
            Err(ObserverError::Died { how: words, .. } | ObserverError::Memory { words, .. } | ObserverError::Nonsense(words)) => {
                self.text(words);
            }
            Err(_) => {}
        }
    }

    fn response(&self, response: &mut Response) {
        match response {
            Response::Finished(seen) => self.observation(seen),
            Response::Crashed(crash) => crash.seen.iter_mut().for_each(|seen| self.observation(seen)),
            Response::Rejected(rejection) => self.text(&mut rejection.message),
            Response::Module(ModuleAnswer::Python { unit, path, .. }) => {
                self.unit(unit);
                self.text(path);
            }
            Response::Compiled(answer) => match &mut **answer {
                CompileAnswer::Code(unit) => self.unit(unit),
                CompileAnswer::Raised { message, place, .. } => {
                    self.text(message);
                    if let Some(place) = place {
                        [&mut place.filename, &mut place.text].into_iter().flatten().for_each(|text| self.text(text));
                    }
                }
            },
            Response::Text(TextAnswer::Text(text)) => self.text(text),
            Response::Members(members) => members.iter_mut().flatten().for_each(|member| self.member(member)),
            Response::Module(ModuleAnswer::Missing | ModuleAnswer::Native)
            | Response::Text(TextAnswer::Missing | TextAnswer::None)
            | Response::Ready(_)
            | Response::Inspected(_)
            | Response::Timed(_)
            | Response::Interned(_) => {}
        }
    }

    fn observation(&self, seen: &mut Observation) {
        self.unit(&mut seen.unit);
        self.text(&mut seen.trajectory.output);
        seen.trajectory.names.iter_mut().for_each(|name| self.text(name));
        if let Outcome::Raised(raised) = &mut seen.trajectory.outcome {
            self.text(&mut raised.message);
        }
    }

    fn unit(&self, unit: &mut CodeUnit) {
        self.text(&mut unit.filename);
        unit.siblings.iter_mut().for_each(|sibling| self.text(&mut sibling.path));
        for constant in &mut unit.pool {
            if let ConstantValue::Str(text) = &mut constant.value {
                self.text(text);
            }
        }
    }

    fn member(&self, member: &mut Member) {
        if let MemberValue::Text(text) = &mut member.value {
            self.text(text);
        }
    }

    fn text(&self, text: &mut String) {
        if self.0.iter().any(|(path, _)| text.contains(path.as_str())) {
            *text = self.of_text(text);
        }
    }

    /// The text with every path in it that is one of these, or lies in it, replaced.
    fn of_text(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for (path, neutral) in &self.0 {
            let mut parts = text.split(path.as_str());
            let mut replaced = parts.next().unwrap_or_default().to_owned();
            for part in parts {
                let goes_on = |character: char| character.is_alphanumeric() || "_-.".contains(character);
                let is_whole =
                    !part.starts_with(goes_on) && !replaced.ends_with(|before| goes_on(before) || before == MAIN_SEPARATOR);
                replaced += if is_whole { neutral } else { path };
                replaced += part;
            }
            text = replaced;
        }
        text
    }
}

/// An environment, one `name=value` a line, that is no machine's.
fn environment(lines: &str) -> String {
    let neutral = |line: &str| {
        let name = line.split('=').next().unwrap_or_default();
        match ENVIRONMENT.iter().find(|(known, _)| *known == name) {
            Some((name, value)) => format!("{name}={value}"),
            None => line.to_owned(),
        }
    };
    lines.lines().map(neutral).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn neutral() -> Neutral {
        let texts = |path: &[&str]| {
            Some(match path[1] {
                "prefix" => "/home/me/venv".to_owned(),
                "exec_prefix" => "/usr".to_owned(),
                _ => "/home/me".to_owned(),
            })
        };
        Neutral::of(&mut { texts })
    }

    #[test]
    fn paths_are_replaced_and_nothing_else() {
        let neutral = neutral();
        for (text, wanted) in [
            ("/home/me/venv/lib/os.py", "/python/lib/os.py"),
            ("File \"/home/me/lib\", '/home/me'", "File \"/python/lib\", '/python'"),
            ("/home/me\n/home/me/venv:/home/me", "/python\n/python:/python"),
            ("/home/mean /home/me.old /my/home/me /home/me", "/home/mean /home/me.old /my/home/me /python"),
            ("/usr/lib", "/usr/lib"),
        ] {
            assert_eq!(neutral.of_text(text), wanted);
        }
    }

    #[test]
    fn an_environment_is_no_machines() {
        assert_eq!(environment("HOME=/home/me\nPATH=/home/me/bin:/bin\nTZ=UTC"), "HOME=/\nPATH=/usr/bin:/bin\nTZ=UTC");
    }

    #[test]
    fn a_request_is_what_the_answer_makes_it() {
        let mut request = Request::Interned("/home/me/lib".to_owned());
        neutral().request(&mut request);
        assert_eq!(request, Request::Interned("/python/lib".to_owned()));
        let mut answer = Response::Module(ModuleAnswer::Python {
            unit: Box::new(CodeUnit {
                version: refdrift_trace::PyVersion::new(3, 12, 1),
                filename: "/home/me/lib/os.py".to_owned(),
                pool: Vec::new(),
                codes: Vec::new(),
                siblings: Vec::new(),
                library: Vec::new(),
            }),
            path: "/home/me/lib/os.py".to_owned(),
            package: false,
        });
        neutral().answer(&request, &mut answer);
        let Response::Module(ModuleAnswer::Python { unit, path, .. }) = answer else { panic!("{answer:?}") };
        assert_eq!((unit.filename.as_str(), path.as_str()), ("/python/lib/os.py", "/python/lib/os.py"));
    }
}
