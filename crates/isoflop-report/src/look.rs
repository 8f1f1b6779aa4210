//! How our pages look: the face, the colours of both themes, and the rules. The report and a server's pages share it.

use crate::draw::colour;

/// The rules of a page.
pub const STYLE: &str = include_str!("../assets/page.css");

/// The face by weight, as WOFF2.
pub const FACES: [(&str, &[u8]); 2] = [
    ("400", include_bytes!("../assets/roboto-regular.woff2")),
    ("500", include_bytes!("../assets/roboto-medium.woff2")),
];

/// The colours of both themes, as variables.
pub fn colours() -> String {
    let (light, dark) = colour::variables();
    // Paper is white: a print of the dark theme would be all ink.
    format!(":root{{{light}}}\n@media screen and (prefers-color-scheme:dark){{:root{{{dark}}}}}\n")
}
