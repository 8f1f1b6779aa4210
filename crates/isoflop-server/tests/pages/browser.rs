//! A headless Chromium, driven by the `DevTools` protocol over a pair of pipes: JSON messages that end with a zero byte.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::time::{Duration, Instant};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use tempfile::TempDir;

const NAMES: [&str; 3] = ["chromium", "chromium-browser", "google-chrome"];
const PATIENCE: Duration = Duration::from_secs(20);

/// One page in a browser of its own.
pub struct Browser {
    child: Child,
    input: ChildStdin,
    messages: Receiver<Value>,
    session: String,
    next: u64,
    /// What the page complained of: exceptions, refused loads, breaches of its policy.
    pub complaints: Vec<String>,
    _profile: TempDir,
}

impl Browser {
    /// None where there is no Chromium, which is said.
    pub fn open() -> Option<Self> {
        let on_path = |name: &&str| {
            let path = std::env::var_os("PATH").unwrap_or_default();
            std::env::split_paths(&path).any(|folder| folder.join(name).is_file())
        };
        let Some(name) = NAMES.into_iter().find(on_path) else {
            eprintln!("skipped: no Chromium is installed");
            return None;
        };
        let profile = TempDir::new().expect("a folder");
        // The browser speaks on its third and fourth file; a shell puts ours there.
        let mut child = Command::new("sh")
            .args(["-c", r#"exec "$0" "$@" 3<&0 4>&1 </dev/null >/dev/null 2>&1"#, name])
            .args(["--headless", "--remote-debugging-pipe", "--no-sandbox", "--disable-gpu", "--no-first-run"])
            .args(["--disable-dev-shm-usage", "--hide-scrollbars", "--force-prefers-no-reduced-motion"])
            .arg(format!("--user-data-dir={}", profile.path().display()))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("a shell");
        let input = child.stdin.take().expect("a pipe");
        let output = BufReader::new(child.stdout.take().expect("a pipe"));
        let (heard, messages) = mpsc::channel();
        std::thread::spawn(move || {
            for message in output.split(0).map_while(Result::ok) {
                let message = serde_json::from_slice(&message).expect("JSON");
                if heard.send(message).is_err() {
                    return;
                }
            }
        });
        let session = String::new();
        let mut browser = Self { child, input, messages, session, next: 0, complaints: Vec::new(), _profile: profile };
        let target = browser.ask("Target.createTarget", &json!({"url": "about:blank"}))["targetId"].clone();
        let attached = browser.ask("Target.attachToTarget", &json!({"targetId": target, "flatten": true}));
        attached["sessionId"].as_str().expect("a session").clone_into(&mut browser.session);
        for domain in ["Page", "Runtime", "Log"] {
            browser.ask(&format!("{domain}.enable"), &json!({}));
        }
        Some(browser)
    }

    fn ask(&mut self, method: &str, parameters: &Value) -> Value {
        self.next += 1;
        let mut message = json!({"id": self.next, "method": method, "params": parameters});
        if !self.session.is_empty() {
            message["sessionId"] = json!(self.session);
        }
        self.input.write_all(format!("{message}\0").as_bytes()).expect("the browser hears");
        loop {
            let message = self.messages.recv_timeout(PATIENCE).unwrap_or_else(|error| panic!("{method}: {error}"));
            if message["id"] == self.next {
                assert!(message.get("error").is_none(), "{method}: {message}");
                return message["result"].clone();
            }
            self.note(&message);
        }
    }

    fn note(&mut self, message: &Value) {
        let said = &message["params"];
        match message["method"].as_str() {
            Some("Runtime.exceptionThrown") => self.complaints.push(said["exceptionDetails"].to_string()),
            Some("Log.entryAdded") if said["entry"]["level"] == "error" => {
                self.complaints.push(format!("{} {}", said["entry"]["text"], said["entry"]["url"]));
            }
            _ => {}
        }
    }

    pub fn go(&mut self, url: &str) {
        self.ask("Page.navigate", &json!({"url": url}));
        self.wait("document.readyState === 'complete'");
    }

    /// What a script comes to.
    pub fn evaluate(&mut self, script: &str) -> Value {
        let asked = json!({"expression": script, "awaitPromise": true, "returnByValue": true, "userGesture": true});
        let result = self.ask("Runtime.evaluate", &asked);
        assert!(result.get("exceptionDetails").is_none(), "{script}: {result}");
        result["result"]["value"].clone()
    }

    /// Waits until a script comes to something true.
    pub fn wait(&mut self, script: &str) {
        let since = Instant::now();
        while self.evaluate(&format!("Boolean({script})")) != true {
            if since.elapsed() > PATIENCE {
                let page = self.evaluate("document.body.innerText");
                panic!("{script} did not come true: {:?}\n{}", self.complaints, page.as_str().unwrap_or_default());
            }
            std::thread::sleep(Duration::from_millis(30));
        }
    }

    /// Writes into a field as a person does.
    pub fn write(&mut self, field: &str, text: &str) {
        self.evaluate(&format!(
            "document.querySelector('{field}').focus(), document.querySelector('{field}').select()"
        ));
        self.ask("Input.insertText", &json!({"text": text}));
    }

    pub fn click(&mut self, what: &str) {
        self.evaluate(&format!("document.querySelector(`{what}`).click()"));
    }

    pub fn text(&mut self, what: &str) -> String {
        let text = self.evaluate(&format!("document.querySelector(`{what}`)?.innerText ?? ''"));
        text.as_str().unwrap_or_default().to_owned()
    }

    /// The size of the window, and whether the system is dark.
    pub fn look(&mut self, width: u32, dark: bool) {
        let size = json!({"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 600});
        self.ask("Emulation.setDeviceMetricsOverride", &size);
        let value = if dark { "dark" } else { "light" };
        let media = json!({"features": [{"name": "prefers-color-scheme", "value": value}]});
        self.ask("Emulation.setEmulatedMedia", &media);
    }

    /// A picture of the whole page, kept where `ISOFLOP_SCREENSHOTS` names a folder.
    pub fn picture(&mut self, name: &str) {
        let Some(folder) = std::env::var_os("ISOFLOP_SCREENSHOTS") else { return };
        // What follows a new size is drawn first.
        self.evaluate("new Promise((drawn) => setTimeout(drawn, 400))");
        let size = self.ask("Page.getLayoutMetrics", &json!({}))["cssContentSize"].clone();
        let clip = json!({"x": 0, "y": 0, "width": size["width"], "height": size["height"], "scale": 1});
        let asked = json!({"format": "png", "captureBeyondViewport": true, "clip": clip});
        let picture = self.ask("Page.captureScreenshot", &asked);
        let bytes = STANDARD.decode(picture["data"].as_str().expect("a picture")).expect("base64");
        std::fs::write(Path::new(&folder).join(format!("{name}.png")), bytes).expect("the folder is there");
    }

    /// Nothing is wider than the window, so that the page does not scroll sideways.
    pub fn fits(&mut self) {
        let over = "document.documentElement.scrollWidth - document.documentElement.clientWidth";
        let widest = "[...document.querySelectorAll('body *')].filter((e) => !e.closest('.scroll') && e.getBoundingClientRect().right > \
                      document.documentElement.clientWidth + 1).map((e) => e.tagName + '#' + e.id + '.' + e.className).slice(0, 5).join(' ')";
        let (over, widest) = (self.evaluate(over), self.evaluate(widest));
        assert!(over == 0, "{over} px too wide: {widest}");
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        let _ = self.input.write_all(b"{\"id\":0,\"method\":\"Browser.close\"}\0");
        let since = Instant::now();
        while since.elapsed() < Duration::from_secs(5) {
            if matches!(self.child.try_wait(), Ok(Some(_))) {
                return;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
