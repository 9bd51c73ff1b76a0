//! A browser in few lines: HTTP/1.1, one connection a request, and a jar of cookies.

use crate::harness::{TestHub, within};
use std::collections::BTreeMap;
use std::net::SocketAddr;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpStream;

/// A browser that looks at a hub.
pub struct Browser {
    address: SocketAddr,
    pub cookie: Option<String>,
}

/// What it was answered.
pub struct Answer {
    pub status: u16,
    headers: BTreeMap<String, Vec<String>>,
    pub bytes: Vec<u8>,
    pub body: String,
}

/// A page that stays: what comes, and which events came.
pub struct Events(BufReader<TcpStream>, Vec<String>);

impl Browser {
    pub fn new(hub: &TestHub) -> Self {
        Browser::at(hub.address())
    }

    /// A browser that looks at an address.
    pub fn at(address: SocketAddr) -> Self {
        Browser {
            address,
            cookie: None,
        }
    }

    /// Signs in with a token.
    pub async fn signed_in(hub: &TestHub, token: &str) -> Self {
        let mut browser = Browser::new(hub);
        let answer = browser.post("/sign-in", &[("token", token)]).await;
        answer.is(303);
        browser.keep(&answer);
        browser
    }

    /// Keeps the cookie that an answer set.
    pub fn keep(&mut self, answer: &Answer) {
        let set = answer.header("set-cookie").expect("a cookie");
        let pair = set.split(';').next().expect("a pair");
        self.cookie = Some(pair.to_owned());
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.ask("GET", path, &[], "").await
    }

    /// Sends a form, as a page of the hub does.
    pub async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let origin = format!("http://{}", self.address);
        self.post_from(&origin, path, fields).await
    }

    /// Sends a form, as a page from elsewhere does.
    pub async fn post_from(&self, origin: &str, path: &str, fields: &[(&str, &str)]) -> Answer {
        let escape = |text: &str| {
            let escaped = |byte: u8| match byte {
                b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' => (byte as char).to_string(),
                byte => format!("%{byte:02X}"),
            };
            text.bytes().map(escaped).collect::<String>()
        };
        let form = fields
            .iter()
            .map(|(name, value)| format!("{name}={}", escape(value)));
        let form = form.collect::<Vec<_>>().join("&");
        let headers = [
            ("origin", origin),
            ("content-type", "application/x-www-form-urlencoded"),
        ];
        self.ask("POST", path, &headers, &form).await
    }

    /// Asks for anything.
    pub async fn ask(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> Answer {
        self.ask_with(method, path, headers, body.as_bytes()).await
    }

    /// Sends a file with some fields, as a form of several parts.
    pub async fn hand_in(
        &self,
        path: &str,
        fields: &[(&str, &str)],
        file: (&str, &[u8]),
    ) -> Answer {
        let origin = format!("http://{}", self.address);
        let mut body = Vec::new();
        for (name, value) in fields {
            let part = format!(
                "--part\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n"
            );
            body.extend(part.as_bytes());
        }
        let (name, bytes) = file;
        let part = format!(
            "--part\r\ncontent-disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\r\n"
        );
        body.extend([part.as_bytes(), bytes, b"\r\n--part--\r\n"].concat());
        let headers = [
            ("origin", origin.as_str()),
            ("content-type", "multipart/form-data; boundary=part"),
        ];
        self.ask_with("POST", path, &headers, &body).await
    }

    async fn ask_with(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> Answer {
        let mut tcp = self.send(method, path, headers, body).await;
        let mut bytes = Vec::new();
        within("an answer", tcp.read_to_end(&mut bytes))
            .await
            .expect("an answer");
        Answer::read(&bytes)
    }

    /// Opens a page that stays, once it has begun.
    pub async fn stay(&self, path: &str) -> Events {
        let tcp = self.send("GET", path, &[], b"").await;
        let mut lines = BufReader::new(tcp);
        let mut line = String::new();
        within("the stream begins", lines.read_line(&mut line))
            .await
            .expect("a line");
        assert!(line.starts_with("HTTP/1.1 200"), "{line}");
        Events(lines, Vec::new())
    }

    async fn send(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> TcpStream {
        let mut text = format!(
            "{method} {path} HTTP/1.1\r\nhost: {}\r\nconnection: close\r\ncontent-length: {}\r\n",
            self.address,
            body.len()
        );
        for (name, value) in headers.iter().copied() {
            text.extend([name, ": ", value, "\r\n"]);
        }
        if let Some(cookie) = &self.cookie {
            text.extend(["cookie: ", cookie, "\r\n"]);
        }
        text.push_str("\r\n");
        let mut tcp = TcpStream::connect(self.address)
            .await
            .expect("a connection");
        let sent = [text.as_bytes(), body].concat();
        tcp.write_all(&sent).await.expect("it is sent");
        tcp
    }
}

impl Events {
    /// Waits for an event of that name.
    pub async fn until(&mut self, event: &str) {
        let wanted = format!("event: {event}");
        let coming = async {
            loop {
                let mut line = String::new();
                let read = self.0.read_line(&mut line).await.expect("a line");
                assert!(read > 0, "the stream ended without `{event}`");
                if line.starts_with("event: ") {
                    self.1.push(line.trim().to_owned());
                }
                if line.trim() == wanted {
                    return;
                }
            }
        };
        within(event, coming).await;
    }

    /// How many events of that name came so far.
    pub fn heard(&self, event: &str) -> usize {
        let wanted = format!("event: {event}");
        self.1.iter().filter(|came| **came == wanted).count()
    }

    /// Waits for the end.
    pub async fn ended(mut self) {
        let mut rest = Vec::new();
        within("the end", self.0.read_to_end(&mut rest))
            .await
            .expect("the end");
    }
}

impl Answer {
    fn read(bytes: &[u8]) -> Self {
        let end = bytes
            .windows(4)
            .position(|part| part == b"\r\n\r\n")
            .expect("headers");
        let head = std::str::from_utf8(&bytes[..end]).expect("headers are text");
        let mut lines = head.split("\r\n");
        let status = lines.next().and_then(|line| line.split(' ').nth(1));
        let mut headers: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (name, value) in lines.filter_map(|line| line.split_once(": ")) {
            headers
                .entry(name.to_lowercase())
                .or_default()
                .push(value.to_owned());
        }
        let bytes = bytes[end + 4..].to_vec();
        Answer {
            status: status
                .and_then(|status| status.parse().ok())
                .expect("a status"),
            headers,
            body: String::from_utf8_lossy(&bytes).into_owned(),
            bytes,
        }
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.first().map(String::as_str)
    }

    pub fn location(&self) -> &str {
        assert_eq!(self.status, 303, "{}", self.body);
        self.header("location").expect("a location")
    }

    pub fn is(&self, status: u16) {
        assert_eq!(self.status, status, "{}", self.body);
    }

    pub fn is_one_of(&self, statuses: &[u16]) {
        assert!(
            statuses.contains(&self.status),
            "{}\n{}",
            self.status,
            self.body
        );
    }

    pub fn shows(&self, text: &str) {
        assert!(
            self.body.contains(text),
            "`{text}` is not in\n{}",
            self.body
        );
    }
}
