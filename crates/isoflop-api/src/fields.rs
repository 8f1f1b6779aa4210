//! Reads an object field by field, in pydantic's order: the declared fields as declared, then the unknown as sent.

use crate::fault::Fault;
use crate::issue::{Issue, MAX_ISSUES};
use crate::json::Json;
use crate::place::Place;

/// An object that is being read.
pub(crate) struct Fields<'a> {
    input: &'a Json,
    members: &'a [(String, Json)],
    place: &'a Place<'a>,
    known: Vec<&'static str>,
    issues: Vec<Issue>,
}

impl<'a> Fields<'a> {
    /// The object at `place`; an issue if it is none.
    pub(crate) fn open(input: &'a Json, place: &'a Place<'a>) -> Result<Self, Vec<Issue>> {
        match input {
            Json::Object(members) => Ok(Self { input, members, place, known: Vec::new(), issues: Vec::new() }),
            _ => Err(vec![Issue::new(Fault::NotAnObject, input, place)]),
        }
    }

    /// A field that must be there.
    pub(crate) fn required<T>(
        &mut self,
        name: &'static str,
        read: impl FnOnce(&Json) -> Result<T, Fault>,
    ) -> Option<T> {
        self.nested(name, |value, place| read(value).map_err(|fault| vec![Issue::new(fault, value, place)]))
    }

    /// A field that may be left out.
    pub(crate) fn optional<T>(
        &mut self,
        name: &'static str,
        default: T,
        read: impl FnOnce(&Json) -> Result<T, Fault>,
    ) -> Option<T> {
        if self.find(name).is_some() {
            self.required(name, read)
        } else {
            self.known.push(name);
            Some(default)
        }
    }

    /// A field that must be there and has parts.
    pub(crate) fn nested<T>(
        &mut self,
        name: &'static str,
        read: impl FnOnce(&Json, &Place) -> Result<T, Vec<Issue>>,
    ) -> Option<T> {
        self.known.push(name);
        let place = self.place.field(name);
        let found = match self.find(name) {
            Some(value) => read(value, &place),
            None => Err(vec![Issue::new(Fault::Missing, self.input, &place)]),
        };
        found.map_err(|issues| self.issues.extend(issues)).ok()
    }

    /// A field that has parts and may be left out.
    pub(crate) fn nested_or<T>(
        &mut self,
        name: &'static str,
        default: T,
        read: impl FnOnce(&Json, &Place) -> Result<T, Vec<Issue>>,
    ) -> Option<T> {
        if self.find(name).is_some() {
            self.nested(name, read)
        } else {
            self.known.push(name);
            Some(default)
        }
    }

    /// Ends the reading: every issue so far, and one for each unknown field.
    ///
    /// After `Ok` every field that was asked for has been found.
    pub(crate) fn close(mut self) -> Result<(), Vec<Issue>> {
        for (name, value) in self.members {
            if !self.known.contains(&name.as_str()) && self.issues.len() < MAX_ISSUES {
                self.issues.push(Issue::new(Fault::ExtraForbidden, value, &self.place.field(name)));
            }
        }
        if self.issues.is_empty() { Ok(()) } else { Err(self.issues) }
    }

    fn find(&self, name: &str) -> Option<&'a Json> {
        self.members.iter().find(|(key, _)| key == name).map(|(_, value)| value)
    }
}

/// A list whose items `read` understands.
pub(crate) fn list<T>(
    value: &Json,
    place: &Place,
    read: impl Fn(&Json) -> Result<T, Fault>,
) -> Result<Vec<T>, Vec<Issue>> {
    let Json::List(items) = value else { return Err(vec![Issue::new(Fault::ListType, value, place)]) };
    let mut issues = Vec::new();
    let mut list = Vec::with_capacity(items.len());
    for (index, item) in items.iter().enumerate() {
        match read(item) {
            Ok(good) => list.push(good),
            Err(fault) if issues.len() < MAX_ISSUES => issues.push(Issue::new(fault, item, &place.item(index))),
            Err(_) => {}
        }
    }
    if issues.is_empty() { Ok(list) } else { Err(issues) }
}
