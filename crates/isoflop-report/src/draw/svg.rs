//! Writes a scene as SVG: for a page, or to stand alone.

use std::fmt::Write;

use crate::draw::colour::Paint;
use crate::draw::font::{self, FAMILY, Weight};
use crate::draw::path::number;
use crate::draw::scene::{Anchor, Label, Mark, Scene, Shape};

/// Where the SVG will be seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place<'a> {
    /// Inline in a page, which defines the colour variables; `name` makes its ids unique.
    Page { name: &'a str, finding: &'a str, description: &'a str },
    /// A file of its own, on white.
    Alone,
}

/// The scene as an SVG document.
pub(crate) fn write(scene: &Scene, place: Place<'_>) -> String {
    let (w, h) = (number(scene.width), number(scene.height));
    let view = match place {
        // A page has its own margins: the figure lines up with the text.
        Place::Page { .. } => format!("34 20 {} {}", number(scene.width - 34.0), number(scene.height - 36.0)),
        Place::Alone => format!("0 0 {w} {h}"),
    };
    let mut out = String::with_capacity(scene.marks.len() * 160);
    let _ = write!(out, r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="{view}""#);
    match place {
        Place::Page { name, finding, description } => {
            let _ = write!(
                out,
                r#" role="img" aria-labelledby="{name}-finding {name}-words"><title id="{name}-finding">{}</title><desc id="{name}-words">{}</desc>"#,
                escape(finding),
                escape(description)
            );
        }
        Place::Alone => {
            let _ = write!(out, r#" width="{w}" height="{h}" font-family="{FAMILY}">"#);
            let _ = write!(out, r#"<rect width="{w}" height="{h}" fill="{}"/>"#, Paint::Paper.light());
        }
    }
    for mark in &scene.marks {
        match mark {
            Mark::Shape(shape) => write_shape(&mut out, shape, place),
            Mark::Text(label) => write_label(&mut out, label, place),
        }
    }
    out.push_str("</svg>");
    out
}

/// Text safe between tags and inside quotes, in SVG and HTML alike.
pub(crate) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            // Control characters have no place in XML, not even escaped.
            c if c.is_control() && !matches!(c, '\n' | '\t') => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out
}

fn colour(paint: Paint, place: Place<'_>) -> String {
    match place {
        Place::Page { .. } => format!("var(--{})", paint.variable()),
        Place::Alone => paint.light().to_string(),
    }
}

fn write_shape(out: &mut String, shape: &Shape, place: Place<'_>) {
    let _ = write!(out, r#"<path d="{}""#, shape.path);
    match shape.fill {
        Some((paint, opacity)) => {
            let _ = write!(out, r#" fill="{}""#, colour(paint, place));
            if opacity < 1.0 {
                let _ = write!(out, r#" fill-opacity="{opacity}""#);
            }
        }
        None => out.push_str(r#" fill="none""#),
    }
    if let Some(stroke) = shape.stroke {
        let _ = write!(
            out,
            r#" stroke="{}" stroke-width="{}" stroke-linecap="round" stroke-linejoin="round""#,
            colour(stroke.paint, place),
            number(stroke.width)
        );
        if stroke.opacity < 1.0 {
            let _ = write!(out, r#" stroke-opacity="{}""#, stroke.opacity);
        }
        if let Some((dash, gap)) = stroke.dash {
            let _ = write!(out, r#" stroke-dasharray="{} {}""#, number(dash), number(gap));
        }
    }
    match (&shape.hint, place) {
        (Some(hint), Place::Page { .. }) => {
            let _ = write!(out, "><title>{}</title></path>", escape(hint));
        }
        _ => out.push_str("/>"),
    }
}

fn write_label(out: &mut String, label: &Label, place: Place<'_>) {
    let anchor = match label.anchor {
        Anchor::Start => "",
        Anchor::Middle => r#" text-anchor="middle""#,
        Anchor::End => r#" text-anchor="end""#,
    };
    let weight = if label.weight == Weight::Medium { r#" font-weight="500""# } else { "" };
    let _ = write!(
        out,
        r#"<text x="{}" y="{}" font-size="{}"{weight}{anchor} fill="{}""#,
        number(label.x),
        number(label.y),
        number(label.size),
        colour(label.paint, place)
    );
    if label.rim {
        let paper = colour(Paint::Paper, place);
        let _ = write!(out, r#" stroke="{paper}" stroke-width="6" stroke-linejoin="round" paint-order="stroke""#);
    }
    out.push('>');
    // A raised part lifts the pen, and the part after it brings the pen back.
    let mut lift = 0.0;
    for part in font::parts(&label.text) {
        let wanted = if part.raised { -font::RAISED_BY * label.size } else { 0.0 };
        if part.raised || lift != wanted {
            let size = if part.raised { label.size * font::RAISED_SIZE } else { label.size };
            let _ = write!(
                out,
                r#"<tspan dy="{}" font-size="{}">{}</tspan>"#,
                number(wanted - lift),
                number(size),
                escape(part.text)
            );
        } else {
            out.push_str(&escape(part.text));
        }
        lift = wanted;
    }
    out.push_str("</text>");
}
