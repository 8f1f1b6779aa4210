//! The dashboard in a browser: a person logs in, submits, watches a run to its end, and stops another.

use serde_json::json;

use crate::browser::Browser;
use crate::served::{Served, config, sweep};

/// Slow enough to be seen.
const TRAINS: &str = "simulated:course-2026,pace=0.01";

fn log_in(browser: &mut Browser, served: &Served, key: &str) {
    browser.go(&served.url("/dashboard"));
    browser.write("#key", key);
    browser.click("#enter button");
    browser.wait("!document.getElementById('inside').hidden");
}

#[test]
fn a_run_is_submitted_watched_and_another_is_cancelled() {
    let Some(mut browser) = Browser::open() else { return };
    let served = Served::start(Some(TRAINS));
    browser.look(1280, false);
    browser.go(&served.url("/dashboard"));
    browser.picture("enter-light-1280");
    browser.write("#key", "nobody");
    browser.click("#enter button");
    browser.wait("document.getElementById('enter-problem').textContent === 'The server does not know this key.'");
    assert!(std::mem::take(&mut browser.complaints).iter().all(|said| said.contains("401")));
    log_in(&mut browser, &served, &served.user.clone());
    assert_eq!(
        browser.evaluate("location.href").as_str(),
        Some(served.url("/dashboard").as_str()),
        "no key in an address"
    );
    browser.wait("document.querySelector('#link').textContent === 'live'");
    assert_eq!(browser.text("#name"), "student");
    assert!(browser.text("#budget").contains("12 h of 12 h of training time left"), "{}", browser.text("#budget"));

    browser.wait("document.querySelector('#cost').innerText.includes('Reserves')");
    browser.write("#field-total_train_tokens", "120000000");
    browser.wait("document.querySelector('#form-problem').innerText.includes('must be divisible')");
    browser.click("#rounding button");
    browser.wait("document.querySelector('#cost').innerText.includes('120M')");
    browser.click("#submit");
    browser.wait("document.querySelector('#notice').innerText === 'Run 1 is submitted.'");
    browser.wait("document.querySelector('[data-run=\"1\"] .running')");
    browser.wait("document.querySelectorAll('#curves g[data-run=\"1\"]').length === 1");
    browser.wait("/running [1-9]/.test(document.querySelector('tr[data-run=\"1\"]').innerText)");
    browser.wait("document.querySelector('tr[data-run=\"1\"] .completed')");
    browser.wait("document.querySelector('#law-said').innerText.includes('There is no law yet')");

    browser.write("#field-model_seed", "7");
    browser.wait("document.querySelector('#json').value.includes('\"model_seed\": 7')");
    browser.wait("!document.querySelector('#submit').disabled && !document.querySelector('#cost .warning')");
    browser.click("#submit");
    browser.wait("document.querySelector('tr[data-run=\"2\"] .running')");
    browser.click("[aria-label=\"Cancel run 2\"]");
    browser.wait("document.querySelector('#ask').open");
    browser.click("#ask-yes");
    browser.wait("document.querySelector('tr[data-run=\"2\"]')?.innerText.includes('cancelled')");
    assert_eq!(browser.text("#notice"), "Run 2 is cancelled.");

    browser.click("#leave");
    browser.wait("!document.getElementById('enter').hidden");
    assert_eq!(browser.evaluate("sessionStorage.length + document.querySelectorAll('[data-run]').length"), 0);
    let other = served.another("other");
    log_in(&mut browser, &served, &other);
    browser.wait("document.querySelector('#counts').innerText.startsWith('No runs yet')");
    assert_eq!(browser.evaluate("document.querySelectorAll('[data-run]').length"), 0);
    // Without an analysis the server says why, and that is all that the console has to say.
    assert!(
        browser.complaints.iter().all(|said| said.contains("409") || said.contains("422")),
        "{:?}",
        browser.complaints
    );
}

#[test]
fn a_sweep_shows_its_law_at_every_width_in_both_themes() {
    let Some(mut browser) = Browser::open() else { return };
    let served = Served::start(Some("simulated:course-2026,pace=0.001"));
    sweep(&served, &served.user);
    let mut short = config(8, 1 << 26);
    short["max_runtime_seconds"] = json!(100.0);
    served.submit(&served.user, &short);
    served.settle(&served.user);
    browser.look(1280, false);
    log_in(&mut browser, &served, &served.user.clone());
    browser.wait("document.querySelectorAll('tr[data-run]').length === 12");
    browser.click("#more");
    browser.wait("document.querySelectorAll('tr[data-run]').length === 21");
    browser.wait("document.querySelectorAll('#curves g').length >= 20");
    browser.wait("document.querySelector('#law-said').innerText.includes('20 finished runs')");
    browser.write("#tolerance", "10");
    browser.write("#at", "1e20");
    browser.click("#law-form button");
    browser.wait("document.querySelector('#law-said').innerText.includes('at 4 compute budgets')");
    browser.wait("document.querySelectorAll('#law-figures svg').length === 2");
    browser.wait("document.querySelector('#law-said').innerText.includes('1e20')");
    // Two that go on while the pictures are taken.
    for tokens in [1 << 29, 3 << 28] {
        let mut long = config(12, tokens);
        long["max_runtime_seconds"] = json!(9500.0);
        served.submit(&served.user, &long);
    }
    browser.wait("document.querySelectorAll('tr .running').length > 0");
    for (theme, dark) in [("light", false), ("dark", true)] {
        for width in [1280, 390] {
            browser.look(width, dark);
            browser.fits();
            browser.picture(&format!("dashboard-{theme}-{width}"));
        }
    }
    browser.look(1280, false);
    browser.click("tr[data-run=\"20\"] th button");
    browser.wait("document.querySelector('#curves g[data-run=\"20\"] path').getAttribute('stroke') === 'var(--lead)'");
    browser.click("[aria-label=\"Use run 20 as a start\"]");
    browser.wait("document.querySelector('#cost').innerText.includes('Experiment 20 is of this configuration')");
    assert_eq!(browser.complaints, [] as [String; 0]);
}

#[test]
fn the_reference_fits_every_width() {
    let Some(mut browser) = Browser::open() else { return };
    let served = Served::start(None);
    for (theme, dark) in [("light", false), ("dark", true)] {
        for width in [1280, 390] {
            browser.look(width, dark);
            browser.go(&served.url("/docs"));
            browser.fits();
            browser.picture(&format!("docs-{theme}-{width}"));
        }
    }
    assert_eq!(browser.complaints, [] as [String; 0]);
}
