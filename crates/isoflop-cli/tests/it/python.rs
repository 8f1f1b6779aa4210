//! Python against a real server: our client, and the course's own client, notebook and worker. Where there is no Python they are skipped.

use std::path::Path;
use std::process::Command;

use crate::client::config;
use crate::program::{Place, command, root, run};
use crate::serving::{Server, WORKER_KEY};

/// Whether this can be run.
fn works(python: &str) -> bool {
    Command::new(python).arg("--version").output().is_ok_and(|output| output.status.success())
}

#[test]
fn our_python_client_works() {
    if !works("python3") {
        eprintln!("skipped: there is no python3");
        return;
    }
    let (place, server) = (Place::new(), Server::start("--world quiet"));
    let output = Command::new("python3")
        .arg("-B")
        .arg(root().join("clients/python/tests/test_client.py"))
        .current_dir(place.path(""))
        .env("ISOFLOP_URL", &server.url)
        .env("ISOFLOP_API_KEY", &server.user_key)
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

/// A script of `clients/python/tests` with the course's repository and more words; nothing where that is not at hand.
/// `ISOFLOP_COURSE_CHECKOUT` names a checkout, `ISOFLOP_COURSE_PYTHON` a Python with its dependencies.
fn with_the_course(script: &str, words: &[&str]) {
    let given = |name: &str| std::env::var(name).ok().filter(|path| Path::new(path).exists());
    let (Some(checkout), Some(python)) = (given("ISOFLOP_COURSE_CHECKOUT"), given("ISOFLOP_COURSE_PYTHON")) else {
        eprintln!("skipped: ISOFLOP_COURSE_CHECKOUT and ISOFLOP_COURSE_PYTHON name no course's repository");
        return;
    };
    let place = Place::new();
    let output = Command::new(python)
        .arg("-B")
        .arg(root().join("clients/python/tests").join(script))
        .arg(checkout)
        .args(words)
        .current_dir(place.path(""))
        .output()
        .unwrap();
    let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(matches!(output.status.code(), Some(0 | 77)), "{said}");
    eprint!("{said}");
}

/// A server that trains, and a key such as the course gives.
fn with_a_student(script: &str) {
    let server = Server::start("--world quiet");
    server.add_user("somebody", "06123456");
    with_the_course(script, &[&server.url, "06123456"]);
}

#[test]
fn the_course_s_own_client_works() {
    with_a_student("course_client.py");
}

/// This takes more than a minute: the notebook sleeps.
#[test]
fn the_course_s_own_notebook_works() {
    with_a_student("course_notebook.py");
}

/// What it trains with is left out: that takes a GPU and the course's cloud.
#[test]
fn the_course_s_own_worker_reports() {
    let (place, server) = (Place::new(), Server::start("--no-workers"));
    place.file("config.json", config(3).to_string());
    let mut submit = command(&place.path(""), "submit config.json");
    submit.env("ISOFLOP_URL", &server.url).env("ISOFLOP_API_KEY", &server.user_key);
    assert_eq!(run(&mut submit).code, 0);
    let mut dispatch = command(&place.path(""), "admin dispatch 1 --run-id fc-01");
    dispatch.env("ISOFLOP_URL", &server.url).env("ISOFLOP_OPERATOR_KEY", &server.operator_key);
    assert_eq!(run(&mut dispatch).code, 0);
    with_the_course("course_worker.py", &[&server.url, WORKER_KEY, "1", "fc-01"]);
}
