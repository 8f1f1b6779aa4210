//! Whether two refusals are the same.

use isoflop_api::json::ECHO_BYTES;
use serde::Deserialize;
use serde_json::value::RawValue;

/// Equal to the byte, save for echoes that we cut.
pub fn same(ours: &str, theirs: &str) -> bool {
    #[derive(Deserialize)]
    struct Refusal<'a> {
        #[serde(borrow)]
        detail: Vec<Entry<'a>>,
    }
    #[derive(Deserialize)]
    struct Entry<'a> {
        #[serde(borrow, rename = "type")]
        kind: &'a RawValue,
        #[serde(borrow)]
        loc: &'a RawValue,
        #[serde(borrow)]
        msg: &'a RawValue,
        #[serde(borrow)]
        input: &'a RawValue,
        #[serde(borrow)]
        ctx: Option<&'a RawValue>,
    }
    let strip = |text| {
        let refusal: Refusal = serde_json::from_str(text).expect("a list of issues");
        let mut uncut = Vec::new();
        for entry in refusal.detail {
            let ctx = entry.ctx.map(RawValue::get);
            uncut.push((entry.kind.get(), entry.loc.get(), entry.msg.get(), ctx, entry.input.get()));
        }
        uncut
    };
    let cut = |theirs: &str, ours: &str| theirs == ours || theirs.len() > ECHO_BYTES && ours.contains('…');
    ours == theirs
        || theirs.len() > ECHO_BYTES && {
            let (ours, theirs) = (strip(ours), strip(theirs));
            let equal = |(a, b): (&(_, _, _, _, &str), &(_, _, _, _, &str))| {
                (a.0, a.1, a.2, a.3) == (b.0, b.1, b.2, b.3) && cut(b.4, a.4)
            };
            ours.len() == theirs.len() && ours.iter().zip(&theirs).all(equal)
        }
}
