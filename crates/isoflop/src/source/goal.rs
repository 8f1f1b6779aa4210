//! What a table is read for, and which columns that takes.

use super::ColumnChoice;
use crate::run::Role;

/// What a table is read for.
#[derive(Clone, Copy)]
pub(super) enum Goal<'a> {
    /// Runs with N, D, C and L.
    Runs,
    /// The loss along one axis.
    Curve {
        /// The column of the axis, where the user named one.
        axis: Option<&'a str>,
    },
}

impl<'a> Goal<'a> {
    /// What columns are read as, in the order in which tables are told.
    pub const fn roles(self) -> &'static [Role] {
        match self {
            Goal::Runs => &[
                Role::Params,
                Role::Tokens,
                Role::Compute,
                Role::Loss,
                Role::UniqueTokens,
                Role::Weight,
                Role::Cluster,
            ],
            Goal::Curve { .. } => &[Role::Axis, Role::Loss, Role::Weight, Role::Cluster],
        }
    }

    /// The column that the user named for `role`.
    pub fn chosen(self, role: Role, choice: &'a ColumnChoice) -> Option<&'a str> {
        let chosen = match role {
            Role::Params => &choice.params,
            Role::Tokens => &choice.tokens,
            Role::Compute => &choice.compute,
            Role::Loss => &choice.loss,
            Role::UniqueTokens => &choice.unique_tokens,
            Role::Weight => &choice.weight,
            Role::Cluster => &choice.cluster,
            Role::Axis => match self {
                Goal::Curve { axis } => return axis,
                Goal::Runs => return None,
            },
        };
        chosen.as_deref()
    }

    /// Whether the names of the runs are read.
    pub const fn names(self) -> bool {
        matches!(self, Goal::Runs)
    }
}
