//! Which columns to read, and what each is for: settled before the first row.

use super::columns::{self, ColumnMap};
use super::condition::Condition;
use super::error::{ReadError, ReadErrorKind};
use super::goal::Goal;
use super::input::Input;
use super::{ReadOptions, SAMPLE, Source};
use crate::run::{Provenance, Role};

/// What to read.
pub(super) struct Plan {
    pub map: ColumnMap,
    pub condition: Option<Condition>,
    /// The columns of the quantities, of the name, and of the condition, each once.
    pub wanted: Vec<String>,
    /// Where each column of `map.uses` stands in `wanted`.
    pub uses: Vec<usize>,
    /// Where the column of the name stands in `wanted`.
    pub name: Option<usize>,
}

impl Plan {
    /// The plan for what `goal` needs of the table.
    pub fn new(source: &dyn Source, input: &Input, options: &ReadOptions, goal: Goal<'_>) -> Result<Self, ReadError> {
        Self::of(source, input, options, goal, SAMPLE).or_else(|error| match error.kind {
            // A record may lack a key that a later one has: look at all before giving up.
            ReadErrorKind::Columns | ReadErrorKind::Condition => Self::of(source, input, options, goal, usize::MAX),
            _ => Err(error),
        })
    }

    fn of(
        source: &dyn Source,
        input: &Input,
        options: &ReadOptions,
        goal: Goal<'_>,
        records: usize,
    ) -> Result<Self, ReadError> {
        let columns = source.columns(input, records)?;
        if columns.is_empty() {
            return Err(ReadError::new(ReadErrorKind::Malformed, &input.path, "holds no runs"));
        }
        let map = columns::map(source, input, &columns, &options.columns, goal)?;
        let mut wanted = Vec::new();
        let uses = map.uses.iter().map(|used| place(&mut wanted, &used.column)).collect();
        let name = map.name.as_deref().map(|name| place(&mut wanted, name));
        let quantities: Vec<Role> = map.uses.iter().map(|used| used.role).chain(map.derived).collect();
        let condition = options.condition.as_deref();
        let condition = condition.map(|text| Condition::new(text, &columns, &quantities, &mut wanted)).transpose()?;
        Ok(Self { map, condition, wanted, uses, name })
    }

    /// The column read as `role`.
    pub fn column(&self, role: Role) -> Option<&str> {
        self.map.uses.iter().find(|used| used.role == role).map(|used| used.column.as_str())
    }

    /// Where what was read by this plan came from.
    pub fn provenance(&self, source: &dyn Source, input: &Input, unusable: Vec<(usize, String)>) -> Provenance {
        Provenance {
            path: input.path.clone(),
            sha256: input.sha256.clone(),
            format: source.name().to_string(),
            columns: self.map.uses.clone(),
            derived: self.map.derived,
            condition: self.condition.as_ref().map(|condition| condition.text.clone()),
            unusable,
        }
    }
}

/// Where `column` stands among the columns wanted; it is added if it is not there.
pub(super) fn place(wanted: &mut Vec<String>, column: &str) -> usize {
    wanted.iter().position(|known| known == column).unwrap_or_else(|| {
        wanted.push(column.to_string());
        wanted.len() - 1
    })
}
