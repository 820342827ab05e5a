//! A real browser, headless, that says what a page did.
//!
//! Only for the tests beside it (`tests/pages.rs`): they open the pages of a report as a reader would, from a file. What a page
//! writes to its console and which requests it makes is kept by the browser, so that a test can say that there is nothing of
//! either. `chromedriver` and the Chromium that it drives must be on `PATH`. Every failure is told as text.
#![forbid(unsafe_code)]

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use fantoccini::wd::WebDriverCompatibleCommand;
use fantoccini::{Client, ClientBuilder, Locator};
use http::Method;
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};
use tokio::runtime::Runtime;
use url::{ParseError, Url};

/// Whatever the browser could not do.
pub type Failure = Box<dyn std::error::Error + Send + Sync>;

/// A page that is open. The browser ends with it.
pub struct Window {
    runtime: Runtime,
    client: Client,
    driver: Driver,
}

impl Window {
    /// Starts a browser.
    pub fn open() -> Result<Self, Failure> {
        let driver = Driver::start()?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        // Root may not use the sandbox; the pages are our own.
        let arguments = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars"];
        let wanted = json!({
            "browserName": "chrome",
            "goog:chromeOptions": {"args": arguments},
            "goog:loggingPrefs": {"browser": "ALL", "performance": "ALL"},
        });
        let wanted = wanted.as_object().cloned().unwrap_or_default();
        let address = format!("http://127.0.0.1:{}", driver.port);
        let client = runtime.block_on(ClientBuilder::new(HttpConnector::new()).capabilities(wanted).connect(&address))?;
        let window = Self { runtime, client, driver };
        window.resize(1280, 900)?;
        Ok(window)
    }

    /// Shows a file, as a click on it in a folder would.
    pub fn show(&self, file: &Path) -> Result<(), Failure> {
        let url = Url::from_file_path(file.canonicalize()?).map_err(|()| "no absolute path")?;
        Ok(self.runtime.block_on(self.client.goto(url.as_str()))?)
    }

    /// Makes the window as large as that of a device.
    pub fn resize(&self, width: u32, height: u32) -> Result<(), Failure> {
        let metrics = json!({"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600});
        self.devtools("Emulation.setDeviceMetricsOverride", &metrics)
    }

    /// Prefers `dark` pages, or `light` ones.
    pub fn prefer(&self, scheme: &str) -> Result<(), Failure> {
        let features = json!({"features": [{"name": "prefers-color-scheme", "value": scheme}]});
        self.devtools("Emulation.setEmulatedMedia", &features)
    }

    /// Types into whatever has the focus; `\u{e007}` is the key Enter, `\u{e00c}` Escape.
    pub fn type_text(&self, text: &str) -> Result<(), Failure> {
        self.runtime.block_on(async { Ok(self.client.active_element().await?.send_keys(text).await?) })
    }

    /// Clicks on the first element that a selector finds.
    pub fn click(&self, selector: &str) -> Result<(), Failure> {
        self.runtime.block_on(async { Ok(self.client.find(Locator::Css(selector)).await?.click().await?) })
    }

    /// What an expression of the page's language gives.
    pub fn eval(&self, expression: &str) -> Result<Value, Failure> {
        Ok(self.runtime.block_on(self.client.execute(&format!("return {expression}"), Vec::new()))?)
    }

    /// What an expression gives, as text.
    pub fn text(&self, expression: &str) -> Result<String, Failure> {
        let value = self.eval(expression)?;
        Ok(value.as_str().map_or_else(|| value.to_string(), ToOwned::to_owned))
    }

    /// All that was written to the console since the last time: messages, errors, what the security policy refused.
    pub fn console(&self) -> Result<Vec<String>, Failure> {
        self.log("browser", |entry| Some(entry["message"].as_str()?.to_owned()))
    }

    /// The addresses of all requests since the last time.
    pub fn requests(&self) -> Result<Vec<String>, Failure> {
        self.log("performance", |entry| {
            let event: Value = serde_json::from_str(entry["message"].as_str()?).ok()?;
            let message = &event["message"];
            let request = message["method"] == "Network.requestWillBeSent";
            request.then(|| message["params"]["request"]["url"].as_str().unwrap_or_default().to_owned())
        })
    }

    /// A picture of what is seen, as PNG.
    pub fn picture(&self) -> Result<Vec<u8>, Failure> {
        Ok(self.runtime.block_on(self.client.screenshot())?)
    }

    fn log(&self, kind: &'static str, each: impl Fn(&Value) -> Option<String>) -> Result<Vec<String>, Failure> {
        let entries = self.command("se/log", json!({"type": kind}))?;
        let entries = entries.as_array().ok_or("no log")?;
        Ok(entries.iter().filter_map(each).collect())
    }

    fn devtools(&self, method: &str, parameters: &Value) -> Result<(), Failure> {
        self.command("goog/cdp/execute", json!({"cmd": method, "params": parameters}))?;
        Ok(())
    }

    fn command(&self, path: &'static str, body: Value) -> Result<Value, Failure> {
        Ok(self.runtime.block_on(self.client.issue_cmd(Post { path, body }))?)
    }
}

impl Drop for Window {
    fn drop(&mut self) {
        // The browser goes with its session, and the driver in any case.
        let _ = self.runtime.block_on(self.client.clone().close());
        let _ = self.driver.process.kill();
        let _ = self.driver.process.wait();
    }
}

/// A command of Chromium's driver that is in no standard.
#[derive(Debug)]
struct Post {
    path: &'static str,
    body: Value,
}

impl WebDriverCompatibleCommand for Post {
    fn endpoint(&self, base: &Url, session: Option<&str>) -> Result<Url, ParseError> {
        base.join(&format!("session/{}/{}", session.unwrap_or_default(), self.path))
    }

    fn method_and_body(&self, _: &Url) -> (Method, Option<String>) {
        (Method::POST, Some(self.body.to_string()))
    }
}

/// The process that drives the browser.
struct Driver {
    process: Child,
    port: u16,
}

impl Driver {
    /// Starts it on a port that is free.
    fn start() -> Result<Self, Failure> {
        let mut process =
            Command::new("chromedriver").arg("--port=0").stdout(Stdio::piped()).spawn().map_err(|error| {
                format!("chromedriver cannot be started ({error}); Debian: apt install chromium chromium-driver")
            })?;
        let lines = process.stdout.take().map(BufReader::new).ok_or("no output of chromedriver")?.lines();
        let said = |line: String| line.rsplit_once("successfully on port ")?.1.trim_end_matches('.').parse().ok();
        match lines.map_while(Result::ok).find_map(said) {
            Some(port) => Ok(Self { process, port }),
            None => {
                let _ = process.kill();
                let _ = process.wait();
                Err("chromedriver does not say its port".into())
            }
        }
    }
}
