//! The operator's page in a browser: a user is added, a run is cancelled and refunded, finals are closed.

use serde_json::json;

use crate::browser::Browser;
use crate::served::{Served, config};

#[test]
fn an_operator_adds_a_user_stops_a_run_and_closes_finals() {
    let Some(mut browser) = Browser::open() else { return };
    let served = Served::start(Some("simulated:course-2026,pace=0.05"));
    let mut quick = config(4, 1 << 20);
    quick["max_runtime_seconds"] = json!(30.0);
    served.submit(&served.user, &quick);
    served.settle(&served.user);
    served.submit(&served.user, &config(6, 1 << 26));
    let word = json!({"training_config": config(6, 1 << 26), "predicted_final_loss": 4.5});
    assert_eq!(served.post("/final_submission", &served.user, &word).status, 200);

    browser.look(1280, false);
    browser.go(&served.url("/operator"));
    browser.write("#key", &served.user);
    browser.write("#actor", "Zoë");
    browser.click("#enter button");
    browser.wait("document.getElementById('enter-problem').textContent === 'The server does not know this key.'");
    browser.complaints.clear();
    browser.write("#key", &served.operator);
    browser.click("#enter button");
    browser.wait("document.querySelectorAll('#run-table tr[data-run]').length === 2");
    browser.wait("document.querySelector('#load').innerText.startsWith('1 user, 2 runs: 1 running')");

    browser.write("#new-name", "Ada");
    browser.click("#add button");
    browser
        .wait("/The key of Ada, told only now: isoflop-[0-9a-f]+/.test(document.querySelector('#told-key').innerText)");
    browser.click("[aria-label=\"Cancel run 2\"]");
    browser.wait("document.querySelector('#ask').open");
    browser.write("#ask-reason", "a typing error");
    browser.click("#ask-yes");
    browser.wait("document.querySelector('tr[data-run=\"2\"]').innerText.includes('cancelled')");
    browser.click("[aria-label=\"Refund run 2\"]");
    browser.write("#ask-reason", "it was ours");
    browser.click("#ask-yes");
    browser.wait("document.querySelector('#notice').innerText === 'Run 2 costs nothing now.'");
    browser.click("#drain");
    browser.wait("document.querySelector('#load').innerText.includes('It drains')");
    browser.click("#freeze");
    browser.wait("document.querySelector('#finals-said').innerText.includes('Submissions are closed')");
    browser.wait("document.querySelector('#deed-table').innerText.includes('it was ours')");
    assert!(browser.text("#deed-table").contains("Zoë"), "{}", browser.text("#deed-table"));
    for (theme, dark) in [("light", false), ("dark", true)] {
        for width in [1280, 390] {
            browser.look(width, dark);
            browser.fits();
            browser.picture(&format!("operator-{theme}-{width}"));
        }
    }
    browser.click("#leave");
    browser.wait("!document.getElementById('enter').hidden");
    assert_eq!(browser.evaluate("document.body.innerText.includes('Ada')"), false);
    assert_eq!(browser.complaints, [] as [String; 0]);
}
