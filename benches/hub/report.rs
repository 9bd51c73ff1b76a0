//! How figures are taken together and printed.

use hdrhistogram::Histogram;
use std::time::Duration;

/// Rounds of a bench; its figure is their median.
pub const ROUNDS: usize = 3;

/// The middle of some figures.
pub fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures[figures.len() / 2]
}

/// How many a second.
pub fn rate(count: usize, took: Duration) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "counts of a bench are small")]
    let count = count as f64;
    count / took.as_secs_f64()
}

/// Latencies in microseconds.
pub fn latencies() -> Histogram<u64> {
    Histogram::new(3).expect("three digits are allowed")
}

/// Notes a latency.
pub fn note(latencies: &mut Histogram<u64>, took: Duration) {
    let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
    latencies.record(micros).expect("a histogram that grows");
}

/// A quantile in milliseconds.
pub fn ms(latencies: &Histogram<u64>, quantile: f64) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "latencies are small")]
    let micros = latencies.value_at_quantile(quantile) as f64;
    micros / 1_000.0
}

/// p50, p99 and the worst, in words.
pub fn quantiles(latencies: &Histogram<u64>) -> String {
    let (p50, p99) = (ms(latencies, 0.5), ms(latencies, 0.99));
    let worst = ms(latencies, 1.0);
    format!("p50 {p50:.1} ms, p99 {p99:.1} ms, worst {worst:.1} ms")
}

/// A figure without another beside it.
pub fn line(name: &str, figure: &str, aim: &str) {
    println!("{name:<44} {figure:<44} aim {aim}");
}

/// Our rates beside another program's, round by round: the medians, and the median ratio.
pub fn beside(name: &str, ours: &[f64], other: &str, others: &[f64], aim: &str) {
    let ratios = ours.iter().zip(others).map(|(a, b)| a / b).collect();
    let (a, b) = (median(ours.to_vec()), median(others.to_vec()));
    let figure = format!("{a:.0}/s; {other} {b:.0}/s; ratio {:.2}", median(ratios));
    line(name, &figure, aim);
}
