//! Bytes become text: the encodings that `CPython`'s `json.loads` tells apart by the first bytes.
//!
//! The text is kept as UTF-8 in which a surrogate without a partner may stand as three bytes (WTF-8): Python lets those
//! through, and a position must count them.

use std::borrow::Cow;

/// The text of `bytes`, or nothing if they are in none of the encodings.
pub(super) fn decode(bytes: &[u8]) -> Option<Cow<'_, [u8]>> {
    if let Some(rest) = bytes.strip_prefix(&[0xFF, 0xFE, 0, 0]) {
        return utf32(rest, u32::from_le_bytes);
    }
    if let Some(rest) = bytes.strip_prefix(&[0, 0, 0xFE, 0xFF]) {
        return utf32(rest, u32::from_be_bytes);
    }
    if let Some(rest) = bytes.strip_prefix(&[0xFF, 0xFE]) {
        return utf16(rest, u16::from_le_bytes);
    }
    if let Some(rest) = bytes.strip_prefix(&[0xFE, 0xFF]) {
        return utf16(rest, u16::from_be_bytes);
    }
    if let Some(rest) = bytes.strip_prefix(&[0xEF, 0xBB, 0xBF]) {
        return utf8(rest);
    }
    // JSON begins with an ASCII character, so the zeros among the first bytes tell how wide characters are.
    match bytes {
        [0, 0, _, _, ..] => utf32(bytes, u32::from_be_bytes),
        [0, _, _, _, ..] | [0, _] => utf16(bytes, u16::from_be_bytes),
        [_, 0, 0, 0, ..] => utf32(bytes, u32::from_le_bytes),
        [_, 0, _, _, ..] | [_, 0] => utf16(bytes, u16::from_le_bytes),
        _ => utf8(bytes),
    }
}

fn utf8(bytes: &[u8]) -> Option<Cow<'_, [u8]>> {
    let mut rest = bytes;
    while let Err(error) = std::str::from_utf8(rest) {
        rest = after_surrogate(&rest[error.valid_up_to()..])?;
    }
    Some(Cow::Borrowed(bytes))
}

/// What follows the surrogate at the start of `bytes`, if there is one.
pub(super) fn after_surrogate(bytes: &[u8]) -> Option<&[u8]> {
    match bytes {
        [0xED, 0xA0..=0xBF, 0x80..=0xBF, rest @ ..] => Some(rest),
        _ => None,
    }
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Option<Cow<'_, [u8]>> {
    let (units, []) = bytes.as_chunks::<2>() else { return None };
    let mut text = Vec::with_capacity(bytes.len());
    for decoded in char::decode_utf16(units.iter().map(|two| unit(*two))) {
        push(&mut text, decoded.map_or_else(|lone| u32::from(lone.unpaired_surrogate()), u32::from))?;
    }
    Some(Cow::Owned(text))
}

fn utf32(bytes: &[u8], unit: fn([u8; 4]) -> u32) -> Option<Cow<'_, [u8]>> {
    let (units, []) = bytes.as_chunks::<4>() else { return None };
    let mut text = Vec::with_capacity(bytes.len());
    for four in units {
        push(&mut text, unit(*four))?;
    }
    Some(Cow::Owned(text))
}

fn push(text: &mut Vec<u8>, code: u32) -> Option<()> {
    if (0xD800..0xE000).contains(&code) {
        text.extend([0xED, 0x80 | (code >> 6 & 0x3F) as u8, 0x80 | (code & 0x3F) as u8]);
    } else {
        text.extend(char::from_u32(code)?.encode_utf8(&mut [0; 4]).as_bytes());
    }
    Some(())
}
