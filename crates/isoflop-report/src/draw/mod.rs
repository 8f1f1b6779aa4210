//! Drawing: a scene of paths and text, the axes and labels it is laid out with, and its SVG and PNG.
//!
//! A figure is laid out once, in pixels of a [`Scene`]; `svg` writes it for a
//! page (theme colours, real text) or to stand alone, and `image` turns the
//! standing-alone one into outlines and pixels. Nothing here knows what a run is.

pub(crate) mod axis;
pub(crate) mod colour;
pub(crate) mod font;
pub(crate) mod image;
pub(crate) mod path;
pub(crate) mod place;
pub(crate) mod rect;
pub(crate) mod scene;
pub(crate) mod svg;
pub(crate) mod tick;

pub(crate) use axis::Axis;
pub(crate) use colour::Paint;
pub(crate) use rect::Rect;
pub(crate) use scene::{Anchor, Label, Marker, Scene, Stroke};
