//! What the record says of a case.

use refdrift_cases::Case;
use refdrift_compare::Verdict;
use refdrift_record::{CaseResult, Standing};
use refdrift_trace::Outcome;

use super::Examination;

impl Examination {
    /// Measures what was found by what the case expects. The number is that of the run in the record.
    pub fn result(&self, case: &Case, number: u64) -> CaseResult {
        let judged = case.judge(&self.verdict);
        let as_expected = judged.is_ok();
        // What is not agreed is told as what it is; that it was not expected is told where the case expects something.
        let unexpected = judged.err().filter(|_| case.expect.verdict.is_some());
        let mut unmet: Vec<String> = unexpected.iter().map(ToString::to_string).collect();
        if let Some(observation) = &self.observation {
            let failures = case.failures(&observation.unit, &observation.trajectory);
            unmet.extend(failures.iter().map(ToString::to_string));
        }
        let verdict = match &self.verdict {
            Verdict::Agreed if unmet.is_empty() => Standing::Agreed,
            _ if unmet.is_empty() && as_expected && case.expect.verdict.is_some() => Standing::Expected,
            Verdict::Agreed => Standing::Failed,
            Verdict::Diverged { .. } => Standing::Diverged,
            Verdict::Unsupported { .. } => Standing::Unsupported,
            Verdict::Incomparable { .. } => Standing::Incomparable,
            Verdict::EngineFailed { .. } => Standing::Failed,
        };
        let (reason, reason_line) = match &self.verdict {
            Verdict::Unsupported { what, line } => (Some(what.clone()), *line),
            Verdict::Incomparable { why } => (Some(why.clone()), None),
            Verdict::EngineFailed { why, .. } => (Some(why.clone()), self.fault_line),
            Verdict::Agreed | Verdict::Diverged { .. } => (None, None),
        };
        CaseResult {
            number,
            case: case.id(),
            python: self.python.to_string(),
            verdict,
            found: self.verdict.kind(),
            divergences: self.verdict.divergences().to_vec(),
            untold: match self.verdict {
                Verdict::Diverged { untold, .. } => untold,
                _ => 0,
            },
            reason,
            reason_line,
            raised: self.observation.as_ref().and_then(|observation| match &observation.trajectory.outcome {
                Outcome::Raised(raised) => Some(raised.type_name.clone()),
                _ => None,
            }),
            fault: self.fault,
            unmet,
            path: case.path.display().to_string(),
            line: case.line,
            source_line: case.source_line,
            steps: self.observation.as_ref().map_or(0, |observation| observation.trajectory.steps.len()),
            times: Some(self.times),
            source: (self.verdict != Verdict::Agreed).then(|| String::from_utf8_lossy(&case.source).into_owned()),
            shrunk: None,
            known: None,
            evidence: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use refdrift_record::{Fault, Times};
    use refdrift_trace::PyVersion;

    use super::*;
    use refdrift_compare::{Divergence, DivergenceKind, Engine};

    /// A case that expects something, and what comes of it if that verdict is found.
    fn stands(expect: &str, verdict: Verdict) -> (Standing, usize) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("suite.yaml");
        std::fs::write(&path, format!("cases:\n  - name: it\n    source: |\n      a = []\n{expect}")).unwrap();
        let cases = refdrift_cases::load(&[path], folder.path()).unwrap();
        let examination = Examination {
            python: PyVersion::new(3, 12, 1),
            observation: None,
            run: None,
            verdict,
            fault: None,
            fault_line: None,
            times: Times::default(),
        };
        let result = examination.result(&cases[0], 0);
        (result.verdict, result.unmet.len())
    }

    fn diverged(kind: DivergenceKind) -> Verdict {
        let divergence = Divergence {
            kind,
            step: 1,
            subject_step: 1,
            place: None,
            cause: None,
            object: Some(0),
            subject_object: Some(0),
            type_name: "list".to_owned(),
            label: "list #0".to_owned(),
            reference: Some(1),
            subject: Some(2),
            owners: Vec::new(),
            detail: String::new(),
        };
        Verdict::Diverged { divergences: vec![divergence], untold: 0 }
    }

    #[test]
    fn what_is_found_is_measured_by_what_is_expected() {
        let unsupported = || Verdict::Unsupported { what: "type memoryview".to_owned(), line: None };
        let nothing = "";
        assert_eq!(stands(nothing, Verdict::Agreed), (Standing::Agreed, 0));
        assert_eq!(stands(nothing, diverged(DivergenceKind::LateFree)), (Standing::Diverged, 0));
        assert_eq!(stands(nothing, unsupported()), (Standing::Unsupported, 0));
        let agreed = "    expect:\n      verdict: agreed\n";
        assert_eq!(stands(agreed, Verdict::Agreed), (Standing::Agreed, 0));
        assert_eq!(stands(agreed, unsupported()), (Standing::Unsupported, 1));
        let extra = "    expect:\n      verdict: diverged\n      divergence: {kind: extra_reference}\n";
        assert_eq!(stands(extra, diverged(DivergenceKind::ExtraReference)), (Standing::Expected, 0));
        assert_eq!(stands(extra, diverged(DivergenceKind::LateFree)), (Standing::Diverged, 1));
        assert_eq!(stands(extra, Verdict::Agreed), (Standing::Failed, 1), "a known divergence that is gone");
        let missing = "    expect:\n      verdict: unsupported\n";
        assert_eq!(stands(missing, unsupported()), (Standing::Expected, 0));
        assert_eq!(stands(missing, Verdict::Agreed), (Standing::Failed, 1));
    }

    #[test]
    fn faults_name_their_engine() {
        assert_eq!(Fault::Crash.engine(), Engine::Reference);
        assert_eq!([Fault::Panic, Fault::Audit].map(Fault::engine), [Engine::Subject; 2]);
    }
}
