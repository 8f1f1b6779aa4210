//! What the text of a law says: its formula as a tree, and its coefficients as they were declared.

use std::ops::Range;

use crate::law::Scale;

/// Something with its place.
pub(super) type Placed<T> = (T, Range<usize>);

/// A formula as a tree.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Node<'a> {
    Number(f64),
    Name(&'a str, Range<usize>),
    Negative(Box<Node<'a>>),
    Binary(Operator, Box<[Node<'a>; 2]>),
    /// Of one value; [`Function::Min`] and [`Function::Max`] of two or more.
    Call(Function, Vec<Node<'a>>),
}

impl<'a> Node<'a> {
    /// Looks at this and all below it, from left to right.
    pub fn visit(&self, look: &mut dyn FnMut(&Node<'a>)) {
        look(self);
        match self {
            Node::Number(_) | Node::Name(..) => {}
            Node::Negative(inner) => inner.visit(look),
            Node::Binary(_, sides) => sides.iter().for_each(|side| side.visit(look)),
            Node::Call(_, values) => values.iter().for_each(|value| value.visit(look)),
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Operator {
    Add,
    Subtract,
    Multiply,
    Divide,
    Power,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Function {
    Exp,
    Ln,
    Log10,
    Sqrt,
    Tanh,
    Min,
    Max,
}

pub(super) const FUNCTIONS: [(&str, Function); 7] = [
    ("exp", Function::Exp),
    ("ln", Function::Ln),
    ("log10", Function::Log10),
    ("sqrt", Function::Sqrt),
    ("tanh", Function::Tanh),
    ("min", Function::Min),
    ("max", Function::Max),
];

/// The function called `name`.
pub(super) fn function(name: &str) -> Option<Function> {
    FUNCTIONS.iter().find(|(known, _)| *known == name).map(|(_, function)| *function)
}

/// A coefficient as it was declared.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Declared<'a> {
    pub name: &'a str,
    pub span: Range<usize>,
    pub starts: (f64, f64),
    pub scale: Option<Placed<Scale>>,
    pub within: Option<Placed<(f64, f64)>>,
}

/// All that was written.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Text<'a> {
    pub formula: Node<'a>,
    /// Where the formula stands, without "L =".
    pub span: Range<usize>,
    pub coefficients: Vec<Declared<'a>>,
}
