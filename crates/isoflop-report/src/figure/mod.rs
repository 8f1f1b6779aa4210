//! The figures of a report, one file each, and the registry that lists them.
//!
//! To add one: implement [`Plot`] in a file of its own and add it to [`PLOTS`].

mod approaches;
mod chart;
mod key;
mod law_chart;
mod law_labels;
mod law_words;
mod profiles;
mod quantity;
mod runs_drawn;

use isoflop::analysis::{Analysis, ApproachResult, Optimum};
use isoflop::run::RunTable;

use crate::draw::image::{self, ImageError};
use crate::draw::rect::Rect;
use crate::draw::scene::Scene;
use crate::draw::{font, svg};

/// A kind of figure.
pub trait Plot: Sync {
    /// Its name, which is also that of its files.
    fn name(&self) -> &'static str;
    /// The figure; none where the analysis has nothing that it could show.
    fn draw(&self, runs: &RunTable, analysis: &Analysis) -> Option<Figure>;
}

/// Every kind of figure, in the order of the report.
pub const PLOTS: &[&dyn Plot] = &[
    &law_chart::LawChart(quantity::MODEL_SIZE),
    &profiles::Profiles,
    &approaches::Approaches,
    &law_chart::LawChart(quantity::DATASET_SIZE),
];

/// A figure that was laid out.
#[derive(Clone, Debug)]
pub struct Figure {
    /// Its name: `model-size`.
    pub name: &'static str,
    /// What it shows, in a sentence: its title.
    pub finding: String,
    /// How to read it.
    pub caption: String,
    scene: Scene,
}

/// The files of a figure.
#[derive(Clone, Debug)]
pub struct Images {
    /// SVG on white, letters as outlines.
    pub svg: String,
    /// PNG on white, 1600 pixels wide.
    pub png: Vec<u8>,
}

impl Figure {
    /// A laid-out scene whose title `finding` may have raised parts, `^{…}`.
    fn new(name: &'static str, finding: &str, caption: String, scene: Scene) -> Self {
        Figure { name, finding: font::flat(finding), caption, scene }
    }

    /// SVG for a page that defines the colour variables and the face.
    pub fn inline_svg(&self) -> String {
        let place = svg::Place::Page { name: self.name, finding: &self.finding, description: &self.caption };
        svg::write(&self.scene, place)
    }

    /// The files that stand alone.
    ///
    /// # Errors
    /// [`ImageError`] means a bug in this crate.
    pub fn images(&self) -> Result<Images, ImageError> {
        let tree = image::parse(&svg::write(&self.scene, svg::Place::Alone))?;
        Ok(Images { svg: image::outlined(&tree, &self.finding, &self.caption), png: image::png(&tree)? })
    }

    /// The box and text of every label, for checking that none overlap.
    pub fn label_boxes(&self) -> Vec<(String, Rect)> {
        self.scene.labels().map(|label| (label.text.clone(), label.bounds())).collect()
    }

    /// Width and height of the drawing that the label boxes refer to.
    pub fn size(&self) -> (f64, f64) {
        (self.scene.width, self.scene.height)
    }
}

/// The approach that figures put in front: the recommended one, else the first that found anything.
fn lead(analysis: &Analysis) -> Option<&ApproachResult> {
    let first = |found: fn(&ApproachResult) -> bool| analysis.approaches.iter().find(|result| found(result));
    analysis
        .recommended_result()
        .or_else(|| first(|result| result.params_law.is_some()))
        .or_else(|| first(|result| result.optima.iter().any(|optimum| optimum.params.is_some())))
        .or_else(|| analysis.approaches.first())
}

/// The approach whose optima figures draw as points: the lead, unless that is a law fitted to all runs, on whose line
/// its own optima lie whatever the runs say; then the best of those that look at one budget at a time.
fn measured<'a>(analysis: &'a Analysis, lead: &'a ApproachResult) -> &'a ApproachResult {
    const BY_BUDGET: [&str; 5] = ["near-valley", "parabola", "cubic", "akima", "best-run"];
    if BY_BUDGET.contains(&lead.name) {
        return lead;
    }
    let of = |name: &&str| analysis.approaches.iter().find(|result| result.name == *name);
    BY_BUDGET.iter().filter_map(of).find(|result| result.params_law.is_some()).unwrap_or(lead)
}

/// The key of hollow points: why those of the optima drawn are left out of the law, each reason once.
fn not_used<'a>(drawn: impl Iterator<Item = &'a Optimum>) -> Option<String> {
    let mut reasons: Vec<&'static str> = Vec::new();
    for flag in drawn.filter_map(|optimum| optimum.flag) {
        if !reasons.contains(&flag.words()) {
            reasons.push(flag.words());
        }
    }
    (!reasons.is_empty()).then(|| format!("not used: {}", reasons.join(" or ")))
}
