//! Files and folders that are whole or not there: written beside their place, and moved there at the end.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use refdrift_reports::{Html, Page};
use tempfile::{Builder, TempDir};

use crate::Failure;

/// What the overview of a report begins with: a folder with such a file may be replaced.
const OURS: &str = "<meta name=\"generator\" content=\"refdrift\">";

/// Writes a file as a whole. What is no file (a terminal, a pipe) is written to as it is.
pub(crate) fn write_file(path: &Path, content: impl AsRef<[u8]>) -> Result<(), Failure> {
    let (failed, bytes) = (|error: std::io::Error| cannot(path, &error), content.as_ref());
    if fs::metadata(path).is_ok_and(|found| !found.is_file() && !found.is_dir()) {
        return fs::OpenOptions::new().write(true).open(path).and_then(|mut file| file.write_all(bytes)).map_err(failed);
    }
    // What a link names is replaced, not the link.
    let path = &fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let permissions = fs::metadata(path).map_or_else(|_| mode(0o666), |old| old.permissions());
    let mut file = Builder::new().prefix(".refdrift-").permissions(permissions).tempfile_in(parent(path)).map_err(failed)?;
    file.write_all(bytes).map_err(failed)?;
    file.persist(path).map_err(|error| failed(error.error))?;
    Ok(())
}

/// A folder of pages that is not there yet.
#[derive(Debug)]
pub(crate) struct Pages {
    target: PathBuf,
    folder: TempDir,
}

impl Pages {
    /// Begins it. A folder that is there must be empty, or a report of refdrift's, which is replaced at the end.
    pub(crate) fn create(target: &Path) -> Result<Self, Failure> {
        if target.is_dir() {
            let mut inside = fs::read_dir(target).map_err(|error| cannot(target, &error))?;
            let overview = fs::read_to_string(target.join(Html::OVERVIEW)).unwrap_or_default();
            if inside.next().is_some() && !overview.contains(OURS) {
                let line = format!("{}: is there already and no report of refdrift: name another folder", target.display());
                return Err(Failure::usage(line));
            }
        } else if target.symlink_metadata().is_ok() {
            return Err(Failure::usage(format!("{}: is there already and no folder", target.display())));
        }
        let folder = Builder::new()
            .prefix(".refdrift-")
            .permissions(mode(0o777))
            .tempdir_in(parent(target))
            .map_err(|error| cannot(target, &error))?;
        Ok(Self { target: target.to_owned(), folder })
    }

    /// Writes a page.
    pub(crate) fn write(&self, page: &Page) -> Result<(), Failure> {
        fs::write(self.folder.path().join(&page.name), &page.text).map_err(|error| cannot(&self.target, &error))
    }

    /// Puts the folder in its place.
    pub(crate) fn finish(self) -> Result<(), Failure> {
        let failed = |error: std::io::Error| cannot(&self.target, &error);
        // The old one goes only when the new one can come: it is put aside, and removed with what holds it.
        let aside = Builder::new().prefix(".refdrift-").tempdir_in(parent(&self.target)).map_err(failed)?;
        if self.target.exists() {
            fs::rename(&self.target, aside.path().join("old")).map_err(failed)?;
        }
        fs::rename(self.folder.path(), &self.target).map_err(failed)?;
        let _ = self.folder.keep();
        Ok(())
    }
}

/// The folder that holds a path.
fn parent(path: &Path) -> &Path {
    path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Temporary files are their owner's alone; these are to become the user's files, as far as the umask lets them.
fn mode(mode: u32) -> fs::Permissions {
    std::os::unix::fs::PermissionsExt::from_mode(mode)
}

fn cannot(path: &Path, error: &std::io::Error) -> Failure {
    Failure::usage(format!("{}: cannot be written: {error}", path.display()))
}
