//! Worlds for teaching, by name.

use super::World;

/// A world that is part of the program.
#[derive(Clone, Copy, Debug)]
pub struct NamedWorld {
    /// Its name in `--backend simulated:NAME`.
    pub name: &'static str,
    /// What it is for, in a line.
    pub about: &'static str,
    /// Its file.
    pub text: &'static str,
}

/// Every such world; the first is the default.
pub const WORLDS: &[NamedWorld] = &[
    NamedWorld {
        name: "course-2026",
        about: "the 2026 course: seconds of an H100, losses like those of DCLM",
        text: include_str!("worlds/course-2026.toml"),
    },
    NamedWorld {
        name: "course-2025",
        about: "the 2025 course: questions charged by the FLOP, six fields to choose",
        text: include_str!("worlds/course-2025.toml"),
    },
    NamedWorld {
        name: "noisy",
        about: "losses that scatter by 2%: what intervals are for",
        text: include_str!("worlds/noisy.toml"),
    },
    NamedWorld {
        name: "steep",
        about: "other exponents: N* goes with C^0.65, and the rule of 20 tokens per parameter wastes compute",
        text: include_str!("worlds/steep.toml"),
    },
    NamedWorld {
        name: "quiet",
        about: "a law and nothing else: no noise, no cost of hyper-parameters, no failures",
        text: include_str!("worlds/quiet.toml"),
    },
    NamedWorld {
        name: "tree",
        about: "answers of a forest of trees, as the 2025 course gave them: plateaus and steps",
        text: include_str!("worlds/tree.toml"),
    },
    NamedWorld {
        name: "flaky",
        about: "machines that are lost, runs that diverge, models that do not fit",
        text: include_str!("worlds/flaky.toml"),
    },
];

/// The world called `name`.
///
/// # Panics
/// Never: a test reads every world that is part of the program.
pub fn named(name: &str) -> Option<World> {
    let found = WORLDS.iter().find(|world| world.name == name)?;
    Some(World::parse(found.name, found.text).expect("it was read in a test"))
}
