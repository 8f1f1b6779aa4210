//! A body's bytes: the two ways in which the reference prints numbers.

use std::io;

use serde::Serialize;
use serde_json::Serializer;
use serde_json::ser::Formatter;

use crate::json::float_text;

/// The body of an answer with status 200, printed by pydantic: `1e-6`, `0.00001`, `43200.0`, `null` for what is not finite.
pub fn to_wire(value: &impl Serialize) -> Vec<u8> {
    print(value, PydanticNumbers)
}

/// The body of a refusal, printed by Python: `1e-06`, `1e-05`, `43200.0`.
pub fn to_python_wire(value: &impl Serialize) -> Vec<u8> {
    print(value, PythonNumbers)
}

/// As [`to_wire`], with the two zeros printed alike: what equal values have in common.
pub(crate) fn to_canonical_wire(value: &impl Serialize) -> Vec<u8> {
    print(value, CanonicalNumbers)
}

fn print(value: &impl Serialize, numbers: impl Formatter) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(128);
    value.serialize(&mut Serializer::with_formatter(&mut bytes, numbers)).expect("the wire's types become JSON");
    bytes
}

/// As the `ryu` crate prints them; `serde_json` has since moved to one that writes `1e+16`.
fn pydantic_text(number: f64) -> String {
    let scientific = format!("{number:e}");
    let exponent: i32 = scientific.split_once('e').map_or(0, |(_, exponent)| exponent.parse().unwrap_or(0));
    match exponent {
        -5..16 if number.fract() == 0.0 => format!("{number}.0"),
        -5..16 => number.to_string(),
        _ => scientific,
    }
}

struct PydanticNumbers;

impl Formatter for PydanticNumbers {
    fn write_f64<W: ?Sized + io::Write>(&mut self, writer: &mut W, value: f64) -> io::Result<()> {
        writer.write_all(pydantic_text(value).as_bytes())
    }
}

struct CanonicalNumbers;

impl Formatter for CanonicalNumbers {
    fn write_f64<W: ?Sized + io::Write>(&mut self, writer: &mut W, value: f64) -> io::Result<()> {
        PydanticNumbers.write_f64(writer, value + 0.0)
    }
}

struct PythonNumbers;

impl Formatter for PythonNumbers {
    fn write_f64<W: ?Sized + io::Write>(&mut self, writer: &mut W, value: f64) -> io::Result<()> {
        writer.write_all(float_text(value).as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn floats_are_pydantics() {
        let floats = [
            1e-6,
            1e-5,
            1.5e-5,
            1e-4,
            1e15,
            1e16,
            1e17,
            1.2345678901234568e17,
            1e21,
            1e300,
            5e-324,
            43200.0,
            0.1,
            -0.0,
            f64::NAN,
            9007199254740992.0,
        ];
        let text = "[1e-6,0.00001,0.000015,0.0001,1000000000000000.0,1e16,1e17,1.2345678901234568e17,1e21,1e300,5e-324,\
                    43200.0,0.1,-0.0,null,9007199254740992.0]";
        assert_eq!(String::from_utf8(to_wire(&floats)).expect("JSON"), text);
    }
}
