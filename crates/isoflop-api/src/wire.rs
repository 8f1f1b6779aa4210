//! A body's bytes: the two ways in which the reference prints numbers.

use std::io;

use serde::Serialize;
use serde_json::Serializer;
use serde_json::ser::{CompactFormatter, Formatter};

use crate::json::{float_text, shortest};

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

struct PydanticNumbers;

impl Formatter for PydanticNumbers {
    fn write_f64<W: ?Sized + io::Write>(&mut self, writer: &mut W, value: f64) -> io::Result<()> {
        // `serde_json` agrees with pydantic's printer but for the sign of a large exponent.
        if value.abs() < 1e16 {
            CompactFormatter.write_f64(writer, value)
        } else {
            writer.write_all(shortest(value).replace("e+", "e").as_bytes())
        }
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
            7206057264377977.0 / 4.0,
        ];
        let text = "[1e-6,0.00001,0.000015,0.0001,1000000000000000.0,1e16,1e17,1.2345678901234568e17,1e21,1e300,5e-324,\
                    43200.0,0.1,-0.0,null,9007199254740992.0,1801514316094494.2]";
        assert_eq!(String::from_utf8(to_wire(&floats)).expect("JSON"), text);
    }
}
