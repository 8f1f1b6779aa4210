//! The course's own dashboard, unmodified, in a browser: the address and the key are written into its fields.

use std::path::{Path, PathBuf};

use serde_json::json;

use crate::browser::Browser;
use crate::served::Served;

const KEY: &str = "06123456";

/// `ISOFLOP_COURSE_CHECKOUT` names a checkout of the course's repository.
fn stock_dashboard() -> Option<PathBuf> {
    let page = std::env::var_os("ISOFLOP_COURSE_CHECKOUT").map(|root| Path::new(&root).join("examples/dashboard.html"));
    let page = page.filter(|page| page.is_file());
    if page.is_none() {
        eprintln!("skipped: ISOFLOP_COURSE_CHECKOUT names no course's repository with a dashboard");
    }
    page
}

/// Opened from a file, so that its origin is "null".
#[test]
fn the_course_s_own_dashboard_works() {
    let Some(page) = stock_dashboard() else { return };
    let Some(mut browser) = Browser::open() else { return };
    let served = Served::start(Some("simulated:course-2026,pace=0.001"));
    served.operate("/users", &json!({"name": "somebody", "key": KEY}));
    browser.look(1280, false);
    browser.go(&format!("file://{}", page.display()));
    browser.write("#apiUrl", &served.url(""));
    browser.write("#apiKey", KEY);
    browser.click("#saveSettingsBtn");
    browser.wait("document.querySelector('#connectionStatus.ok')");
    assert_eq!(browser.text("#metricBudget"), "12h 0m");
    assert_eq!(browser.text("#metricTotal"), "0");

    browser.click("#newExperimentBtn");
    browser.click("#loadExampleBtn");
    browser.click("#confirmSubmitBtn");
    browser.wait("!document.querySelector('#submitDialog').open");
    served.settle(KEY);
    browser.click("#refreshBtn");
    browser.wait("document.querySelector('#experimentsBody tr[data-id=\"1\"] .badge.completed')");
    browser.click("#experimentsBody tr[data-id=\"1\"]");
    browser.wait("document.querySelector('#detailKv').innerText.includes('16 / 16 (100%)')");
    browser.wait("document.querySelectorAll('#lossChart circle').length >= 16");
    browser.wait("document.querySelector('#metricBudget').innerText === '11h 59m'");

    browser.click("#setAsFinalBtn");
    browser.click("#confirmSubmitBtn");
    browser.wait("!document.querySelector('#submitDialog').open");
    browser.wait("/predicted loss\\s*[0-9.]+/.test(document.querySelector('#finalBody').innerText)");
    browser.picture("course");
    assert_eq!(browser.complaints, [] as [String; 0]);
    browser.click("#newExperimentBtn");
    browser.click("#loadExampleBtn");
    browser.click("#confirmSubmitBtn");
    browser.wait("document.querySelector('#submitError').innerText.startsWith('409 Conflict')");
}
