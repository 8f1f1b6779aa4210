//! Worlds as files: what is wrong is told, and what may be said is documented.

use super::*;

#[test]
fn what_is_wrong_with_a_file_is_told_with_its_place() {
    let good = WORLDS[0].text;
    let told = |from: &str, to: &str| {
        assert!(good.contains(from), "{from}");
        World::parse("w.toml", &good.replacen(from, to, 1)).err().expect("it is wrong").to_string()
    };
    for (from, to, said) in [
        ("cost_below", "cost_bellow", "unknown key `cost_bellow`"),
        ("cost_below", "cost_bellow", "did you mean cost_below?"),
        ("run = 0.002", "run = 2", "found 2, expected a number from 0 to 1"),
        ("run = 0.002", "run = \"much\"", "found string \"much\", expected a number"),
        ("\"chinchilla\"", "\"chinchila\"", "did you mean chinchilla?"),
        ("\"chinchilla\"", "\"frontier\"", "expected a law of parameters and tokens"),
        ("beta = 0.20", "betta = 0.20", "did you mean beta?"),
        (", beta = 0.20", "", "beta of chinchilla is missing"),
        ("beta = 0.20", "beta = 20", "found 20, expected a number from 0.001 to 5"),
        ("E = 2.3", "E = -1", "found -1, expected a number above 0"),
        ("[noise]", "[noise", "w.toml:"),
        ("about = ", "abouts = ", "did you mean about?"),
    ] {
        let message = told(from, to);
        assert!(message.contains(said), "{message}");
        let mut place = message.trim_start_matches("w.toml:").splitn(3, ':');
        let line: usize = place.next().and_then(|line| line.parse().ok()).expect(&message);
        let column: usize = place.next().and_then(|column| column.parse().ok()).expect(&message);
        let expected = 1 + good[..good.find(from).expect("it is there")].matches('\n').count();
        assert!(line == expected && column >= 1, "{message}");
    }
    assert_eq!(World::read("/nowhere.toml").err().expect("no such file").place, None);
}

#[test]
fn every_world_and_every_key_is_documented() {
    let docs = include_str!("../../../../../../docs/worlds.md");
    for world in WORLDS {
        assert!(docs.contains(&format!("| `{}` | {} |", world.name, world.about)), "{}", world.name);
    }
    // What is expected where a key is wrong is every key of that table.
    let whole = |table: &str| WORLDS[0].text.replacen(table, &format!("{table}\nwrong = 1"), 1);
    let inline =
        |table: &str| WORLDS[0].text.replacen(&format!("{table} = {{"), &format!("{table} = {{ wrong = 1,"), 1);
    let mut texts = vec![format!("wrong = 1\n{}", WORLDS[0].text)];
    texts.extend(
        ["law", "learning_rate", "batch", "shape", "optimizer", "noise", "failures", "speed"]
            .map(|table| whole(&format!("[{table}]"))),
    );
    texts.extend(["best", "aspect", "warmup"].map(inline));
    texts.push(format!("{}\n[surrogate]\nwrong = 1", WORLDS[0].text));
    for text in texts {
        let message = World::parse("w", &text).err().expect("a wrong key").message;
        assert!(message.starts_with("unknown key `wrong`"), "{message}");
        for key in message.split('`').skip(3).step_by(2) {
            let row = docs.contains(&format!("| `{key}` |")) || docs.contains(&format!("`[{key}]`"));
            // Where a power law stands for a number.
            assert!(row || ["k", "tokens"].contains(&key), "{key}");
        }
    }
}
