//! The report: what it is made of, and the files that it becomes.

use isoflop::analysis::Analysis;
use isoflop::run::RunTable;

use crate::draw::image::ImageError;
use crate::figure::{Figure, Images, PLOTS};
use crate::format::FORMATS;

/// One file of a report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// Where it belongs, relative to the folder of the report, with `/`: `figures/profiles.svg`.
    pub path: String,
    /// What it holds.
    pub bytes: Vec<u8>,
}

/// An analysis with its figures, ready to be told in any format.
#[derive(Clone, Debug)]
pub struct Report<'a> {
    /// What was found.
    pub analysis: &'a Analysis,
    /// The command line that makes the report again.
    pub remake: &'a str,
    /// The figures that the analysis could fill, in the order of [`PLOTS`].
    pub figures: Vec<Figure>,
}

/// Why a report could not be made. Each case is a bug in this crate, not in the data.
#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    /// A figure could not be turned into an image.
    #[error("figure \"{name}\" could not be drawn")]
    Image {
        /// The figure.
        name: &'static str,
        /// Why.
        source: ImageError,
    },
    /// The analysis could not be written as JSON.
    #[error("the analysis could not be written as JSON")]
    Json(#[from] serde_json::Error),
}

impl<'a> Report<'a> {
    /// Lays out the figures.
    pub fn new(runs: &RunTable, analysis: &'a Analysis, remake: &'a str) -> Self {
        let figures = PLOTS.iter().filter_map(|plot| plot.draw(runs, analysis)).collect();
        Report { analysis, remake, figures }
    }

    /// The figure of that name, if the analysis could fill it.
    pub fn figure(&self, name: &str) -> Option<&Figure> {
        self.figures.iter().find(|figure| figure.name == name)
    }

    /// Every file of the report: one per format, then two per figure.
    ///
    /// # Errors
    /// [`ReportError`], which means a bug.
    pub fn files(&self) -> Result<Vec<File>, ReportError> {
        // Pixels cost most by far, so each figure gets a thread; the order of files does not depend on them.
        let (documents, images) = std::thread::scope(|scope| {
            let drawing: Vec<_> = self.figures.iter().map(|figure| scope.spawn(|| figure.images())).collect();
            let documents: Result<Vec<File>, ReportError> = FORMATS
                .iter()
                .map(|format| Ok(File { path: format.path().to_string(), bytes: format.write(self)?.into_bytes() }))
                .collect();
            let images: Vec<Result<Images, ImageError>> = drawing
                .into_iter()
                .map(|thread| thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
                .collect();
            (documents, images)
        });
        let mut files = documents?;
        for (figure, images) in self.figures.iter().zip(images) {
            let name = figure.name;
            let Images { svg, png } = images.map_err(|source| ReportError::Image { name, source })?;
            files.push(File { path: format!("figures/{name}.svg"), bytes: svg.into_bytes() });
            files.push(File { path: format!("figures/{name}.png"), bytes: png });
        }
        Ok(files)
    }
}

/// Every file of the report of one analysis, in memory.
///
/// - `remake`: the command line that makes the report again, as a person would type it
///
/// # Errors
/// [`ReportError`], which means a bug.
pub fn files(runs: &RunTable, analysis: &Analysis, remake: &str) -> Result<Vec<File>, ReportError> {
    Report::new(runs, analysis, remake).files()
}
