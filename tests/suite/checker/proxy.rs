//! A weak line, between a branch and the hub or between a hub and its database: it can be cut, lose replies,
//! go dark, dawdle, reset, and say everything twice.

use std::net::SocketAddr;
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};
use tokio::sync::watch;

/// What the line does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weather {
    /// It carries everything.
    Fair,
    /// It is cut.
    Cut,
    /// It carries what is asked; the answer is lost, and then it breaks.
    Swallows,
    /// It carries nothing and breaks nothing; those who were on it find out for themselves, for ever.
    Dark,
    /// It breaks as soon as somebody says `LISTEN`.
    Deaf,
    /// It carries everything, each piece late.
    Slow,
    /// It carries what is asked; at the answer both ends are reset.
    Resets,
    /// It carries everything, and says whatever is asked a second time, on a connection of its own.
    Echoes,
}

/// How late a slow line is, for each piece.
const LATE: Duration = Duration::from_millis(40);
/// How long a line goes on carrying questions after it lost an answer.
const AFTER_A_LOSS: Duration = Duration::from_millis(15);

/// One branch's line.
pub struct Proxy {
    pub address: SocketAddr,
    weather: watch::Sender<Weather>,
}

impl Proxy {
    /// A line to wherever the hub is.
    pub async fn start(hub: watch::Receiver<Option<SocketAddr>>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let (weather, seen) = watch::channel(Weather::Fair);
        tokio::spawn(async move {
            while let Ok((caller, _)) = listener.accept().await {
                let hub = *hub.borrow();
                tokio::spawn(carry(caller, hub, seen.clone()));
            }
        });
        Proxy { address, weather }
    }

    pub fn turn(&self, weather: Weather) {
        self.weather.send_replace(weather);
    }
}

async fn carry(caller: TcpStream, hub: Option<SocketAddr>, weather: watch::Receiver<Weather>) {
    let Some(hub) = hub.filter(|_| *weather.borrow() != Weather::Cut) else {
        return;
    };
    let Ok(hub) = TcpStream::connect(hub).await else {
        return;
    };
    let echo = match *weather.borrow() {
        Weather::Resets => {
            let _ = (caller.set_zero_linger(), hub.set_zero_linger());
            None
        }
        Weather::Echoes => echo(hub.peer_addr()),
        _ => None,
    };
    let (from_caller, to_caller) = caller.into_split();
    let (from_hub, to_hub) = hub.into_split();
    let (seen, mut weather) = (weather.clone(), weather);
    let cut = async {
        let _ = weather.wait_for(|weather| *weather == Weather::Cut).await;
    };
    tokio::select! {
        () = cut => {}
        () = questions(from_caller, to_hub, echo, seen.clone()) => {}
        () = answers(from_hub, to_caller, seen) => {}
    }
}

/// A second connection to the hub, whose answers nobody hears.
fn echo(hub: std::io::Result<SocketAddr>) -> Option<UnboundedSender<Vec<u8>>> {
    let (said, mut heard) = unbounded_channel::<Vec<u8>>();
    let hub = hub.ok()?;
    tokio::spawn(async move {
        let (mut from, mut to) = TcpStream::connect(hub).await?.into_split();
        tokio::spawn(async move { tokio::io::copy(&mut from, &mut tokio::io::sink()).await });
        while let Some(piece) = heard.recv().await {
            to.write_all(&piece).await?;
        }
        // What was said last is heard before the connection ends.
        tokio::time::sleep(LATE).await;
        std::io::Result::Ok(())
    });
    Some(said)
}

async fn questions(
    mut from: OwnedReadHalf,
    mut to: OwnedWriteHalf,
    echo: Option<UnboundedSender<Vec<u8>>>,
    weather: watch::Receiver<Weather>,
) {
    const LISTEN: &[u8] = b"LISTEN";
    let mut buffer = vec![0; 16 << 10];
    while let Ok(length @ 1..) = from.read(&mut buffer).await {
        let said = &buffer[..length];
        let weather = *weather.borrow();
        match weather {
            Weather::Dark => return std::future::pending().await,
            Weather::Deaf if said.windows(LISTEN.len()).any(|part| part == LISTEN) => return,
            Weather::Slow => tokio::time::sleep(LATE).await,
            _ => {}
        }
        if let Some(echo) = &echo {
            let _ = echo.send(said.to_vec());
        }
        if to.write_all(said).await.is_err() {
            return;
        }
    }
}

async fn answers(
    mut from: OwnedReadHalf,
    mut to: OwnedWriteHalf,
    weather: watch::Receiver<Weather>,
) {
    let mut buffer = vec![0; 16 << 10];
    while let Ok(length @ 1..) = from.read(&mut buffer).await {
        let weather = *weather.borrow();
        match weather {
            Weather::Swallows => {
                tokio::time::sleep(AFTER_A_LOSS).await;
                return;
            }
            Weather::Dark => std::future::pending().await,
            // The first answers only greet.
            Weather::Resets if length > 200 => return,
            Weather::Slow => tokio::time::sleep(LATE).await,
            _ => {}
        }
        if to.write_all(&buffer[..length]).await.is_err() {
            return;
        }
    }
}
