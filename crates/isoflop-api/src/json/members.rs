//! The members of an object while it is read: a repeated key keeps its place and takes the new value.

use std::collections::HashMap;

use super::Json;

/// Objects with more keys than this look for a repeated one in a table.
const FEW_KEYS: usize = 16;

/// An object in the making.
#[derive(Default)]
pub(super) struct Members {
    list: Vec<(String, Json)>,
    places: HashMap<String, usize>,
}

impl Members {
    pub(super) fn set(&mut self, key: String, value: Json) {
        if let Some(place) = self.place(&key) {
            self.list[place].1 = value;
            return;
        }
        if self.list.len() >= FEW_KEYS {
            self.places.insert(key.clone(), self.list.len());
        }
        self.list.push((key, value));
    }

    /// The keys where they first stood, with what they were last given.
    pub(super) fn into_list(self) -> Vec<(String, Json)> {
        self.list
    }

    fn place(&self, key: &str) -> Option<usize> {
        let few = &self.list[..self.list.len().min(FEW_KEYS)];
        few.iter().position(|(name, _)| name == key).or_else(|| self.places.get(key).copied())
    }
}
