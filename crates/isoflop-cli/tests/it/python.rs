//! Clients in Python against a real server: ours, and the course's own. Where there is no Python they are skipped.

use std::path::Path;
use std::process::Command;

use crate::program::{Place, root};
use crate::serving::Server;

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

/// A script of `clients/python/tests` with the course's repository, a server, and a key such as the course gives.
/// `ISOFLOP_COURSE_CHECKOUT` names a checkout, `ISOFLOP_COURSE_PYTHON` a Python with its dependencies.
fn with_the_course(script: &str) {
    let given = |name: &str| std::env::var(name).ok().filter(|path| Path::new(path).exists());
    let (Some(checkout), Some(python)) = (given("ISOFLOP_COURSE_CHECKOUT"), given("ISOFLOP_COURSE_PYTHON")) else {
        eprintln!("skipped: ISOFLOP_COURSE_CHECKOUT and ISOFLOP_COURSE_PYTHON name no course's repository");
        return;
    };
    let (place, server) = (Place::new(), Server::start("--world quiet"));
    server.add_user("somebody", "06123456");
    let output = Command::new(python)
        .arg("-B")
        .arg(root().join("clients/python/tests").join(script))
        .args([checkout.as_str(), server.url.as_str(), "06123456"])
        .current_dir(place.path(""))
        .output()
        .unwrap();
    let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(matches!(output.status.code(), Some(0 | 77)), "{said}");
    eprint!("{said}");
}

#[test]
fn the_course_s_own_client_works() {
    with_the_course("course_client.py");
}

/// This takes more than a minute: the notebook sleeps.
#[test]
fn the_course_s_own_notebook_works() {
    with_the_course("course_notebook.py");
}
