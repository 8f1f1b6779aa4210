//! A standing-alone SVG with its text turned into outlines, and its PNG.

use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::{Options, Tree, WriteOptions};

use crate::draw::colour::Paint;
use crate::draw::font;
use crate::draw::svg::escape;

/// Width of PNG files in pixels: fills a slide, and twice the 800 px of a column of text.
const PNG_WIDTH: u32 = 1600;

/// Why a figure could not be turned into an image.
#[derive(Debug, thiserror::Error)]
pub enum ImageError {
    /// The SVG that was written is not one.
    #[error("the figure is not valid SVG")]
    Svg(#[from] resvg::usvg::Error),
    /// The picture could not be encoded, or has no size.
    #[error("the figure cannot be written as PNG")]
    Png(#[from] png::EncodingError),
}

/// Reads an SVG, with its text set in the embedded face.
pub(crate) fn parse(svg: &str) -> Result<Tree, ImageError> {
    let options =
        Options { fontdb: font::DATABASE.clone(), font_family: font::FAMILY.to_string(), ..Options::default() };
    Ok(Tree::from_str(svg, &options)?)
}

/// The SVG with every letter as an outline, so that it looks the same where the face is missing.
pub(crate) fn outlined(tree: &Tree, finding: &str, description: &str) -> String {
    let how = WriteOptions { coordinates_precision: 2, transforms_precision: 4, ..WriteOptions::default() };
    let svg = tree.to_string(&WriteOptions { indent: resvg::usvg::Indent::None, ..how });
    // The renderer keeps no words; a screen reader, and a person who opens the file, want them.
    let words = format!("><title>{}</title><desc>{}</desc>", escape(finding), escape(description));
    svg.replacen('>', &words, 1)
}

/// The picture as PNG, [`PNG_WIDTH`] wide, on white.
pub(crate) fn png(tree: &Tree) -> Result<Vec<u8>, ImageError> {
    let scale = f64::from(PNG_WIDTH) / f64::from(tree.size().width());
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a figure is some hundred pixels high")]
    let height = (f64::from(tree.size().height()) * scale).round() as u32;
    let Some(mut pixels) = Pixmap::new(PNG_WIDTH, height.max(1)) else {
        return Err(ImageError::Png(png::EncodingError::LimitsExceeded));
    };
    #[expect(clippy::cast_possible_truncation, reason = "a scale needs no more digits than a pixel")]
    let transform = Transform::from_scale(scale as f32, scale as f32);
    debug_assert_eq!(Paint::Paper.light(), "#ffffff");
    resvg::render(tree, transform, &mut pixels.as_mut());
    // The paper covers everything, so that no pixel is transparent and alpha need not be stored.
    let mut opaque = vec![0; pixels.data().len() / 4 * 3];
    for (to, from) in opaque.chunks_exact_mut(3).zip(pixels.data().chunks_exact(4)) {
        to.copy_from_slice(&from[..3]);
    }
    let mut file = Vec::with_capacity(opaque.len() / 16);
    let mut encoder = png::Encoder::new(&mut file, PNG_WIDTH, height.max(1));
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_compression(png::Compression::Fast);
    encoder.write_header()?.write_image_data(&opaque)?;
    Ok(file)
}
