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
fn a_final_submission_is_saved_and_seen_again_until_it_is_too_late() {
    let Some(mut browser) = Browser::open() else { return };
    let served = Served::start(Some("simulated:course-2026,pace=0.001"));
    served.submit(&served.user, &config(4, 1 << 20));
    served.settle(&served.user);
    browser.look(1280, false);
    log_in(&mut browser, &served, &served.user.clone());
    browser.wait("document.querySelector('#final-said').innerText.startsWith('You have saved none yet.')");
    browser.picture("final-none");

    // What cannot be read is neither submitted nor saved, least of all what stood there before.
    browser.write("#field-num_hidden_layers", "");
    browser.evaluate("document.execCommand('delete')");
    browser.wait("document.querySelector('#submit').disabled");
    assert_eq!(browser.text("#form-problem"), "Layers is no number.");
    browser.click("#final-save");
    assert_eq!(browser.text("#final-problem"), "Write the loss that you predict, such as 3.25.");
    browser.write("#final-loss", "-1");
    browser.click("#final-save");
    assert_eq!(browser.text("#final-problem"), "The form above cannot be read: Layers is no number.");

    browser.evaluate("document.querySelector('#new details').open = true");
    for (pasted, problem) in [("[]", "begins with {"), ("{", "This cannot be read: ")] {
        browser.write("#json", pasted);
        browser.wait(&format!("document.querySelector('#json-problem').innerText.includes('{problem}')"));
        assert_eq!(browser.text("#form-problem"), "The JSON below cannot be read.");
    }

    browser.write("#field-num_hidden_layers", "5");
    browser.wait("document.querySelector('#final-would').innerText.startsWith('5 layers of width 384')");
    browser.click("#final-save");
    browser.wait(
        "document.querySelector('#final-problem').innerText === 'predicted loss: Input should be greater than 0'",
    );
    browser.write("#field-train_batch_size", "0.5");
    browser.write("#final-loss", "3.25");
    browser.click("#final-save");
    browser.wait("document.querySelector('#final-problem').innerText.startsWith('train_batch_size: ')");
    browser.write("#field-train_batch_size", "64");
    browser.click("#final-save");
    browser.wait("document.querySelector('#final-done').innerText === 'Saved with a predicted loss of 3.2500.'");
    browser.wait("document.querySelector('#final-facts').innerText.includes('C = 6ND')");
    assert!(browser.text("#final-facts").contains("Predicted loss\n3.2500"), "{}", browser.text("#final-facts"));

    browser.go(&served.url("/dashboard"));
    browser.wait("document.querySelector('#final-facts').innerText.includes('Layers\\n5')");
    assert!(browser.text("#final-facts").contains("Predicted loss\n3.2500"), "{}", browser.text("#final-facts"));
    browser.wait("document.querySelector('#final-of').innerText.includes('run 1: loss')");
    browser.evaluate("document.querySelector('#final-of').value = '1'");
    browser.evaluate("document.querySelector('#final-of').dispatchEvent(new Event('change'))");
    browser.wait("document.querySelector('#final-would').innerText.startsWith('4 layers of width 256')");
    browser.write("#final-loss", "3.5");
    browser.click("#final-save");
    browser.wait("document.querySelector('#final-facts').innerText.includes('Layers\\n4')");
    let kept = served.get("/final_submission", &served.user).json();
    assert_eq!(
        (&kept["training_config"]["total_train_tokens"], &kept["predicted_final_loss"]),
        (&json!(1 << 20), &json!(3.5))
    );
    browser.picture("final-kept");

    served.operate("/finals/deadline", &json!({"at": "2026-01-02T03:04:05Z"}));
    browser.write("#final-loss", "3");
    browser.click("#final-save");
    browser.wait("/^Final submissions closed at .*26.*\\.$/.test(document.querySelector('#final-problem').innerText)");
    browser.wait("/^The deadline was .*: this one counts.$/.test(document.querySelector('#final-said').innerText)");
    served.operate("/finals/freeze", &json!({}));
    browser.click("#final-save");
    browser.wait("document.querySelector('#final-problem').innerText === 'Final submissions are closed.'");
    browser.wait("document.querySelector('#final-form').hidden");
    assert_eq!(browser.text("#final-said"), "Final submissions are closed: this one counts.");
    assert!(browser.text("#final-facts").contains("3.5000"));
    for (theme, dark) in [("light", false), ("dark", true)] {
        for width in [1280, 390] {
            browser.look(width, dark);
            browser.fits();
            browser.picture(&format!("final-closed-{theme}-{width}"));
        }
    }

    // A pasted configuration may lack everything; the fields fill it again.
    browser.evaluate("document.querySelector('#new details').open = true");
    browser.write("#json", "{}");
    browser.write("#field-total_train_tokens", "1048576");
    browser.wait("document.querySelector('#form-problem').innerText.includes('num_hidden_layers')");
    browser.click("#leave");
    browser.wait("!document.getElementById('enter').hidden");
    assert_eq!(browser.evaluate("document.querySelector('#final').textContent.includes('3.5')"), false);
    assert!(browser.complaints.iter().all(|said| ["403", "409", "422"].iter().any(|status| said.contains(status))));
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
